// The user of a hello: a guest by a secret, or a person by a token, as the stack has it.

import { createHash } from 'node:crypto';
import { env } from '../../../shared/src/env.ts';
import { Refused } from '../../../shared/src/protocol/errors.ts';
import type { Hello } from '../../../shared/src/protocol/frames.ts';
import { isReservedNickname } from '../../../shared/src/reserved-names.ts';
import { foldLookalikes } from '../../../shared/src/rules/lookalikes.ts';
import { isGuestName, isNickname, normalizeNickname } from '../../../shared/src/rules/nickname.ts';
import type { Connection } from '../../../shared/src/store/connections.ts';
import { type Guest, guestName, guestOfSecret } from '../guest.ts';
import { type TokenClaims, verifyToken } from './token.ts';

const isOidc = env('AUTH_MODE') === 'oidc';

/** A `sub` that can be a userId as it is. What looks like an id made here is not: it could be another user's. */
const FIT = /^(?!u_|s_|guest-)[\w.|@+-]{1,128}$/;

export interface AuthenticatedUser extends Guest {
  /** When their token expires, epoch seconds. */
  authExpiresAt?: number;
}

/**
 * A connection that has said hello belongs to its user for its whole life: frames for them may be on their way to it. Throws
 * `ConnectionTaken` for the secret of another user, and `BadToken` for the token of one. Throws `BadField` for a secret where
 * people sign in, and for a token where guests come in; and what `verifyToken` throws.
 */
export async function authenticate(
  { secret, token }: Hello,
  before: Connection,
): Promise<AuthenticatedUser> {
  if (!isOidc) {
    if (secret === undefined) throw new Refused('BadField', { field: 'token' });
    const guest = guestOfSecret(secret);
    if (isOthers(before, guest)) throw new Refused('ConnectionTaken');
    return guest;
  }
  if (token === undefined) throw new Refused('BadField', { field: 'secret' });
  const claims = await verifyToken(token);
  const userId = userIdOf(claims.sub);
  if (isOthers(before, { userId })) throw new Refused('BadToken');
  return { userId, nickname: nameIn(claims, userId), authExpiresAt: claims.exp };
}

/** Before its first hello a connection is nobody's, a plain one too: what it was called ends with that hello. */
const isOthers = (before: Connection, { userId }: Pick<Guest, 'userId'>): boolean =>
  before.clientId !== undefined && before.userId !== userId;

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** The `sub`, or where that cannot be a userId `s_` and 132 bits of its hash. */
const userIdOf = (sub: string): string => (FIT.test(sub) ? sub : `s_${hashOf(sub).slice(0, 22)}`);

const isOwn = (name: string): boolean =>
  foldLookalikes(name) !== '' && !isGuestName(name) && !isReservedNickname(name);

/** The first name that can be a nickname, and is no address that others could write to; else like a guest's. */
function nameIn({ names }: TokenClaims, userId: string): string {
  const sound = names
    .map(normalizeNickname)
    .find((name) => isNickname(name) && isOwn(name) && !name.includes('@'));
  return sound ?? guestName(createHash('sha256').update(userId).digest('hex'));
}
