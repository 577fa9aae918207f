// Naming: which nickname a user goes by from this hello on. Two users never go by one that people would confuse.

import { randomUUID } from 'node:crypto';
import { Refused } from '../../../shared/src/protocol.ts';
import { isReservedNickname } from '../../../shared/src/reserved-names.ts';
import { folded } from '../../../shared/src/rules/lookalikes.ts';
import { isGuestName, shown, suggestion } from '../../../shared/src/rules/nickname.ts';
import { claim, heldBy, isFree } from '../../../shared/src/store/nicknames.ts';
import { waitToRename } from '../../../shared/src/store/user-rate.ts';
import type { Guest } from '../guest.ts';

/** Suggestions are one in nine thousand each, so that a second is rare, and a fifth a sign of something else. */
const TRIES = 5;

export interface Naming {
  nickname: string;
  /** The user has gone by another until now. */
  isChange: boolean;
}

/**
 * What was asked for, or what the user goes by already, or a guest's name; where it is another's, one like it that is
 * free; what the user goes by already, where they changed it too often. `welcome` tells which. Throws `Busy` where none could be found.
 */
export async function nameFor(asked: string | undefined, guest: Guest): Promise<Naming> {
  const { userId } = guest;
  const held = await heldBy(userId);
  const before = held?.nickname;
  // A name that was reserved after somebody took it is theirs until this hello.
  const kept = before === undefined || isReservedNickname(before) ? undefined : before;
  const wish = asked === undefined || isOthers(asked, guest, before) ? kept : shown(asked);
  const isRename = kept !== undefined && wish !== kept;
  const wanted = isRename && (await waitToRename(userId)) > 0 ? kept : wish;
  // Another device may claim another and free this one meanwhile: `stillBy` looks again when this one can be found.
  if (held?.isFresh === true && wanted === before)
    return { nickname: held.nickname, isChange: false };
  let nickname = wanted === undefined || folded(wanted) === '' ? guest.nickname : wanted;
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    if (await claim(nickname, userId, randomUUID()))
      return { nickname, isChange: before !== undefined && before !== nickname };
    nickname = suggestion(nickname, userId);
  }
  throw new Refused('Busy');
}

/** A reserved name, or a guest's that was never given to this user. */
const isOthers = (asked: string, guest: Guest, before: string | undefined): boolean =>
  isReservedNickname(asked) ||
  (isGuestName(asked) && ![guest.nickname, before].includes(shown(asked)));

/** One like it that nobody has claimed. Throws `Busy` where none could be found. */
export async function freeLike(nickname: string, userId: string): Promise<string> {
  let like = suggestion(
    isGuestName(nickname) || isReservedNickname(nickname) ? 'somebody' : nickname,
    userId,
  );
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    if (await isFree(like, userId)) return like;
    like = suggestion(like, userId);
  }
  throw new Refused('Busy');
}
