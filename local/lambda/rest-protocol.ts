// Lambda's REST wire: what `aws lambda invoke --endpoint-url` and the SDKs speak.
import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AwsError } from '../endpoint/aws-error.ts';
import { bodyOf } from '../http/body.ts';
import type { Log } from '../log.ts';
import type { LambdaApi } from './actions.ts';
import { LIMITS, notJson, requestTooLarge } from './invoke.ts';

const PREFIX = '/2015-03-31/functions';
const ROUTE = /^\/2015-03-31\/functions(?:\/([^/]*))?(?:\/(invocations|configuration))?\/?$/;

/** The body as text. */
async function read(req: IncomingMessage): Promise<string> {
  const body = await bodyOf(req, LIMITS.synchronous);
  if (body === undefined) throw requestTooLarge(LIMITS.synchronous);
  if (!isUtf8(body)) throw notJson('Invalid UTF-8');
  return body.toString();
}

const header = (req: IncomingMessage, name: string): string | undefined => {
  const value = req.headers[name];
  return Array.isArray(value) ? value[0] : value;
};

async function invocation(
  api: LambdaApi,
  req: IncomingMessage,
  res: ServerResponse,
  query: URL,
  name: string,
) {
  const output = await api.call('Invoke', {
    FunctionName: name,
    InvocationType: header(req, 'x-amz-invocation-type'),
    LogType: header(req, 'x-amz-log-type'),
    ClientContext: header(req, 'x-amz-client-context'),
    Qualifier: query.searchParams.get('Qualifier') ?? undefined,
    Payload: await read(req),
  });
  const metadata = output.SdkResponseMetadata as { RequestId: string } | undefined;
  const headers = {
    'x-amzn-RequestId': metadata?.RequestId ?? randomUUID(),
    'X-Amz-Executed-Version': output.ExecutedVersion,
    'X-Amz-Function-Error': output.FunctionError,
    'X-Amz-Log-Result': output.LogResult,
  };
  for (const [key, value] of Object.entries(headers))
    if (value !== undefined) res.setHeader(key, String(value));
  const body = String(output.Payload);
  res.setHeader('content-type', 'application/json');
  res.writeHead(Number(output.StatusCode)).end(body);
}

function refuse(res: ServerResponse, { code, message, status }: AwsError): void {
  const reason =
    code === 'TooManyRequestsException'
      ? { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' }
      : {};
  const type = status < 500 ? 'User' : 'Service';
  res.setHeader('x-amzn-ErrorType', code);
  res.setHeader('x-amzn-RequestId', randomUUID());
  res.setHeader('content-type', 'application/json');
  res.writeHead(status).end(JSON.stringify({ Type: type, message, ...reason }));
}

/** Answers a request of the Lambda API, and true; false, and nothing done, for any other. */
export function createHttp(api: LambdaApi, log: Log) {
  const route = async (req: IncomingMessage, res: ServerResponse) => {
    const url = new URL(req.url ?? '/', 'http://lambda');
    const [matched, encoded = '', part] = ROUTE.exec(url.pathname) ?? [];
    const FunctionName = decodeURIComponent(encoded);
    const read = req.method === 'GET' && matched !== undefined;
    if (req.method === 'POST' && FunctionName && part === 'invocations')
      return invocation(api, req, res, url, FunctionName);
    let action = `${req.method} ${url.pathname}`;
    if (read && !FunctionName) action = 'ListFunctions';
    else if (read && part === undefined) action = 'GetFunction';
    else if (read && part === 'configuration') action = 'GetFunctionConfiguration';
    const { MaxItems, Marker } = Object.fromEntries(url.searchParams);
    const limit = MaxItems === undefined ? undefined : Number(MaxItems);
    const output = await api.call(action, { FunctionName, MaxItems: limit, Marker });
    res.setHeader('x-amzn-RequestId', randomUUID());
    res.setHeader('content-type', 'application/json');
    res.writeHead(200).end(JSON.stringify(output));
  };

  return async (req: IncomingMessage, res: ServerResponse): Promise<boolean> => {
    if (!req.url?.startsWith(PREFIX)) return false;
    try {
      await route(req, res);
    } catch (error) {
      if (error instanceof AwsError) refuse(res, error);
      else {
        log.warn(`lambda: ${error}`);
        refuse(res, new AwsError('ServiceException', 'Internal error', 500));
      }
    }
    return true;
  };
}
