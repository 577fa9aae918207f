// broadcast: posts a frame to one shard of a topic, or to the subscribers of some small topics. It returns a cursor while there is more to do.

import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { env } from '../../shared/src/env.ts';
import type { MessageSent } from '../../shared/src/events.ts';
import { type ErrorCode, errorFrame } from '../../shared/src/protocol/errors.ts';
import type { ServerFrame } from '../../shared/src/protocol/frames.ts';
import { LIMITS } from '../../shared/src/protocol/limits.ts';
import { messageFrame } from '../../shared/src/protocol/message-frame.ts';
import {
  type Connection,
  readSubscribers,
  removeSubscribers,
  type Subscription,
} from '../../shared/src/store/connections.ts';
import { announceDisconnects } from './announce-disconnects.ts';
import { type FanOut, fanOut } from './fan-out.ts';
import { createPoster } from './poster.ts';
import { readRecipients } from './recipients.ts';

/** Beyond this many connections a shard has outgrown itself: one Query page, one second of the default account quota. */
const SHARD_CONNECTIONS = 10_000;
const MOST_SHARDS = 32;
/** Kept back for the rows to forget and the answer, so that a run ends with its cursor and not by time-out. */
const RESERVE_MS = 5_000;

const poster = createPoster(env('CALLBACK_URL'));

/** What the state machine hands over. Numbers come as DynamoDB gives them: as strings. */
export interface BroadcastInput {
  topic: string;
  shard: number;
  /** Either a stored message and its place … */
  message?: Pick<MessageSent, 'room' | 'messageId' | 'userId' | 'nickname' | 'text' | 'sentAt'> & {
    senderTag?: string;
  };
  seq?: string;
  /** The event that asked again for a stored message: it knows who said it, which the table does not keep. */
  sent?: { senderTag?: string };
  /** … or what went wrong with one. */
  error?: { ref: string; code: ErrorCode };
  /** … or any other frame as it stands: a rule made it from its event. Plain clients are not told. */
  frame?: ServerFrame;
  /** How many shards the topic has, where it may grow. */
  shards?: string;
  cursor?: Cursor | null;
}

/** A frame as it stands that only small rooms are told, in one run, to each connection once. Plain clients are not told. */
export interface SmallInput {
  topics: string[];
  frame: ServerFrame;
  /** Epoch milliseconds after which it is worth nothing: it is dropped, each recipient tried once, and a crowd not told. */
  until?: number;
}

export interface Cursor {
  from: string;
  /** Connections told so far in this shard. */
  told: number;
  /** Whether the run that ended here was throttled. One throttled run after another is the last: it goes on no more. */
  wasThrottled?: boolean;
}

export interface BroadcastResult {
  delivered: number;
  gone: number;
  closed: number;
  failed: number;
  throttled: number;
  cursor: Cursor | null;
  /** Set on the last page of a shard that has outgrown itself: the doubled number of shards. */
  grow: { from: string; to: string } | null;
}

const NOBODY: BroadcastResult = {
  ...{ delivered: 0, gone: 0, closed: 0, failed: 0, throttled: 0 },
  ...{ cursor: null, grow: null },
};

export const handler = middy(
  (input: BroadcastInput | SmallInput, context: Context): Promise<BroadcastResult> =>
    'topics' in input ? broadcastSmall(input, context) : broadcastShard(input, context),
).onError((request) => {
  const { error, event } = request;
  const { topic, topics, shard, message, frame, until }: Partial<BroadcastInput & SmallInput> =
    event;
  const about = topics === undefined ? { topic, shard } : aboutAll(topics);
  console.error({
    message: 'the broadcast failed',
    ...about,
    messageId: message?.messageId,
    frame: frame?.type,
    error,
  });
  // Lambda would try again, and keep it: by then it is not true any more.
  if (until !== undefined) request.response = NOBODY;
  else throw error;
});

