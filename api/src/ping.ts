// ping: the line is alive, says the server, and up to where each room has been said. A plain client hears nothing.

import { routeHandler } from '../../shared/src/route.ts';
import { roomsAmong } from '../../shared/src/topics.ts';
import { readHeads } from './heads.ts';

export const handler = routeHandler('ping', async ({ n }, { protocol, subscriptions }) => {
  if (protocol === 'plain') return undefined;
  const heads = await readHeads(roomsAmong(subscriptions));
  const now = new Date().toISOString();
  return { type: 'pong', ...(n === undefined ? {} : { n }), now, heads };
});
