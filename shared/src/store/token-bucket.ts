// A token bucket in one attribute of a row of ConnectionsTable: the time at which it will be full.
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { dynamo, CONNECTIONS_TABLE as TableName } from './dynamo.ts';

/** Buckets that one sandbox remembers; beyond them the oldest is forgotten. */
const MOST_REMEMBERED = 10_000;
/** When each bucket will be full, as this sandbox saw last, epoch milliseconds. It chooses which write to try first, and nothing else. */
const lastSeen = new Map<string, number>();

/** A write fails where this sandbox saw an older row, or another frame was faster. So many in a row are somebody's flood. */
const TRIES = 5;

export type BucketRow = Record<string, AttributeValue>;

export interface TokenBucket {
  Key: { pk: { S: string }; sk: { S: string } };
  /** Tokens that it holds. */
  size: number;
  /** Milliseconds in which one token comes back. */
  everyMs: number;
  /** Must hold as well; without it, a row that is not there is made. */
  condition?: string;
  /** What the same write does besides, for instance `, expiresAt = :end`. */
  also?: string;
  /** What the write that finds the bucket full does besides, after `also`. */
  alsoWhenFull?: string;
  values?: Record<string, AttributeValue>;
}

export interface TokenTaken {
  /** The row after the write; without a token, as it stands; undefined where there is none. */
  row: BucketRow | undefined;
  /** Milliseconds until the next token; 0 where one was taken. */
  afterMs: number;
}

/**
 * Takes one token by the "generic cell rate algorithm". An update expression has no maximum, so a full bucket and a partly
 * used one need different writes. The write that fits what this sandbox saw last goes first, then the one that fits the row
 * as it is. An empty bucket costs one write. `look` sees the row before a second write and may throw instead.
 */
export async function takeToken(
  bucket: TokenBucket,
  nowMs: number,
  look: (row: BucketRow | undefined) => void = () => undefined,
): Promise<TokenTaken> {
  const { everyMs, size, also = '', alsoWhenFull = '' } = bucket;
  const depthMs = (size - 1) * everyMs;
  const whenFull = {
    condition: '(attribute_not_exists(fullAt) OR fullAt <= :now)',
    set: `SET fullAt = :now + :every${also}${alsoWhenFull}`,
    times: { ':now': nowMs, ':every': everyMs },
  };
  const whenUsed = {
    condition: 'fullAt > :now AND fullAt <= :latest',
    set: `SET fullAt = fullAt + :every${also}`,
    times: { ':now': nowMs, ':latest': nowMs + depthMs, ':every': everyMs },
  };
  let fullAt = lastSeen.get(nameOf(bucket)) ?? 0;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const { isTaken, row } = await attempt(bucket, fullAt > nowMs ? whenUsed : whenFull);
    fullAt = Number(row?.fullAt?.N ?? 0);
    remember(nameOf(bucket), fullAt);
    if (isTaken) return { row, afterMs: 0 };
    look(row);
    const afterMs = Math.ceil(fullAt - depthMs - nowMs);
    if (afterMs > 0) return { row, afterMs };
  }
  return { row: undefined, afterMs: everyMs };
}

interface Write {
  condition: string;
  set: string;
  times: Record<string, number>;
}

async function attempt(
  { Key, condition, values }: TokenBucket,
  write: Write,
): Promise<{ isTaken: boolean; row: BucketRow | undefined }> {
  const numbers = Object.entries(write.times).map(([name, ms]) => [name, { N: String(ms) }]);
  try {
    const { Attributes } = await dynamo.send(
      new UpdateItemCommand({
        ...{ TableName, Key, UpdateExpression: write.set },
        ConditionExpression: [condition, write.condition].filter(Boolean).join(' AND '),
        ExpressionAttributeValues: { ...values, ...Object.fromEntries(numbers) },
        ReturnValues: 'ALL_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    return { isTaken: true, row: Attributes };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return { isTaken: false, row: error.Item };
  }
}

const nameOf = ({ Key }: TokenBucket) => `${Key.pk.S} ${Key.sk.S}`;

function remember(name: string, fullAt: number): void {
  lastSeen.delete(name);
  lastSeen.set(name, fullAt);
  const [oldest] = lastSeen.size > MOST_REMEMBERED ? lastSeen.keys() : [];
  if (oldest !== undefined) lastSeen.delete(oldest);
}
