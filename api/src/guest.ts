// Who a connection is before it says more: a guest, named after its connection.

import { createHash } from 'node:crypto';

/** The hash keeps the connection id, with which a socket can be posted to, out of what others see as an identity. */
export function guestOf(connectionId: string): { userId: string; nickname: string } {
  const hash = createHash('sha256').update(connectionId).digest('hex');
  return { userId: `guest-${hash.slice(0, 24)}`, nickname: `guest-${hash.slice(0, 4)}` };
}
