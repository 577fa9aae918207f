// The identity of a guest: made from the connection before hello, and from the secret after it.

import { createHash } from 'node:crypto';

export interface Guest {
  userId: string;
  nickname: string;
}

/** Eight digits: a plain client's name is claimed by nobody, so nothing but their number keeps two of them apart. */
export const guestName = (sha256: string): string => `guest-${sha256.slice(0, 8)}`;

/** The hash keeps the connection id, with which a socket can be posted to, out of what others see as an identity. */
export function guestOfConnection(connectionId: string): Guest {
  const hash = createHash('sha256').update(connectionId).digest('hex');
  return { userId: `guest-${hash.slice(0, 24)}`, nickname: guestName(hash) };
}

/** The same secret is the same user, on any connection; 132 bits of its hash tell nobody the secret. */
export function guestOfSecret(secret: string): Guest {
  const hash = createHash('sha256').update(secret);
  const id = hash.copy().digest('base64url').slice(0, 22);
  return { userId: `u_${id}`, nickname: guestName(hash.digest('hex')) };
}
