// nickname: changes the nickname on all devices of the user, or answers with a free one like it.

import { randomUUID } from 'node:crypto';
import { Refused } from '../../../shared/src/protocol/errors.ts';
import { isReservedNickname } from '../../../shared/src/reserved-names.ts';
import { routeHandler } from '../../../shared/src/route.ts';
import { foldLookalikes } from '../../../shared/src/rules/lookalikes.ts';
import { isGuestName, normalizeNickname } from '../../../shared/src/rules/nickname.ts';
import { claimNickname } from '../../../shared/src/store/nicknames.ts';
import { takeRenameToken } from '../../../shared/src/store/user-rate.ts';
import { suggestFreeNickname } from '../nickname/assign-nickname.ts';
import { propagateNickname } from '../nickname/propagate-nickname.ts';

export const handler = routeHandler('nickname', async (frame, { userId }) => {
  const nickname = normalizeNickname(frame.nickname);
  if (foldLookalikes(nickname) === '') throw new Refused('BadField', { field: 'nickname' });
  const isGiven = isGuestName(nickname) || isReservedNickname(nickname);
  const isTooOften = !isGiven && (await takeRenameToken(userId)) > 0;
  // Its own code: what is rate limited holds up everything else that its client asks.
  if (isTooOften) throw new Refused('TooManyRenames');
  if (isGiven || !(await claimNickname(nickname, userId, randomUUID())))
    throw new Refused('NicknameTaken', { suggestion: await suggestFreeNickname(nickname, userId) });
  const at = new Date().toISOString();
  await propagateNickname(userId);
  return { type: 'nickname', userId, nickname, at };
});
