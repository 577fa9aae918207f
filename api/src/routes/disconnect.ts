// $disconnect: forgets the connection, and says so. Best effort on AWS, so 410 and the rows' lease do the same later.

import { socketHandler } from '../../../shared/src/handler.ts';
import { close } from '../../../shared/src/store/connections.ts';
import { roomsAmong } from '../../../shared/src/topics.ts';
import { closed } from '../presence-events.ts';

export const handler = socketHandler(async (event) => {
  const connection = await close(event.requestContext.connectionId);
  if (connection?.clientId !== undefined)
    await closed(connection, roomsAmong(connection.subscriptions));
  return undefined;
});
