// The nicknames of open connections: in their rows, from which messages take the name, and in the rosters.

import {
  QueryCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { LIMITS } from '../protocol/limits.ts';
import { roomsOf } from '../topics.ts';
import type { Connection } from './connections.ts';
import { dynamo, ifCondition, CONNECTIONS_TABLE as TableName } from './dynamo.ts';
import { connectionKey, rosterKey } from './keys.ts';

const MOST_ROWS = LIMITS.crowd * 2;

/** The connection goes by this name from here on, if it is still there and still its user's. A hello under way on it is told `Busy`. */
export async function renameConnection(connection: Connection, nickname: string): Promise<void> {
  const { connectionId, userId, subscriptions } = connection;
  await call(connectionKey(connectionId), nickname, {
    ConditionExpression: 'userId = :user',
    UpdateExpression: 'SET nickname = :name ADD revision :one',
    ExpressionAttributeValues: { ':user': { S: userId }, ':one': { N: '1' } },
  });
  await Promise.all(
    roomsOf(subscriptions).map((room) =>
      call(rosterKey(room, connection), nickname, {
        ConditionExpression: 'attribute_exists(pk)',
        UpdateExpression: 'SET nickname = :name',
      }),
    ),
  );
}

/**
 * Whether too many hear the room for each of them to be told. One Query of 200 rows: a roster that has as many is a crowd,
 * since the living may stand behind the ghosts.
 */
export async function isLargeRoom(room: string): Promise<boolean> {
  const { Count = 0, ScannedCount = 0 } = await dynamo.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :roster',
      FilterExpression: 'leaseUntil > :now',
      ExpressionAttributeValues: {
        ':roster': rosterKey(room, { userId: '', connectionId: '' }).pk,
        ':now': { S: new Date().toISOString() },
      },
      Select: 'COUNT',
      Limit: MOST_ROWS,
    }),
  );
  return Count > LIMITS.crowd || ScannedCount >= MOST_ROWS;
}

/** What has gone meanwhile is not written back to life. */
async function call(
  Key: Record<string, { S: string }>,
  nickname: string,
  { ExpressionAttributeValues = {}, ...update }: Omit<UpdateItemCommandInput, 'TableName' | 'Key'>,
): Promise<void> {
  await ifCondition(
    dynamo.send(
      new UpdateItemCommand({
        TableName,
        Key,
        ...update,
        ExpressionAttributeValues: { ...ExpressionAttributeValues, ':name': { S: nickname } },
      }),
    ),
  );
}
