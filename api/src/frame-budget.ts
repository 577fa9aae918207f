// How much of an answer fits into a frame.

import type { Place } from '../../shared/src/history.ts';
import { LIMITS } from '../../shared/src/protocol.ts';

/** The answer without its places: its keys, a room of 64 code points, three seqs. */
export const ENVELOPE_BYTES = 512;

/** What a place takes in the frame. */
export const bytesOf = ({ seq, message }: Place): number =>
  Buffer.byteLength(message === undefined ? String(seq) : JSON.stringify(message)) + 1;

/** As many of the places, from the first on, as fit; always one, so that who asks on comes on. */
export function fitting(places: Place[]): Place[] {
  let bytes = ENVELOPE_BYTES;
  const over = places.findIndex((place, at) => {
    bytes += bytesOf(place);
    return bytes > LIMITS.answerBytes && at > 0;
  });
  return over === -1 ? places : places.slice(0, over);
}

/** Places in ascending order, as the wire has them. */
export const answered = (places: Place[]) => ({
  items: places.flatMap(({ message }) => message ?? []),
  void: places.flatMap(({ seq, message }) => (message === undefined ? [seq] : [])),
});
