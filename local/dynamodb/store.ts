// The store behind the tables: dynalite, called in process. One action in, its answer or its AWS error out.
import { EventEmitter } from 'node:events';
import dynalite from 'dynalite';
import { AwsError } from '../endpoint/aws-error.ts';

type Output = Record<string, unknown>;

export interface Store {
  /** One DynamoDB action, JSON 1.0 shapes; rejects with an AwsError. */
  call(action: string, input: Record<string, unknown>): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

/** dynalite checks that a request is signed, not by whom: this machine has asked that before. */
const SIGNED = {
  'content-type': 'application/x-amz-json-1.0',
  authorization:
    'AWS4-HMAC-SHA256 Credential=k/d/r/dynamodb/aws4_request, SignedHeaders=host, Signature=s',
  'x-amz-date': '20260101T000000Z',
};

export async function openStore(folder: string | undefined): Promise<Store> {
  const server = dynalite({
    createTableMs: 0,
    deleteTableMs: 0,
    ...(folder === undefined ? {} : { path: folder }),
  });
  const underWay = new Set<Promise<unknown>>();
  let closing = false;

  const ask: Store['call'] = (action, input) =>
    new Promise((answer, fail) => {
      const request = Object.assign(new EventEmitter(), {
        method: 'POST',
        url: '/',
        headers: { ...SIGNED, 'x-amz-target': `DynamoDB_20120810.${action}` },
      });
      const response = {
        statusCode: 200,
        setHeader() {},
        removeHeader() {},
        getHeader: () => undefined,
        // Where a request is too large, dynalite answers without a body, as DynamoDB does.
        end(body?: string | Buffer) {
          const output = body === undefined ? {} : (JSON.parse(String(body)) as Output);
          if (response.statusCode === 200) answer(output);
          else fail(asError(output, response.statusCode));
        },
      };
      server.emit('request', request, response);
      // At once, and not as a stream would: what dynalite throws while it reads the input is caught here.
      try {
        request.emit('data', Buffer.from(JSON.stringify(input)));
        request.emit('end');
      } catch (error) {
        fail(unreadable(error));
      }
    });

  return {
    async call(action, input) {
      if (closing) throw new AwsError('InternalServerError', 'The tables are closed', 503);
      const asked = ask(action, input);
      underWay.add(asked);
      try {
        return await asked;
      } finally {
        underWay.delete(asked);
      }
    },
    // dynalite closes its database when its server closes, and a server closes only after it has listened.
    async close() {
      closing = true;
      // A database that closes under a call makes dynalite throw where nobody can catch it.
      await Promise.allSettled(underWay);
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      await new Promise<void>((done, fail) =>
        server.close((error) => (error ? fail(error) : done())),
      );
    },
  };
}

/** dynalite takes null for an object and throws a TypeError; DynamoDB answers that what it was sent has another type. */
function unreadable(error: unknown): unknown {
  if (!(error instanceof TypeError)) return error;
  return new AwsError('SerializationException', `A value has the wrong type: ${error.message}`);
}

/** `__type` is `com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException`; the message's case varies. */
function asError(output: Record<string, unknown>, status: number): AwsError {
  const unnamed = status === 413 ? 'RequestEntityTooLargeException' : 'InternalServerError';
  const code = String(output.__type ?? unnamed)
    .split('#')
    .at(-1);
  return new AwsError(
    code ?? 'InternalServerError',
    String(output.message ?? output.Message ?? ''),
    status,
  );
}
