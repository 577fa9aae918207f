// The store of reconnects: an upper bound of the connected clients, from the hellos of the last two hours.
import { BatchGetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { dynamo, CONNECTIONS_TABLE as TableName } from './dynamo.ts';
import { reconnectsKey } from './keys.ts';

const HOUR_S = 60 * 60;
/** How long a sandbox believes its own sum of the hours before: what others take from it meanwhile, in a herd, counts twice. */
const FRESH_S = 2;

/** In hours since 1970. */
export interface ReconnectCount {
  hour: number;
  /** Clients that came in this hour or the two before, which no socket outlives (API Gateway cuts at two hours). */
  count: number;
}

let earlier = { hour: -1, readS: 0, count: 0 };

const key = (hour: number) =>
  reconnectsKey(new Date(hour * HOUR_S * 1000).toISOString().slice(0, 13));

/**
 * Counts a client in this hour, and no longer in the one in which it came `before`: everybody says hello anew every 90 to
 * 110 minutes, and would else be counted twice. Throws where the hours before cannot be read: too small a sum is a herd.
 */
export async function countReconnect(before?: number): Promise<ReconnectCount> {
  const nowS = Math.floor(Date.now() / 1000);
  const hour = Math.floor(nowS / HOUR_S);
  const isHere = before === hour;
  const inThisHour = await add(hour, isHere ? 0 : 1, nowS);
  if (!isHere && (before === hour - 1 || before === hour - 2)) {
    await add(before, -1, nowS);
    earlier.count -= 1;
  }
  if (earlier.hour !== hour || nowS - earlier.readS >= FRESH_S)
    earlier = { hour, readS: nowS, count: await countIn([hour - 1, hour - 2]) };
  return { hour, count: inThisHour + earlier.count };
}

async function add(hour: number, one: number, nowS: number): Promise<number> {
  const { Attributes } = await dynamo.send(
    new UpdateItemCommand({
      TableName,
      Key: key(hour),
      UpdateExpression: 'SET expiresAt = :end ADD arrivals :one',
      ExpressionAttributeValues: {
        ':one': { N: String(one) },
        ':end': { N: String(nowS + 4 * HOUR_S) },
      },
      ReturnValues: 'UPDATED_NEW',
    }),
  );
  return Number(Attributes?.arrivals?.N ?? 0);
}

async function countIn(hours: number[]): Promise<number> {
  const { Responses, UnprocessedKeys } = await dynamo.send(
    new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: hours.map(key) } } }),
  );
  if (UnprocessedKeys?.[TableName])
    throw new Error('Arrivals of the hours before were left unread');
  const rows = Responses?.[TableName] ?? [];
  return rows.reduce((sum, { arrivals }) => sum + Number(arrivals?.N ?? 0), 0);
}
