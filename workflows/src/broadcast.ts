// broadcast: tells one shard of a topic. Invoked by the state machine, again while it returns a cursor, or by a rule.

import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import {
  forget,
  type SubscriberPage,
  type Subscription,
  subscribers,
} from '../../shared/src/connections.ts';
import { env } from '../../shared/src/env.ts';
import type { MessageSent, NicknameChanged } from '../../shared/src/events.ts';
import {
  type ErrorCode,
  errorFrame,
  LIMITS,
  messageFrame,
  type ServerFrame,
} from '../../shared/src/protocol.ts';
import { fanOut } from './fan-out.ts';
import { sayGone } from './gone.ts';
import { createPoster } from './poster.ts';

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
    connectionId?: string;
  };
  seq?: string;
  /** The event that asked again for a stored message: it knows who said it, which the table does not keep. */
  sent?: { connectionId?: string };
  /** … or what went wrong with one. */
  error?: { ref: string; code: ErrorCode };
  /** … or any other frame as it stands: a rule made it from its event. Plain clients are not told. */
  frame?: ServerFrame;
  /** Epoch milliseconds after which the frame is worth nothing: it is dropped, and each recipient tried once. */
  until?: number;
  /** How many shards the topic has, where it may grow. */
  shards?: string;
  cursor?: Cursor | null;
}

export interface Cursor {
  from: string;
  /** Connections told so far in this shard. */
  told: number;
}

export interface BroadcastResult {
  delivered: number;
  gone: number;
  closed: number;
  failed: number;
  cursor: Cursor | null;
  /** Set on the last page of a shard that has outgrown itself: the doubled number of shards. */
  grow: { from: string; to: string } | null;
}

const NOBODY: BroadcastResult = {
  ...{ delivered: 0, gone: 0, closed: 0, failed: 0 },
  ...{ cursor: null, grow: null },
};

export const handler = middy(
  (input: BroadcastInput | NicknameChanged, context: Context): Promise<BroadcastResult> =>
    'topics' in input ? tellEach(input, context) : tell(input, context),
).onError((request) => {
  const { error, event } = request;
  const { topic, shard, message, frame, until }: Partial<BroadcastInput> = event;
  console.error({ topic, shard, messageId: message?.messageId, frame: frame?.type, error });
  // Lambda would try again, and keep it: by then it is not true any more.
  if (until !== undefined) request.response = NOBODY;
  else throw error;
});

/** `told`: who knows already, and who does after it. */
async function tell(
  input: BroadcastInput,
  context: Context,
  told?: Set<string>,
): Promise<BroadcastResult> {
  const heard: Subscription = { topic: input.topic, shard: input.shard };
  const isFleeting = input.until !== undefined;
  const leftMs = () => (input.until ?? Number.POSITIVE_INFINITY) - Date.now();
  if (leftMs() <= 0) return NOBODY;
  const { next, ...counts } = await fanOut(
    new TextEncoder().encode(JSON.stringify(frameOf(input))),
    {
      poster,
      isFleeting,
      async page(from) {
        const page = await subscribers(heard, from, input.frame === undefined ? 'all' : 'v1');
        const isCrowd = isFleeting && page.connectionIds.length > LIMITS.crowd;
        if (isCrowd) return { connectionIds: [] };
        return told === undefined ? page : withoutThose(page, told);
      },
      // Not worth telling everybody twice, which is what a retry of this run would do.
      forget: (ids) =>
        forget(ids, heard)
          .then(sayGone)
          .catch((error: unknown) => console.error({ ...heard, left: ids.length, error })),
      remainingMs: () => Math.min(context.getRemainingTimeInMillis() - RESERVE_MS, leftMs()),
      random: Math.random,
      sleep: (ms) => new Promise((done) => setTimeout(done, ms)),
    },
    input.cursor?.from,
  );
  if (counts.failed > 0 && !isFleeting)
    console.error({ ...heard, messageId: input.message?.messageId, failed: counts.failed });
  const reached = (input.cursor?.told ?? 0) + counts.delivered;
  return {
    ...counts,
    cursor: next === undefined ? null : { from: next, told: reached },
    grow: next === undefined ? growth(reached, input) : null,
  };
}

/** Several small topics, and each connection once, however many of them it hears. */
async function tellEach(
  { topics, ...input }: NicknameChanged,
  context: Context,
): Promise<BroadcastResult> {
  const told = new Set<string>();
  const sum = { ...NOBODY };
  for (const topic of topics) {
    const counts = await tell({ ...input, topic }, context, told);
    for (const count of ['delivered', 'gone', 'closed', 'failed'] as const)
      sum[count] += counts[count];
  }
  return sum;
}

function withoutThose(page: SubscriberPage, told: Set<string>): SubscriberPage {
  const connectionIds = page.connectionIds.filter((id) => !told.has(id));
  for (const id of connectionIds) told.add(id);
  return { ...page, connectionIds };
}

function frameOf({ message, seq, sent, error, frame }: BroadcastInput): object {
  if (frame !== undefined) return frame;
  if (error !== undefined) return errorFrame(error.code, error.ref);
  if (message === undefined || seq === undefined)
    throw new TypeError('Neither a message with its seq, nor an error, nor a frame');
  return messageFrame(Number(seq), message, message.connectionId ?? sent?.connectionId);
}

function growth(told: number, { shard, shards }: BroadcastInput): BroadcastResult['grow'] {
  if (shards === undefined || told <= SHARD_CONNECTIONS) return null;
  const count = Number(shards);
  // Doubling moves nobody: an old shard stays large, so only one that the last doubling made may ask for more.
  if (shard < Math.floor(count / 2) || count >= MOST_SHARDS) return null;
  return { from: shards, to: String(count * 2) };
}
