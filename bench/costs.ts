// node bench/costs.ts: what one frame of each kind makes the owner pay, by the counters of the local runtime. The tables of docs/costs.md.
import { randomUUID } from 'node:crypto';
import { join as path } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { costOf, sumOf, type Usage, usedSince } from '../local/bill.ts';
import type { Flags } from '../local/flags.ts';
import { silent } from '../local/log.ts';
import { type Runtime, startRuntime } from '../local/runtime.ts';
import type { ServerFrame } from '../shared/src/protocol.ts';
import { type Client, everybodyLeaves, join } from '../tests/contract/client.ts';

/** So slow that no token comes back while a kind is measured. */
const PARAMETERS = { MessagesPerSecond: '0.1' };
/** People who hear the room in which a frame is said. */
const AUDIENCE = 20;
/** Frames of a kind that are averaged; a bucket holds ten. */
const FRAMES = 5;
/** Long enough for everything that a frame sets off, grace of presence left out. */
const QUIET_MS = 700;

const LONG = 'long';
const ALONE = 'alone';

const ROOT = path(import.meta.dirname, '..');
const FLAGS: Flags = {
  ...{ port: 0, awsPort: 0, data: undefined, stage: 'dev', json: false, level: 'quiet' },
  ...{ parameters: PARAMETERS, auth: 'guest', issuerPort: 0, faults: {} },
};

export interface Price {
  /** Of one frame, without its fan-out; units as in `Usage`. */
  usage: Usage;
  /** USD per million frames. */
  perMillion: number;
}

interface Kind {
  frame(client: Client, at: number): object;
  /** The type of the frame that answers it. */
  answer?: ServerFrame['type'];
  /** Whether the frames themselves say hello. */
  isSilent?: boolean;
  /** Not counted. */
  prepare?(client: Client): Promise<void>;
}

const message = (room: string, text = 'hi') => ({
  ...{ action: 'sendmessage', messageId: randomUUID(), room, message: text },
});
const newRoom = () => `room-${randomUUID().slice(0, 8)}`;
const joins = (client: Client, room: string) =>
  say(client, { action: 'join', room, create: true }, 'joined');

const KINDS: { [kind: string]: Kind } = {
  'frame that cannot be read': { frame: () => ({ action: 'ping', n: -1 }), answer: 'error' },
  'frame too many (RateLimited)': {
    async prepare(client) {
      // With its hello, ten.
      for (let at = 0; at < 9; at += 1) await say(client, { action: 'ping' }, 'pong');
    },
    frame: () => ({ action: 'ping' }),
    answer: 'error',
  },
  'message to a room of others (NotInRoom)': {
    frame: () => message('elsewhere'),
    answer: 'error',
  },
  ping: { frame: () => ({ action: 'ping' }), answer: 'pong' },
  hello: {
    isSilent: true,
    frame: (_, at) => ({
      ...{ action: 'hello', v: 1, clientId: 'costs-of-a-hello', epoch: at },
      secret: 's'.repeat(43),
    }),
    answer: 'welcome',
  },
  'message, heard by nobody else': {
    prepare: (client) => joins(client, ALONE),
    frame: () => message(ALONE),
    answer: 'message',
  },
  [`message, heard by ${AUDIENCE} others`]: { frame: () => message('lobby'), answer: 'message' },
  [`typing, shown to ${AUDIENCE} others`]: {
    frame: (_, at) => ({ action: 'typing', room: 'lobby', on: at % 2 === 0 }),
  },
  [`nickname, shown to ${AUDIENCE} others`]: {
    frame: (_, at) => ({ action: 'nickname', nickname: `Somebody ${at}` }),
    answer: 'nickname',
  },
  'history, a page of 28 KB': {
    prepare: (client) => joins(client, LONG),
    frame: () => ({ action: 'history', room: LONG }),
    answer: 'history',
  },
  members: { frame: () => ({ action: 'members', room: 'lobby' }), answer: 'members' },
  rooms: { frame: () => ({ action: 'rooms' }), answer: 'rooms' },
  'join, a room that is made': {
    frame: () => ({ action: 'join', room: newRoom(), create: true }),
    answer: 'joined',
  },
};

const countOf = (client: Client, type: string) =>
  client.heard.filter((one: ServerFrame) => one.type === type).length;

/** When nothing has been billed for a while. */
async function settled(runtime: Runtime): Promise<Usage> {
  for (;;) {
    const before = JSON.stringify(runtime.usage());
    await sleep(QUIET_MS);
    if (JSON.stringify(runtime.usage()) === before) return runtime.usage();
  }
}

async function say(client: Client, frame: object, answer: string | undefined): Promise<void> {
  const before = answer === undefined ? 0 : countOf(client, answer);
  client.send(frame);
  if (answer !== undefined)
    await client.awaits(answer, () => (countOf(client, answer) > before ? true : undefined));
}

/** Fills a room, at the pace that a bucket allows. */
async function writeLong(writer: Client | undefined): Promise<void> {
  if (writer === undefined) throw new Error('There is nobody to write');
  await joins(writer, LONG);
  for (let at = 0; at < 8; at += 1) await say(writer, message(LONG, 'x'.repeat(3_900)), 'message');
}

/** Runs each kind on a runtime of its own and answers what one frame of it uses. */
export async function pricesOfFrames(): Promise<{ [kind: string]: Price }> {
  const runtime = await startRuntime(ROOT, FLAGS, silent);
  try {
    const audience: Client[] = [];
    for (let at = 0; at < AUDIENCE; at += 1) audience.push(await join(runtime.websocket));
    await writeLong(audience[0]);
    const prices: { [kind: string]: Price } = {};
    for (const [kind, { frame, prepare, answer, isSilent = false }] of Object.entries(KINDS)) {
      const client = await join(runtime.websocket, isSilent ? 'silent' : 'v1');
      await prepare?.(client);
      const before = await settled(runtime);
      for (let at = 0; at < FRAMES; at += 1) await say(client, frame(client, at), answer);
      const used = usedSince(before, await settled(runtime));
      const usage = Object.fromEntries(
        Object.entries(used).map(([part, amount]) => [part, amount / FRAMES]),
      ) as unknown as Usage;
      prices[kind] = { usage, perMillion: sumOf(costOf(usage)) * 1e6 };
      await client.leave();
    }
    return prices;
  } finally {
    await everybodyLeaves();
    await runtime.stop();
  }
}

if (import.meta.main) {
  const prices = await pricesOfFrames();
  console.log(
    '| a frame | USD per million | frames | functions | read units | write units | events | executions |',
  );
  console.log('|---|---|---|---|---|---|---|---|');
  for (const [kind, { usage, perMillion }] of Object.entries(prices)) {
    const parts = [
      usage.frames,
      usage.invocations,
      usage.readUnits,
      usage.writeUnits,
      usage.events,
      usage.executions,
    ];
    console.log(
      `| ${kind} | ${perMillion.toFixed(2)} | ${parts.map((one) => one.toFixed(1)).join(' | ')} |`,
    );
  }
}
