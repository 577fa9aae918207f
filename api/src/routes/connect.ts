// $connect: writes the connection, then lets the handshake through. A plain client is in the lobby at once, where guests may be; others after hello.
// What is refused costs at most one call: origin and subprotocol need none, the source address one.

import middy from '@middy/core';
import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { env } from '../../../shared/src/env.ts';
import { LOBBY, SUBPROTOCOL } from '../../../shared/src/protocol/frames.ts';
import {
  type Connection,
  createConnection,
  type Subscription,
} from '../../../shared/src/store/connections.ts';
import { countHandshake } from '../../../shared/src/store/handshakes.ts';
import { readShards } from '../../../shared/src/store/room-heads.ts';
import { roomTopic, userTopic } from '../../../shared/src/topics.ts';
import { guestOfConnection } from '../guest.ts';
import { type HandshakeHeaders, isOriginAllowed, type OriginPolicy } from '../origin-policy.ts';
import { addressBlock } from '../source-address.ts';

/** API Gateway hands `$connect` the handshake's headers and the client's address; the package's type of these events leaves them out. */
type Handshake = APIGatewayProxyWebsocketEventV2 & {
  requestContext: { identity: { sourceIp: string } };
  headers?: Record<string, string>;
  multiValueHeaders?: HandshakeHeaders;
};

const isOidc = env('AUTH_MODE') === 'oidc';
/** API Gateway ends a socket after ten silent minutes: as long may a stranger take to say who they are. */
const STRANGER_S = 10 * 60;

/** Handshakes of one block of addresses in a clock hour; 0 counts none. */
const perAddress = Number(env('CONNECTIONS_PER_ADDRESS'));

const originPolicy: OriginPolicy = {
  allowed: env('ALLOWED_ORIGINS'),
  allowNone: env('ALLOW_NO_ORIGIN') === 'yes',
};

export const handler = middy(async (event: Handshake): Promise<APIGatewayProxyResultV2> => {
  const { connectionId, identity } = event.requestContext;
  if (!isOriginAllowed(event.multiValueHeaders ?? {}, originPolicy)) return { statusCode: 403 };
  const offered = offers(event.headers);
  const protocol = offered.includes(SUBPROTOCOL) ? 'v1' : 'plain';
  // A client of a version to come would wait for frames that it cannot read.
  if (protocol === 'plain' && offered.some((offer) => offer.startsWith('chat.')))
    return { statusCode: 400 };
  if (perAddress > 0 && (await countHandshake(addressBlock(identity.sourceIp))) > perAddress)
    return { statusCode: 429 };
  const connection: Connection = {
    ...{ connectionId, ...guestOfConnection(connectionId), protocol },
    subscriptions: [],
  };
  if (isOidc) await createConnection({ ...connection, authExpiresAt: 0 }, STRANGER_S);
  else if (protocol === 'v1') await createConnection(connection);
  else
    await createConnection({ ...connection, subscriptions: await inTheLobby(connection.userId) });
  if (protocol === 'plain') return { statusCode: 200 };
  return { statusCode: 200, headers: { 'Sec-WebSocket-Protocol': SUBPROTOCOL } };
}).onError(({ error, event }) => {
  const { connectionId, requestId } = event.requestContext;
  console.error({
    message: 'the handshake failed',
    route: '$connect',
    connectionId,
    requestId,
    error,
  });
  throw error;
});

/** A plain client says no hello, so that it must hear from the start. */
async function inTheLobby(userId: string): Promise<Subscription[]> {
  const shard = Math.floor(Math.random() * (await readShards(LOBBY)));
  return [
    { topic: roomTopic(LOBBY), shard },
    { topic: userTopic(userId), shard: 0 },
  ];
}

/** The subprotocols offered. Header names arrive as the client wrote them. */
const offers = (headers: Record<string, string> = {}): string[] =>
  Object.entries(headers)
    .filter(([name]) => name.toLowerCase() === 'sec-websocket-protocol')
    .flatMap(([, value]) => value.split(',').map((offer) => offer.trim()));
