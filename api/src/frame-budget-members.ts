// How many members of a room fit into a frame.

import { LIMITS, type Member } from '../../shared/src/protocol.ts';

/** The answer without its members: its keys, a room of 64 code points, a count. */
const ENVELOPE_BYTES = 512;

/** As many as fit, from the first on. */
export function fittingMembers(members: Member[]): Member[] {
  let bytes = ENVELOPE_BYTES;
  const over = members.findIndex((member) => {
    bytes += Buffer.byteLength(JSON.stringify(member)) + 1;
    return bytes > LIMITS.answerBytes;
  });
  return over === -1 ? members : members.slice(0, over);
}
