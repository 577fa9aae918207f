// The store of sessions: of all connections of one client, the one with the highest epoch lives.

import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { CONNECTION_LIFE_S } from './connections.ts';
import { dynamo, ifCondition, CONNECTIONS_TABLE as TableName } from './dynamo.ts';
import { sessionKey } from './keys.ts';

export interface SessionHolder {
  userId: string;
  clientId: string;
  epoch: number;
  connectionId: string;
}

/**
 * `taken`: with all connections of the client whose end is not yet on the bus, and the hour in which it was last counted
 * among the arrivals. Otherwise: the epoch that has it.
 */
export type SessionLease =
  | { taken: true; older: string[]; came?: number }
  | { taken: false; epoch: number };

/** What is done for a lease after it was taken. */
export interface SettledSession {
  /** Older connections whose end is on the bus, or that have ended. */
  ended: string[];
  /** The hour in which the client is counted among the arrivals now. */
  came?: number | undefined;
}

const leaseKey = ({ userId, clientId }: Pick<SessionHolder, 'userId' | 'clientId'>) =>
  sessionKey(userId, clientId);

/**
 * Takes the lease for this connection, unless another one came with the same or a higher epoch. It knows every older
 * connection until `settleSession`, not the last alone: whoever held it may have failed before it could end its own older ones.
 */
export async function acquireSession(taker: SessionHolder): Promise<SessionLease> {
  const { epoch, connectionId } = taker;
  const nowS = Math.floor(Date.now() / 1000);
  const written = await ifCondition(
    dynamo.send(
      new UpdateItemCommand({
        TableName,
        Key: leaseKey(taker),
        ConditionExpression:
          'attribute_not_exists(pk) OR epoch < :epoch OR expiresAt < :now OR (epoch = :epoch AND connectionId = :me)',
        UpdateExpression:
          'SET epoch = :epoch, connectionId = :me, expiresAt = :end ADD connections :mine',
        ExpressionAttributeValues: {
          ':epoch': { N: String(epoch) },
          ':me': { S: connectionId },
          ':mine': { SS: [connectionId] },
          ':now': { N: String(nowS) },
          ':end': { N: String(nowS + CONNECTION_LIFE_S) },
        },
        ReturnValues: 'ALL_NEW',
      }),
    ),
  );
  if (written === undefined)
    return { taken: false, epoch: Math.max(epoch, await readEpoch(taker.userId, taker.clientId)) };
  const all = written.Attributes?.connections?.SS ?? [];
  const came = written.Attributes?.came?.N;
  return {
    taken: true,
    older: all.filter((id) => id !== connectionId),
    ...(came === undefined ? {} : { came: Number(came) }),
  };
}

/** The epoch of the client's lease; 0 where there is none. */
export async function readEpoch(userId: string, clientId: string): Promise<number> {
  const Key = leaseKey({ userId, clientId });
  const { Item } = await dynamo.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
  return Number(Item?.epoch?.N ?? 0);
}

/** Writes down what was done: the next to take the lease need not do it again. */
export async function settleSession(
  holder: SessionHolder,
  { ended, came }: SettledSession,
): Promise<void> {
  const set = came === undefined ? [] : ['SET came = :came'];
  const remove = ended.length === 0 ? [] : ['DELETE connections :ended'];
  if (set.length + remove.length === 0) return;
  await dynamo.send(
    new UpdateItemCommand({
      TableName,
      Key: leaseKey(holder),
      UpdateExpression: [...set, ...remove].join(' '),
      ExpressionAttributeValues: {
        ...(came === undefined ? {} : { ':came': { N: String(came) } }),
        ...(ended.length === 0 ? {} : { ':ended': { SS: ended } }),
      },
    }),
  );
}
