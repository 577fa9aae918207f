// $connect: writes the connection and subscribes it, then lets the handshake through.

import middy from '@middy/core';
import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { open } from '../../shared/src/connections.ts';
import { shardsOf } from '../../shared/src/messages.ts';
import { LOBBY, SUBPROTOCOL } from '../../shared/src/protocol.ts';
import { guestOf } from './guest.ts';

/** API Gateway hands `$connect` the handshake's headers; the type of the SDK's events leaves them out. */
type Handshake = APIGatewayProxyWebsocketEventV2 & { headers?: Record<string, string> };

export const handler = middy(async (event: Handshake): Promise<APIGatewayProxyResultV2> => {
  const { connectionId } = event.requestContext;
  const protocol = offers(event.headers, SUBPROTOCOL) ? 'v1' : 'plain';
  const guest = guestOf(connectionId);
  const shard = Math.floor(Math.random() * (await shardsOf(LOBBY)));
  await open({
    connectionId,
    ...guest,
    protocol,
    subscriptions: [
      { topic: `room:${LOBBY}`, shard },
      { topic: `user:${guest.userId}`, shard: 0 },
    ],
  });
  if (protocol === 'plain') return { statusCode: 200 };
  return { statusCode: 200, headers: { 'Sec-WebSocket-Protocol': SUBPROTOCOL } };
}).onError(({ error, event }) => {
  const { connectionId, requestId } = event.requestContext;
  console.error({ route: '$connect', connectionId, requestId, error });
  throw error;
});

/** Header names arrive as the client wrote them. */
function offers(headers: Record<string, string> = {}, subprotocol: string): boolean {
  return Object.entries(headers)
    .filter(([name]) => name.toLowerCase() === 'sec-websocket-protocol')
    .some(([, value]) => value.split(',').some((offer) => offer.trim() === subprotocol));
}
