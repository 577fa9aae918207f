// node bench/costs.ts: what one frame of each kind makes the owner pay, and one hour of misuse, by the counters of the local runtime.
// Prints the tables of docs/costs.md.
import { randomUUID } from 'node:crypto';
import { join as path } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { costOf, sumOf, type Usage, usedSince } from '../local/bill.ts';
import type { Flags } from '../local/flags.ts';
import { silent } from '../local/log.ts';
import { type Runtime, startRuntime } from '../local/runtime.ts';
import { readPlan } from '../local/template/read-plan.ts';
import { LIMITS, type ServerFrame } from '../shared/src/protocol.ts';
import { type Client, everybodyLeaves, join } from '../tests/contract/client.ts';

/** So slow that no token comes back while a kind is measured. */
const PARAMETERS = { MessagesPerSecond: '0.1', PresenceGraceSeconds: '0' };
/** People who hear the room in which a frame is said. */
const AUDIENCE = 20;
/** Frames of a kind that are averaged; a bucket holds ten. */
const FRAMES = 5;
/** Longer than the grace of presence, and than what a frame sets off. */
const QUIET_MS = 1_500;

const SOCKET = 'socket, opened and closed';
const LONG = 'long';
const ALONE = 'alone';
const CLOSED = 'closed';
const SHUT = 'shut';

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
  frame(client: Client, at: number, audience: Client[]): object;
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
const joins = (client: Client, room: string, visibility = 'public') =>
  say(client, { action: 'join', room, create: true, visibility }, 'joined');
const greets = (client: Client, rooms: string[]) =>
  say(client, { ...HELLO, clientId: randomUUID(), epoch: 0, rooms }, 'welcome');
const types = (room: string, at: number) => ({ action: 'typing', room, on: at % 2 === 0 });
const HELLO = {
  ...{ action: 'hello', v: 1, clientId: 'costs-of-a-hello', secret: 's'.repeat(43) },
};
const userIds = new Map<Client, string>();
const userOf = (audience: Client[], at: number) => userIds.get(audience[at] as Client) ?? '';

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
    frame: (_, at) => ({ ...HELLO, epoch: at }),
    answer: 'welcome',
  },
  'message, heard by nobody else': {
    prepare: (client) => joins(client, ALONE),
    frame: () => message(ALONE),
    answer: 'message',
  },
  [`message, heard by ${AUDIENCE} others`]: { frame: () => message('lobby'), answer: 'message' },
  [`typing, shown to ${AUDIENCE} others`]: { frame: (_, at) => types('lobby', at) },
  'typing, shown to nobody': {
    prepare: (client) => joins(client, ALONE),
    frame: (_, at) => types(ALONE, at),
  },
  'nickname, shown to nobody': {
    isSilent: true,
    prepare: (client) => greets(client, []),
    frame: (_, at) => ({ action: 'nickname', nickname: `Nobody ${at}` }),
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
  leave: { frame: () => ({ action: 'leave', room: ALONE }), answer: 'left' },
  invite: {
    prepare: (client) => joins(client, CLOSED, 'private'),
    frame: (_, at, audience) => ({ action: 'invite', room: CLOSED, userId: userOf(audience, at) }),
    answer: 'invited',
  },
  remove: {
    prepare: (client) => joins(client, SHUT, 'private'),
    frame: (_, at, audience) => ({ action: 'remove', room: SHUT, userId: userOf(audience, at) }),
    answer: 'removed',
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

/** A socket that says hello and ends: what each made-up guest costs at least. */
async function priceOfSocket(runtime: Runtime): Promise<Price> {
  const before = await settled(runtime);
  for (let at = 0; at < FRAMES; at += 1) await (await join(runtime.websocket, 'silent')).leave();
  return priceOf(usedSince(before, await settled(runtime)));
}

function priceOf(used: Usage): Price {
  const each = Object.entries(used).map(([part, amount]) => [part, amount / FRAMES]);
  const usage = Object.fromEntries(each) as unknown as Usage;
  return { usage, perMillion: sumOf(costOf(usage)) * 1e6 };
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
    for (let at = 0; at < AUDIENCE; at += 1) {
      const one = await join(runtime.websocket);
      audience.push(one);
      userIds.set(one, (await one.welcomed).userId);
    }
    await writeLong(audience[0]);
    const prices: { [kind: string]: Price } = {};
    for (const [kind, { frame, prepare, answer, isSilent = false }] of Object.entries(KINDS)) {
      const client = await join(runtime.websocket, isSilent ? 'silent' : 'v1');
      await prepare?.(client);
      const before = await settled(runtime);
      for (let at = 0; at < FRAMES; at += 1) await say(client, frame(client, at, audience), answer);
      prices[kind] = priceOf(usedSince(before, await settled(runtime)));
      await client.leave();
    }
    prices[SOCKET] = await priceOfSocket(runtime);
    return prices;
  } finally {
    await everybodyLeaves();
    await runtime.stop();
  }
}

/** The kind of frame that stands for each route in the sums. */
const KIND_OF: { [route: string]: string } = {
  $connect: SOCKET,
  $default: 'frame that cannot be read',
  hello: 'hello',
  ping: 'ping',
  sendmessage: 'message, heard by nobody else',
  history: 'history, a page of 28 KB',
  members: 'members',
  rooms: 'rooms',
  join: 'join, a room that is made',
  typing: 'typing, shown to nobody',
  nickname: 'nickname, shown to nobody',
  leave: 'leave',
  invite: 'invite',
  remove: 'remove',
};
const HOUR_S = 3_600;
/** Frames a second of one connection (`MessagesPerSecond`), and connections of one user. */
const FRAMES_PER_SECOND = 2;
/** Requests a second to @connections that an account may make by default, with all its other calls of API Gateway. */
const ACCOUNT_POSTS_PER_SECOND = 10_000;

/** USD an hour, by who misuses it. */
export function sumsPerHour(prices: { [kind: string]: Price }): { [who: string]: number } {
  const dear = (kind: string) => (prices[kind]?.perMillion ?? Number.NaN) / 1e6;
  const alone = dear('message, heard by nobody else');
  const post = (dear(`message, heard by ${AUDIENCE} others`) - alone) / AUDIENCE;
  const guestFrames = LIMITS.connections * FRAMES_PER_SECOND * HOUR_S;
  const [api] = readPlan(ROOT, { stage: 'dev', awsEndpoint: 'http://127.0.0.1' }).apis;
  const routes = Object.entries(api?.routes ?? {}).filter(([route]) => route in KIND_OF);
  const frames = routes.reduce(
    (sum, [route, { throttle }]) =>
      sum + (throttle?.perS ?? Number.NaN) * HOUR_S * dear(KIND_OF[route] ?? ''),
    0,
  );
  const posts = ACCOUNT_POSTS_PER_SECOND * HOUR_S * post;
  return {
    'one guest, in a room of 20 others': guestFrames * (alone + 20 * post),
    'one guest, in a room of 100 others': guestFrames * (alone + 100 * post),
    'one guest, in a room of 1,000 others': guestFrames * (alone + 1_000 * post),
    'all routes at their throttles': frames,
    'all posts that the account may make': posts,
    'any number of addresses together': frames + posts,
  };
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
  console.log('\n| who | USD an hour |\n|---|---|');
  for (const [who, usd] of Object.entries(sumsPerHour(prices)))
    console.log(`| ${who} | ${usd.toFixed(2)} |`);
}
