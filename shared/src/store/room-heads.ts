// The store of rooms' heads: the last seq given, and over how many shards the room is spread.

import { type AttributeValue, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { env } from '../env.ts';
import { batchGet, dynamo } from './dynamo.ts';

const TableName = env('MESSAGES_TABLE');

/** The head of a room stands at seq 0; messages start at 1. */
const HEAD = '0';

export interface RoomHead {
  /** The last seq given; 0 in a room that nobody has spoken in. */
  head: number;
  /** How many partitions the room's topic is spread over. */
  shards: number;
  /** When the last seq was given, ISO 8601; rows of before this was written down have none. */
  headAt?: string;
}

const headKey = (room: string) => ({ room: { S: room }, seq: { N: HEAD } });
const headIn = (item: Record<string, AttributeValue> | undefined): RoomHead => ({
  head: Number(item?.head?.N ?? 0),
  shards: Number(item?.shards?.N ?? 1),
  ...(item?.headAt?.S === undefined ? {} : { headAt: item.headAt.S }),
});

/** How many partitions the room's topic is spread over; 1 for a room that nobody has spoken in. */
export async function readShards(room: string): Promise<number> {
  const { Item } = await dynamo.send(new GetItemCommand({ TableName, Key: headKey(room) }));
  return headIn(Item).shards;
}

/**
 * The heads of rooms, each read consistently. A message that got its number before this call is not above them. A later
 * message is posted to every connection that subscribed before this call.
 */
export async function readRoomHeads(rooms: string[]): Promise<Map<string, RoomHead>> {
  const heads = new Map(rooms.map((room) => [room, headIn(undefined)]));
  const keys = [...heads.keys()].map(headKey);
  const items = await batchGet(keys, { TableName, ConsistentRead: true });
  for (const item of items) heads.set(item.room?.S ?? '', headIn(item));
  return heads;
}
