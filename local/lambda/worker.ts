// The inside of a sandbox: a thread that serves one request at a time and is frozen in between.
import { setImmediate } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { thrown } from './runtime-error.ts';
import type { Boot, Fault, Level, Report, Request, Result } from './sandbox-messages.ts';

type Handler = (event: unknown, context: Record<string, unknown>) => unknown;

const { file, handler: exportName, gate, requests } = workerData as Boot;
const signal = new Int32Array(gate);

const post = (report: Report) => parentPort?.postMessage(report);
const line = (level: Level, text: string) => post({ kind: 'line', level, text });

// Node hands a worker's stdout over in turns of the event loop, which a frozen thread does not take.
function divert(stream: NodeJS.WriteStream, level: Level): void {
  stream.write = ((chunk: string | Uint8Array, ...rest: unknown[]) => {
    line(level, typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
    for (const done of rest) if (typeof done === 'function') done();
    return true;
  }) as typeof stream.write;
}
divert(process.stdout, 'STDOUT');
divert(process.stderr, 'STDERR');
console.trace = (...values) => line('TRACE', format(...values));
console.debug = (...values) => line('DEBUG', format(...values));
console.log = (...values) => line('INFO', format(...values));
console.info = console.log;
console.warn = (...values) => line('WARN', format(...values));
console.error = (...values) => line('ERROR', format(...values));

function die(fault: Fault, code: number): never {
  post({ kind: 'result', result: { fault } });
  process.exit(code);
}

process.on('uncaughtException', (error) => die(thrown(error), 129));
process.on('unhandledRejection', (reason) => {
  const { trace = [] } = thrown(reason);
  die({ errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: String(reason), trace }, 128);
});

async function load(): Promise<Handler> {
  const loaded: Record<string, unknown> = await import(pathToFileURL(file).href);
  const fallback = loaded.default as Record<string, unknown> | undefined;
  const handler = loaded[exportName] ?? fallback?.[exportName];
  if (typeof handler !== 'function') {
    const error = new Error(`${process.env._HANDLER} is undefined or not exported`);
    error.name = 'Runtime.HandlerNotFound';
    throw error;
  }
  if (handler.length >= 3) {
    const error = new Error(
      'AWS Lambda has removed support for callback-based function handlers starting with Node.js 24.',
    );
    error.name = 'Runtime.CallbackHandlerDeprecated';
    throw error;
  }
  return handler as Handler;
}

/**
 * Blocks the thread until a request is there: timers, promises and sockets stand still, as in a frozen sandbox on AWS.
 * An approximation in one point: bytes already given to the operating system still leave.
 */
function nextRequest(): Request {
  for (;;) {
    Atomics.store(signal, 0, 0);
    const received = receiveMessageOnPort(requests);
    if (received) return received.message as Request;
    Atomics.wait(signal, 0, 0);
  }
}

function contextOf({ requestId, arn, deadline }: Request): Record<string, unknown> {
  const { env } = process;
  return {
    awsRequestId: requestId,
    invokedFunctionArn: arn,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

function written(value: unknown): Result {
  try {
    return { body: JSON.stringify(value) ?? 'null' };
  } catch {
    const error = new Error('Unable to stringify response body');
    error.name = 'Runtime.JSONStringifyError';
    return { fault: thrown(error) };
  }
}

async function run(handler: Handler, request: Request): Promise<Result> {
  try {
    return written(await handler(JSON.parse(request.event), contextOf(request)));
  } catch (error) {
    return { fault: thrown(error) };
  }
}

async function serve(): Promise<never> {
  const handler = await load().catch((error: unknown) => die(thrown(error), 1));
  post({ kind: 'ready' });
  for (;;) {
    const request = nextRequest();
    // Two turns of the event loop: the thread may have frozen in the middle of one, and only a whole one notices the
    // sockets that were closed meanwhile, before the handler would use them again.
    await setImmediate();
    await setImmediate();
    post({ kind: 'result', result: await run(handler, request) });
  }
}

// Not awaited: a handler that never settles and waits for nothing lets the thread end, which Lambda reports.
void serve();
