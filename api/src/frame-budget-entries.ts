// How much a frame holds beside what it must say.

import { LIMITS } from '../../shared/src/protocol.ts';

/** Those of `entries` that fit into the frame beside `answer`, the first first. */
export function fittingBeside<T>(
  answer: object,
  entries: { [name: string]: T },
): { [name: string]: T } {
  let bytes = Buffer.byteLength(JSON.stringify(answer));
  const fitting = Object.entries(entries).filter((entry) => {
    const braced = JSON.stringify(Object.fromEntries([entry]));
    const more = Buffer.byteLength(braced) - '{}'.length + ','.length;
    if (bytes + more > LIMITS.answerBytes) return false;
    bytes += more;
    return true;
  });
  return Object.fromEntries(fitting);
}
