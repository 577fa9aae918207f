// $disconnect: forgets the connection. Best effort on AWS, so 410 and the rows' lease do the same later.

import { close } from '../../shared/src/connections.ts';
import { socketHandler } from '../../shared/src/handler.ts';

export const handler = socketHandler(async (event) => {
  await close(event.requestContext.connectionId);
  return undefined;
});
