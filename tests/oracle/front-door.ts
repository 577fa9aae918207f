// The door through which moto's interpreter reaches the services of this machine: AWS's wire in, an `Aws` behind.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { Aws, Service } from '../../local/endpoint/aws.ts';
import { AwsError } from '../../local/endpoint/aws-error.ts';

const SERVICES: Record<string, Service> = {
  DynamoDB_20120810: 'dynamodb',
  AmazonSQS: 'sqs',
  AWSEvents: 'events',
};

async function answer(aws: Aws, request: IncomingMessage): Promise<[object, string]> {
  const input = (await json(request)) as Record<string, unknown>;
  const [, name] = /^\/2015-03-31\/functions\/([^/]+)\/invocations/.exec(request.url ?? '') ?? [];
  if (name) {
    const FunctionName = decodeURIComponent(name);
    const invoke = { FunctionName, Payload: JSON.stringify(input) };
    const { FunctionError, Payload } = await aws.call('lambda', 'Invoke', invoke);
    return [FunctionError ? { 'x-amz-function-error': FunctionError } : {}, String(Payload)];
  }
  const [target = '', action = ''] = String(request.headers['x-amz-target']).split('.');
  const service = SERVICES[target];
  if (!service)
    throw new AwsError('UnknownOperationException', `${target} is not behind this door`);
  return [{}, JSON.stringify(await aws.call(service, action, input))];
}

/** Opens it on a free port of 127.0.0.1. */
export async function openFrontDoor(aws: Aws) {
  const server = createServer(async (request, response) => {
    try {
      const [headers, body] = await answer(aws, request);
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0', ...headers });
      response.end(body);
    } catch (error) {
      const { code, status, message } =
        error instanceof AwsError ? error : new AwsError('InternalFailure', String(error), 500);
      // moto quotes the request's id in a Cause, and fails without one.
      response.writeHead(status, { 'x-amzn-errortype': code, 'x-amzn-requestid': '0' });
      response.end(JSON.stringify({ __type: code, message }));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
