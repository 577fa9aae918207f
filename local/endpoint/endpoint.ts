// The AWS endpoint: one port that speaks the wire protocols of every service, for the functions, the AWS CLI and any SDK.
import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Gateway } from '../apigateway/gateway.ts';
import { connectionIn } from '../apigateway/management.ts';
import type { ApiPlan } from '../cloudformation/plan.ts';
import { LARGEST_REQUEST as LARGEST_EVENTS } from '../eventbridge/put-events.ts';
import { bodyOf, dropBody } from '../http/body.ts';
import type { Functions } from '../lambda/functions.ts';
import type { Log } from '../log.ts';
import { queryCodeOf } from '../sqs/errors.ts';
import { isQuery, queryAnswer, queryError, readQuery } from '../sqs/query-protocol.ts';
import { MOST_BYTES as LARGEST_BATCH } from '../sqs/requests.ts';
import type { Principal, Service } from './aws.ts';
import { AwsError } from './aws-error.ts';
import { parseJson } from './parse-json.ts';
import type { Switchboard } from './router.ts';

interface Target {
  service: Service;
  contentType: string;
  namespace: string;
  /** The largest body that is read. */
  bodyBytes: number;
}

const MB = 1024 * 1024;
/** JSON writes one byte of text as six at most (`\u0000`); where AWS limits only the text, its JSON is never cut. */
const ESCAPED = 6;
/** A form writes one byte of text as three at most (`%00`). */
const LARGEST_QUERY = 3 * LARGEST_BATCH;

/** `X-Amz-Target: <prefix>.<action>`, as each JSON-protocol service names itself. */
const TARGETS: Record<string, Target> = {
  DynamoDB_20120810: {
    service: 'dynamodb',
    contentType: 'application/x-amz-json-1.0',
    namespace: 'com.amazonaws.dynamodb.v20120810',
    // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html: "The total request size exceeds 16 MB"
    bodyBytes: 16 * MB,
  },
  AWSEvents: {
    service: 'events',
    contentType: 'application/x-amz-json-1.1',
    namespace: 'com.amazonaws.events',
    bodyBytes: ESCAPED * LARGEST_EVENTS,
  },
  AWSStepFunctions: {
    service: 'states',
    contentType: 'application/x-amz-json-1.0',
    namespace: 'com.amazonaws.swf.service.v2.model',
    // https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html: "Maximum request size"
    bodyBytes: MB,
  },
  AmazonSQS: {
    service: 'sqs',
    contentType: 'application/x-amz-json-1.0',
    namespace: 'com.amazonaws.sqs',
    bodyBytes: ESCAPED * LARGEST_BATCH,
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

/** What answers at the AWS port (local/http/listen.ts). Neither rejects. */
export function createEndpoint({ switchboard, functions, gateway, api, log }: EndpointDeps) {
  const answer = async (req: IncomingMessage, res: ServerResponse) => {
    const caller = switchboard.callerOf(CREDENTIAL.exec(req.headers.authorization ?? '')?.[1]);
    const path = req.url ?? '/';
    const connectionId = connectionIn(path)?.id;
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
    const { action, input } = readQuery((await bounded(req, LARGEST_QUERY)).toString());
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
    const output = await switchboard.call(
      target.service,
      action,
      await inputOf(req, target.bodyBytes),
      caller,
    );
    res.end(JSON.stringify(output));
  };

  return {
    answer(req: IncomingMessage, res: ServerResponse): void {
      res.setHeader('x-amzn-requestid', randomUUID());
      answer(req, res).catch((error: unknown) => {
        if (!(error instanceof AwsError)) {
          log.warn(
            `endpoint: ${req.method} ${req.url}: ${error instanceof Error ? error.stack : String(error)}`,
          );
        }
        if (!req.complete) dropBody(req);
        if (!res.headersSent) refuse(req, res, error);
        else res.destroy();
      });
    },
    /** `why`: a foreign page sent it, or it was sent to a foreign name. */
    refuse(req: IncomingMessage, res: ServerResponse, why: string): void {
      res.setHeader('x-amzn-requestid', randomUUID());
      refuse(req, res, new AwsError('AccessDeniedException', why, 403));
    },
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

/** Throws 413 for a body of more than `limit` bytes. */
async function bounded(req: IncomingMessage, limit: number): Promise<Buffer> {
  const body = await bodyOf(req, limit);
  if (body === undefined)
    throw new AwsError(
      'RequestEntityTooLargeException',
      `The request has more than ${limit} bytes`,
      413,
    );
  return body;
}

async function inputOf(req: IncomingMessage, limit: number): Promise<Record<string, unknown>> {
  const body = await bounded(req, limit);
  if (!isUtf8(body)) throw new AwsError('SerializationException', 'The body is not UTF-8');
  try {
    const input = parseJson(body.toString() || '{}');
    if (typeof input === 'object' && input !== null && !Array.isArray(input))
      return input as Record<string, unknown>;
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
