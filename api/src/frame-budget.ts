// How much of an answer fits into one frame.

import { LIMITS } from '../../shared/src/protocol/limits.ts';
import type { LogEntry } from '../../shared/src/store/message-log.ts';

/** Bytes of an answer without its list: its keys, a room of 64 code points, three numbers. */
export const ENVELOPE_BYTES = 512;

const jsonBytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** As many of `items`, from the first on, as fit beside `used` bytes. `bytesOf`: what an item takes without its comma. */
export function fitting<T>(
  items: T[],
  used = ENVELOPE_BYTES,
  bytesOf: (item: T) => number = jsonBytes,
): T[] {
  let bytes = used;
  const over = items.findIndex((item) => {
    bytes += bytesOf(item) + ','.length;
    return bytes > LIMITS.answerBytes;
  });
  return over === -1 ? items : items.slice(0, over);
}

/** Those of `entries` that fit beside `answer`, in their order. A large entry that does not fit leaves room for the next. */
export function fittingEntries<T>(
  answer: object,
  entries: { [name: string]: T },
): { [name: string]: T } {
  let bytes = jsonBytes(answer);
  const fit = Object.entries(entries).filter((entry) => {
    const more = jsonBytes(Object.fromEntries([entry])) - '{}'.length + ','.length;
    if (bytes + more > LIMITS.answerBytes) return false;
    bytes += more;
    return true;
  });
  return Object.fromEntries(fit);
}

/** What a place takes in the frame, without its comma. */
export const placeBytes = ({ seq, message }: LogEntry): number => jsonBytes(message ?? seq);

/** Always one at least, so that a client that asks on makes progress. */
export function fittingPlaces(places: LogEntry[]): LogEntry[] {
  const fit = fitting(places, ENVELOPE_BYTES, placeBytes);
  return fit.length === 0 ? places.slice(0, 1) : fit;
}

/** Places in ascending order, as `history` carries them. */
export const pageOf = (places: LogEntry[]) => ({
  items: places.flatMap(({ message }) => message ?? []),
  void: places.flatMap(({ seq, message }) => (message === undefined ? [seq] : [])),
});
