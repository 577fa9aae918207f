// The body of a request, up to a limit. Every port of this machine reads bodies here, so that none takes unbounded memory.
import type { IncomingMessage } from 'node:http';
import { AwsError } from '../endpoint/aws-error.ts';

/** How long a client may go on sending what nobody reads. It hears the answer only if it can finish. */
const DROPPING_MS = 5_000;

/**
 * Resolves with the bytes, or with undefined as soon as there are more than `limit`; the rest is dropped.
 * Rejects with RequestAbortedException where the client leaves before its body's end.
 */
export function bodyOf(req: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const tooLarge = () => {
      req.off('data', take).off('end', whole);
      chunks.length = 0;
      dropBody(req);
      resolve(undefined);
    };
    const take = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > limit) tooLarge();
      else chunks.push(chunk);
    };
    const whole = () => resolve(Buffer.concat(chunks));
    const cut = () =>
      reject(new AwsError('RequestAbortedException', 'The request ended before its body', 400));
    // Each of these settles once; what comes later changes nothing.
    req.on('error', cut).once('close', cut);
    if (Number(req.headers['content-length'] ?? 0) > limit) tooLarge();
    else req.on('data', take).once('end', whole);
  });
}

/** Lets the client finish what is not read, for a while, then ends its line. */
export function dropBody(req: IncomingMessage): void {
  // A client that leaves is no fault of this machine.
  req.on('error', () => undefined);
  const late = setTimeout(() => req.destroy(), DROPPING_MS);
  late.unref();
  req.once('close', () => clearTimeout(late)).resume();
}
