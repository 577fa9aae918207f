// $disconnect: deletes the connection and announces it. AWS does its best to call it, so a 410 and the presence lease do the same later.

import { socketHandler } from '../../../shared/src/handler.ts';
import { deleteConnection } from '../../../shared/src/store/connections.ts';
import { roomsOf } from '../../../shared/src/topics.ts';
import { leaveRooms } from '../presence-events.ts';

export const handler = socketHandler(async (event) => {
  const connection = await deleteConnection(event.requestContext.connectionId);
  if (connection?.clientId !== undefined)
    await leaveRooms(connection, roomsOf(connection.subscriptions));
  return undefined;
});
