// The nickname of a user from this hello on. No two users have nicknames that people would confuse.

import { randomUUID } from 'node:crypto';
import { Refused } from '../../../shared/src/protocol/errors.ts';
import { isReservedNickname } from '../../../shared/src/reserved-names.ts';
import { foldLookalikes } from '../../../shared/src/rules/lookalikes.ts';
import { isGuestName, normalizeNickname } from '../../../shared/src/rules/nickname.ts';
import {
  claimNickname,
  isNicknameFree,
  readHeldNickname,
} from '../../../shared/src/store/nicknames.ts';
import { takeRenameToken } from '../../../shared/src/store/user-rate.ts';
import { suggestNickname } from '../../../shared/src/suggest-nickname.ts';
import type { Guest } from '../guest.ts';

/** Suggestions are one in nine thousand each, so that a second is rare, and a fifth a sign of something else. */
const TRIES = 5;

export interface AssignedNickname {
  nickname: string;
  /** The user has gone by another until now. */
  isChange: boolean;
}

/**
 * What was asked for, or what the user goes by already, or a guest's name; where it is another's, one like it that is
 * free; what the user goes by already, where they changed it too often. `welcome` tells which. Throws `Busy` where none could be found.
 */
export async function assignNickname(
  asked: string | undefined,
  guest: Guest,
): Promise<AssignedNickname> {
  const { userId } = guest;
  const held = await readHeldNickname(userId);
  const before = held?.nickname;
  // A name that was reserved after somebody took it is theirs until this hello.
  const kept = before === undefined || isReservedNickname(before) ? undefined : before;
  const wish =
    asked === undefined || isOthers(asked, guest, before) ? kept : normalizeNickname(asked);
  const isRename = kept !== undefined && wish !== kept;
  const wanted = isRename && (await takeRenameToken(userId)) > 0 ? kept : wish;
  // Another device may claim another and free this one meanwhile: `syncNickname` looks again when this one can be found.
  if (held?.isFresh === true && wanted === before)
    return { nickname: held.nickname, isChange: false };
  let nickname = wanted === undefined || foldLookalikes(wanted) === '' ? guest.nickname : wanted;
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    if (await claimNickname(nickname, userId, randomUUID()))
      return { nickname, isChange: before !== undefined && before !== nickname };
    nickname = suggestNickname(nickname, userId);
  }
  throw new Refused('Busy');
}

/** A reserved name, or a guest's that was never given to this user. */
const isOthers = (asked: string, guest: Guest, before: string | undefined): boolean =>
  isReservedNickname(asked) ||
  (isGuestName(asked) && ![guest.nickname, before].includes(normalizeNickname(asked)));

/** One like it that nobody has claimed. Throws `Busy` where none could be found. */
export async function suggestFreeNickname(nickname: string, userId: string): Promise<string> {
  let like = suggestNickname(
    isGuestName(nickname) || isReservedNickname(nickname) ? 'somebody' : nickname,
    userId,
  );
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    if (await isNicknameFree(like, userId)) return like;
    like = suggestNickname(like, userId);
  }
  throw new Refused('Busy');
}
