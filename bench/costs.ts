// node bench/costs.ts: what one frame of each kind makes the owner pay, and one hour of misuse, by the counters of the local runtime.
// Prints the tables of docs/costs.md.
import { randomUUID } from 'node:crypto';
import { join as path } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { costOf, sumOf, type Usage, usedSince } from '../local/bill.ts';
import { readPlan } from '../local/cloudformation/read-plan.ts';
import type { Flags } from '../local/flags.ts';
import { silent } from '../local/log.ts';
import { type Runtime, startRuntime } from '../local/runtime.ts';
import type { ServerFrame } from '../shared/src/protocol/frames.ts';
import { LIMITS } from '../shared/src/protocol/limits.ts';
import { type Client, everybodyLeaves, join } from '../tests/contract/client.ts';

/** So slow that no token comes back while a kind is measured. */
const PARAMETERS = { MessagesPerSecond: '0.1', PresenceGraceSeconds: '0' };
/** People who hear the room in which a frame is said. */
const AUDIENCE = 20;
/** Frames of a kind that are averaged; a bucket holds ten. */
const FRAMES = 5;
/** Longer than the grace of presence, and than what a frame sets off. */
const QUIET_MS = 1_500;

/** A third of a presence lease, in which a bucket of this bench gives back three tokens. */
const RENEW_MS = 30_000;

const SOCKET = 'socket, opened and closed';
/** Two sets of rooms, as many as one user makes in a day. */
const SETS: [string[], string[]] = [0, 1].map((set) =>
  Array.from({ length: LIMITS.roomsMade / 2 }, (_, at) => `set-${set}-${at}`),
) as [string[], string[]];
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
  /** Its frames take more tokens than a bucket of this bench gives back. */
  isDear?: boolean;
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
const MOVING = {
  ...{ action: 'hello', v: 1, clientId: 'costs-of-a-move', secret: 's'.repeat(43) },
};
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
  'hello, from 25 rooms into 25 others': {
    ...{ isSilent: true, isDear: true },
    prepare: (client) => greets(client, [...SETS[0], ...SETS[1]]),
    frame: (_, at) => ({ ...MOVING, epoch: at, rooms: SETS[at % 2] }),
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

let renewedMs = 0;

/** Else the leases of those who only listen end on a slow machine, and a frame that reads who is there pays for it. */
async function keepPresent(audience: Client[]): Promise<void> {
  if (Date.now() - renewedMs < RENEW_MS) return;
  renewedMs = Date.now();
  for (const client of audience) await say(client, { action: 'ping' }, 'pong');
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
  const parameters = { ...PARAMETERS, MessagesPerSecond: '1000', MessageBurst: '1000' };
  const lavish = await startRuntime(ROOT, { ...FLAGS, parameters }, silent);
  try {
    const audience: Client[] = [];
    for (let at = 0; at < AUDIENCE; at += 1) {
      const one = await join(runtime.websocket);
      audience.push(one);
      userIds.set(one, (await one.welcomed).userId);
    }
    await writeLong(audience[0]);
    renewedMs = Date.now();
    const prices: { [kind: string]: Price } = {};
    for (const [kind, { frame, prepare, answer, isSilent, isDear }] of Object.entries(KINDS)) {
      const at = isDear ? lavish : runtime;
      const client = await join(at.websocket, isSilent ? 'silent' : 'v1');
      await prepare?.(client);
      await keepPresent(audience);
      const before = await settled(at);
      for (let n = 0; n < FRAMES; n += 1) await say(client, frame(client, n, audience), answer);
      prices[kind] = priceOf(usedSince(before, await settled(at)));
      await client.leave();
    }
    prices[SOCKET] = await priceOfSocket(runtime);
    return prices;
  } finally {
    await everybodyLeaves();
    await lavish.stop();
    await runtime.stop();
  }
}

/** The kind of frame that stands for each route in the sums. */
const KIND_OF: { [route: string]: string } = {
  $connect: SOCKET,
  $default: 'frame that cannot be read',
  hello: 'hello, from 25 rooms into 25 others',
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

/** Rooms that a hello of this kind enters and leaves, each for a token. */
const MOVED = LIMITS.roomsMade;
/** Handshakes of one address in a clock hour, by default, and hours that a socket lives. */
const HANDSHAKES = 2_000;
const LIFE_HOURS = 2;

/** USD an hour, by who misuses it. */
export function sumsPerHour(prices: { [kind: string]: Price }): { [who: string]: number } {
  const dear = (kind: string) => (prices[kind]?.perMillion ?? Number.NaN) / 1e6;
  const alone = dear('message, heard by nobody else');
  const post = (dear(`message, heard by ${AUDIENCE} others`) - alone) / AUDIENCE;
  const guestFrames = LIMITS.connections * FRAMES_PER_SECOND * HOUR_S;
  const [api] = readPlan(ROOT, { stage: 'dev', awsEndpoint: 'http://127.0.0.1' }).apis;
  const perS = (route: string) => api?.routes[route]?.throttle?.perS ?? Number.NaN;
  const others = Object.keys(KIND_OF).filter((route) => route !== 'hello');
  const ofOthers = others.reduce(
    (sum, route) => sum + perS(route) * HOUR_S * dear(KIND_OF[route] ?? ''),
    0,
  );
  const move = dear(KIND_OF.hello ?? '') / MOVED;
  // What one address has left of its tokens when all other routes are at their throttles.
  const left =
    HANDSHAKES * LIFE_HOURS * FRAMES_PER_SECOND -
    others.reduce((sum, route) => sum + (route === '$connect' ? 0 : perS(route)), 0);
  const posts = ACCOUNT_POSTS_PER_SECOND * HOUR_S * post;
  return {
    'one guest, talking in a room of 20 others': guestFrames * (alone + 20 * post),
    'one guest, talking in a room of 100 others': guestFrames * (alone + 100 * post),
    'one guest, talking in a room of 1,000 others': guestFrames * (alone + 1_000 * post),
    'one guest, moving between rooms of 100 others': guestFrames * (move + 100 * post),
    'one address': ofOthers + left * HOUR_S * move + posts,
    'a hundred addresses': ofOthers + perS('hello') * HOUR_S * dear(KIND_OF.hello ?? '') + posts,
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
