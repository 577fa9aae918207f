// ping: the line is alive, says the server. A plain client hears nothing.

import { routeHandler } from '../../shared/src/route.ts';

export const handler = routeHandler('ping', async ({ n }, { protocol }) => {
  if (protocol === 'plain') return undefined;
  return { type: 'pong', ...(n === undefined ? {} : { n }), now: new Date().toISOString() };
});
