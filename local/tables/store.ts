// The store behind the tables: dynalite, called in process. One action in, its answer or its AWS error out.
import { Readable } from 'node:stream';
import dynalite from 'dynalite';
import { AwsError } from '../aws-error.ts';

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
      const request = Object.assign(Readable.from([Buffer.from(JSON.stringify(input))]), {
        method: 'POST',
        url: '/',
        headers: { ...SIGNED, 'x-amz-target': `DynamoDB_20120810.${action}` },
      });
      const response = {
        statusCode: 200,
        setHeader() {},
        removeHeader() {},
        getHeader: () => undefined,
        end(body: string | Buffer) {
          const output = JSON.parse(String(body)) as Record<string, unknown>;
          if (response.statusCode === 200) answer(output);
          else fail(asError(output, response.statusCode));
        },
      };
      server.emit('request', request, response);
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

/** `__type` is `com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException`; the message's case varies. */
function asError(output: Record<string, unknown>, status: number): AwsError {
  const code = String(output.__type ?? 'InternalServerError')
    .split('#')
    .at(-1);
  return new AwsError(
    code ?? 'InternalServerError',
    String(output.message ?? output.Message ?? ''),
    status,
  );
}