async function broadcastShard(input: BroadcastInput, context: Context): Promise<BroadcastResult> {
  const subscription: Subscription = { topic: input.topic, shard: input.shard };
  const who = input.frame === undefined ? 'all' : 'v1';
  const { next, isSlowed, ...counts } = await fanOut(
    bytesOf(frameOf(input)),
    {
      ...ports(context),
      mayGoOn: input.cursor?.wasThrottled !== true,
      page: (from) => readSubscribers(subscription, from, who),
      forget: (ids) =>
        afterRemoval(removeSubscribers(ids, subscription), { ...subscription, left: ids.length }),
    },
    input.cursor?.from,
  );
  if (counts.failed > 0)
    console.error({
      message: 'posts failed',
      ...subscription,
      messageId: input.message?.messageId,
      failed: counts.failed,
    });
  logThrottled(counts.throttled, isSlowed);
  const reached = (input.cursor?.told ?? 0) + counts.delivered;
  return {
    ...counts,
    cursor: next === undefined ? null : { from: next, told: reached, wasThrottled: isSlowed },
    grow: next === undefined ? growth(reached, input) : null,
  };
}

async function broadcastSmall(
  { topics, frame, until = Number.POSITIVE_INFINITY }: SmallInput,
  context: Context,
): Promise<BroadcastResult> {
  const leftMs = () => until - Date.now();
  if (leftMs() <= 0) return NOBODY;
  const isBestEffort = until < Number.POSITIVE_INFINITY;
  const most = isBestEffort ? LIMITS.crowd : undefined;
  const { connectionIds, forget } = await readRecipients(topics, most);
  if (most !== undefined && connectionIds.length > most) return NOBODY;
  const { remainingMs, ...others } = ports(context);
  const {
    next: _,
    isSlowed,
    ...counts
  } = await fanOut(bytesOf(frame), {
    ...others,
    isBestEffort,
    mayGoOn: false,
    page: async () => ({ connectionIds }),
    forget: (ids) => afterRemoval(forget(ids), { ...aboutAll(topics), left: ids.length }),
    remainingMs: () => Math.min(remainingMs(), leftMs()),
  });
  if (counts.failed > 0 && !isBestEffort)
    console.error({
      message: 'posts failed',
      ...aboutAll(topics),
      frame: frame.type,
      failed: counts.failed,
    });
  if (!isBestEffort) logThrottled(counts.throttled, isSlowed);
  return { ...NOBODY, ...counts };
}

/**
 * A metric filter reads this number; it is all that there is to say, since the account is slow and not a topic. Where nothing
 * was slowed down, single clients did not read: nobody can ask AWS for more because of them, so no alarm counts them.
 */
function logThrottled(throttled: number, isSlowed: boolean): void {
  if (throttled > 0 && isSlowed)
    console.warn({ message: 'posts were given up because of 429', throttled });
}

/** For logs: the first, who is meant, and how many there are. All of them would be whom somebody writes to, and where they are. */
const aboutAll = (topics: string[]) => ({ topic: topics[0], topics: topics.length });

const bytesOf = (frame: object) => new TextEncoder().encode(JSON.stringify(frame));

const ports = (context: Context): Omit<FanOut, 'page' | 'forget' | 'mayGoOn'> => ({
  poster,
  remainingMs: () => context.getRemainingTimeInMillis() - RESERVE_MS,
  random: Math.random,
  sleep: (ms) => new Promise((done) => setTimeout(done, ms)),
});

/** What fails here is not worth telling everybody twice, which is what a retry of this run would do. */
const afterRemoval = (removed: Promise<Connection[]>, about: object): Promise<void> =>
  removed
    .then(announceDisconnects)
    .catch((error: unknown) =>
      console.error({ message: 'gone connections were not removed', ...about, error }),
    );

function frameOf({ message, seq, sent, error, frame }: BroadcastInput): object {
  if (frame !== undefined) return frame;
  if (error !== undefined) return errorFrame(error.code, error.ref);
  if (message === undefined || seq === undefined)
    throw new TypeError('Neither a message with its seq, nor an error, nor a frame');
  return messageFrame(Number(seq), message, message.senderTag ?? sent?.senderTag);
}

function growth(told: number, { shard, shards }: BroadcastInput): BroadcastResult['grow'] {
  if (shards === undefined || told <= SHARD_CONNECTIONS) return null;
  const count = Number(shards);
  // Doubling moves nobody: an old shard stays large, so only one that the last doubling made may ask for more.
  if (shard < Math.floor(count / 2) || count >= MOST_SHARDS) return null;
  return { from: shards, to: String(count * 2) };
}
