// The AWS endpoint: one port that speaks the wire protocols of every service, for the functions, the AWS CLI and any SDK.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Principal, Service } from './aws.ts';
import { AwsError } from './aws-error.ts';
import type { Functions } from './functions/functions.ts';
import type { Gateway } from './gateway/gateway.ts';
import type { Log } from './log.ts';
import type { ApiPlan } from './plan.ts';
import { queryCodeOf } from './queues/errors.ts';
import { isQuery, queryAnswer, queryError, readQuery } from './queues/query.ts';
import type { Switchboard } from './switchboard.ts';

/** `X-Amz-Target: <prefix>.<action>`, as each JSON-protocol service names itself. */
const TARGETS: Record<string, { service: Service; contentType: string; namespace: string }> = {
  DynamoDB_20120810: {
    service: 'dynamodb',
    contentType: 'application/x-amz-json-1.0',
    namespace: 'com.amazonaws.dynamodb.v20120810',
  },
  AWSEvents: {
    service: 'events',
    contentType: 'application/x-amz-json-1.1',
    namespace: 'com.amazonaws.events',
  },
  AWSStepFunctions: {
    service: 'states',
    contentType: 'application/x-amz-json-1.0',
    namespace: 'com.amazonaws.swf.service.v2.model',
  },
  AmazonSQS: {
    service: 'sqs',
    contentType: 'application/x-amz-json-1.0',
    namespace: 'com.amazonaws.sqs',
  },
};

/** Errors of every service, which no service's model has. */
const COMMON_NAMESPACE = 'com.amazon.coral.service';
const COMMON_ERRORS = [
  'AccessDeniedException',
  'InvalidParameterValueException',
  'MissingRequiredParameterException',
  'SerializationException',
  'UnknownOperationException',
];

const targetOf = (prefix: string) => (Object.hasOwn(TARGETS, prefix) ? TARGETS[prefix] : undefined);

/** `Credential=<access key id>/<date>/<region>/<service>/aws4_request` of a signed request. */
const CREDENTIAL = /Credential=([^/,\s]+)\//;
const MANAGEMENT = /^(?:\/[^/@]+)?\/@connections\/([^/?]+)/;

const FUNCTIONS = /^\/2015-03-31\/functions\/([^/?]+)(\/\w+)?/;
/** What is asked of a function, by the end of its path. */
const LAMBDA: Record<string, string> = {
  '': 'GetFunction',
  '/configuration': 'GetFunctionConfiguration',
  '/invocations': 'Invoke',
};

export interface EndpointDeps {
  switchboard: Switchboard;
  functions: () => Functions;
  gateway: () => Gateway;
  api: () => ApiPlan;
  log: Log;
}

/** Answers one request of an HTTP server; rejects never. */
export function createEndpoint({ switchboard, functions, gateway, api, log }: EndpointDeps) {
  const answer = async (req: IncomingMessage, res: ServerResponse) => {
    const caller = switchboard.callerOf(CREDENTIAL.exec(req.headers.authorization ?? '')?.[1]);
    const path = req.url ?? '/';
    const connectionId = MANAGEMENT.exec(path)?.[1];
    if (connectionId !== undefined) {
      const { id: apiId, stage } = api();
      switchboard.authorize(
        'execute-api',
        req.method ?? '',
        { apiId, stage, connectionId: decoded(connectionId) },
        caller,
      );
      return gateway().connections(req, res, path);
    }
    if (path.startsWith('/2015-03-31/')) {
      const [, name, asked = ''] = FUNCTIONS.exec(path) ?? [];
      const FunctionName = name === undefined ? undefined : decoded(name);
      switchboard.authorize(
        'lambda',
        name === undefined ? 'ListFunctions' : (LAMBDA[asked] ?? asked),
        { FunctionName },
        caller,
      );
      if (await functions().http(req, res)) return;
    }
    if (isQuery(req.headers['content-type'])) return query(req, res, caller);
    return json(req, res, caller);
  };

  const query = async (
    req: IncomingMessage,
    res: ServerResponse,
    caller: Principal | undefined,
  ) => {
    const { action, input } = readQuery(await text(req));
    const output = await switchboard.call('sqs', action, input, caller);
    res.setHeader('content-type', 'text/xml');
    res.end(queryAnswer(action, output, requestIdOf(res)));
  };

  const json = async (req: IncomingMessage, res: ServerResponse, caller: Principal | undefined) => {
    const [prefix = '', action = ''] = String(req.headers['x-amz-target'] ?? '').split('.');
    const target = targetOf(prefix);
    if (target === undefined) {
      throw new AwsError(
        'UnknownOperationException',
        `${req.method} ${req.url} with X-Amz-Target "${req.headers['x-amz-target'] ?? ''}" is not an API of this machine (DynamoDB, EventBridge, Step Functions, SQS, Lambda, @connections)`,
        404,
      );
    }
    res.setHeader('content-type', target.contentType);
    const output = await switchboard.call(target.service, action, await inputOf(req), caller);
    res.end(JSON.stringify(output));
  };

  return (req: IncomingMessage, res: ServerResponse): void => {
    res.setHeader('x-amzn-requestid', randomUUID());
    answer(req, res).catch((error: unknown) => {
      if (!(error instanceof AwsError)) {
        log.warn(
          `endpoint: ${req.method} ${req.url}: ${error instanceof Error ? error.stack : String(error)}`,
        );
      }
      if (!res.headersSent) refuse(req, res, error);
      else res.destroy();
    });
  };
}

const requestIdOf = (res: ServerResponse) => String(res.getHeader('x-amzn-requestid'));

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    throw new AwsError('BadRequestException', `${part} is not URL-encoded`);
  }
}

async function inputOf(req: IncomingMessage): Promise<Record<string, unknown>> {
  try {
    const body: unknown = JSON.parse((await text(req)) || '{}');
    if (typeof body === 'object' && body !== null && !Array.isArray(body))
      return body as Record<string, unknown>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new AwsError('SerializationException', 'The body is not a JSON object');
}

function refuse(req: IncomingMessage, res: ServerResponse, thrown: unknown): void {
  const error =
    thrown instanceof AwsError
      ? thrown
      : new AwsError('InternalFailure', 'The local runtime failed; see its log', 500);
  const { code, message, status, more } = error;
  res.statusCode = status;
  if (isQuery(req.headers['content-type'])) {
    res.setHeader('content-type', 'text/xml');
    res.end(queryError(error, requestIdOf(res)));
    return;
  }
  const [prefix = ''] = String(req.headers['x-amz-target'] ?? '').split('.');
  const target = targetOf(prefix);
  if (!res.hasHeader('content-type')) res.setHeader('content-type', 'application/json');
  res.setHeader('x-amzn-errortype', code);
  // Clients that know SQS's errors from before it spoke JSON read their code here.
  if (target?.service === 'sqs') {
    const fault = status < 500 ? 'Sender' : 'Receiver';
    res.setHeader('x-amzn-query-error', `${queryCodeOf(code)};${fault}`);
  }
  const namespace = COMMON_ERRORS.includes(code) ? COMMON_NAMESPACE : target?.namespace;
  res.end(
    JSON.stringify({
      ...{ __type: target === undefined ? code : `${namespace}#${code}`, message },
      ...more,
    }),
  );
}
