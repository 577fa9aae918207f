// Races on real sockets: somebody says two frames at nearly the same time, or one beside their removal; from its answer on they hear and do nothing.
import { randomBytes, randomUUID } from 'node:crypto';
import type { ServerFrame } from '../../shared/src/protocol/frames.ts';
import { seededChance } from '../front/chance.ts';
import { type Client, join } from './client.ts';

export interface Races {
  rounds: number;
  seed: number;
  /** How many rounds are under way at once. */
  lanes: number;
  /** One of the races alone, by its name. */
  only?: string | undefined;
}

/** What a removed person heard or could do, in words, with the round and the race in which it was. */
export type Violation = string;

/** Milliseconds between the two frames of a race, at most. */
const APART_MS = 90;
const ROOM = 'den';
/** What may name the room to somebody who was removed: that they were in it, and who came or went, which may be on its way. */
const ALLOWED = ['removed', 'left', 'invited', 'error', 'presence'];

interface Round {
  url: string;
  room: string;
  owner: Client;
  /** The sockets of the person who is removed. */
  sockets: Client[];
  userId: string;
  hello: object;
  chance: () => number;
}

/** Resolves when the removal was answered, with the end of what may still be under way: not awaited, but in an object. */
type Race = (round: Round) => Promise<{ under: Promise<unknown> }>;

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
const newSecret = () => randomBytes(32).toString('base64url');
const helloOf = (secret: string) => ({
  ...{ action: 'hello', v: 1, epoch: 1, secret },
  clientId: randomUUID(),
});
const isOf = (type: ServerFrame['type'], room?: string) => (frame: ServerFrame) =>
  frame.type === type && (room === undefined || ('room' in frame && frame.room === room));

/** Says the frame, and waits for the next frame of these types: of the room, or an error. */
function asks(client: Client, frame: object, types: ServerFrame['type'][], room?: string) {
  const before = client.heard.length;
  client.send(frame);
  return client.awaits(JSON.stringify(frame), (heard) =>
    heard
      .slice(before)
      .find(
        (one) =>
          one.type === 'error' ||
          types.some((type) => isOf(type, room)(one) && (type !== 'joined' || 'head' in one)),
      ),
  );
}

async function enters(url: string, hello: object): Promise<[Client, string]> {
  const client = await join(url, 'silent');
  const welcome = await asks(client, hello, ['welcome']);
  if (welcome.type !== 'welcome') throw new Error(`Not welcome: ${JSON.stringify(welcome)}`);
  return [client, welcome.userId];
}

const device = async ({ url, hello, sockets }: Round): Promise<Client> => {
  const [client] = await enters(url, { ...hello, clientId: randomUUID() });
  sockets.push(client);
  return client;
};
const first = ({ sockets }: Round): Client => {
  const [client] = sockets;
  if (client === undefined) throw new Error('Nobody is there');
  return client;
};
const joins = (client: Client, room: string, more = {}) =>
  asks(client, { action: 'join', room, ...more }, ['joined', 'left'], room);
const invites = ({ owner, room, userId }: Round) =>
  asks(owner, { action: 'invite', room, userId }, ['invited'], room);
const removes = ({ owner, room, userId }: Round) =>
  asks(owner, { action: 'remove', room, userId }, ['removed'], room);

/** Both begin within 90 ms, either first; resolves when the removal was answered, with the other's end. */
async function besideRemoval(round: Round, other: () => Promise<unknown>): ReturnType<Race> {
  const apartMs = (round.chance() * 2 - 1) * APART_MS;
  const begun = pause(Math.max(0, apartMs)).then(other);
  await pause(Math.max(0, -apartMs));
  const answer = await removes(round);
  if (answer.type !== 'removed') throw new Error(`Not removed: ${JSON.stringify(answer)}`);
  return { under: begun };
}

const OVER = { under: Promise.resolve() };

const RACES: Record<string, Race> = {
  async 'join, hello as another'(round) {
    const client = first(round);
    const answers = joins(client, round.room);
    await pause(round.chance() * APART_MS);
    const other = helloOf(newSecret());
    client.send(other);
    await answers;
    // The second frame is answered, whatever by, before the next one on this socket is.
    await asks(client, { action: 'ping', n: 1 }, ['pong']);
    await removes(round);
    return OVER;
  },
  async 'join, remove'(round) {
    return besideRemoval(round, () => joins(first(round), round.room));
  },
  async 'join, hello again, remove'(round) {
    const client = first(round);
    return besideRemoval(round, async () => {
      const joined = joins(client, round.room);
      await pause(round.chance() * APART_MS);
      client.send(round.hello);
      await joined;
    });
  },
  async 'hello, remove'(round) {
    await joins(first(round), round.room);
    return besideRemoval(round, () => device(round));
  },
  async 'hello that names the room, remove'(round) {
    const rooms = ['lobby', round.room];
    return besideRemoval(round, async () => {
      const [client] = await enters(round.url, { ...round.hello, clientId: randomUUID(), rooms });
      round.sockets.push(client);
    });
  },
  async 'follow, remove'(round) {
    const second = await device(round);
    await joins(first(round), round.room);
    return besideRemoval(round, () => joins(second, round.room, { follow: true }));
  },
  async 'history, remove'(round) {
    const client = first(round);
    await joins(client, round.room);
    return besideRemoval(round, () =>
      asks(client, { action: 'history', room: round.room }, ['history'], round.room),
    );
  },
  async 'leave, join, remove'(round) {
    const client = first(round);
    await joins(client, round.room);
    return besideRemoval(round, async () => {
      const { room } = round;
      client.send({ action: 'leave', room });
      await pause(round.chance() * APART_MS);
      await joins(client, room);
    });
  },
  async 'invite, join, remove'(round) {
    await removes(round);
    const invited = invites(round);
    await pause(round.chance() * APART_MS);
    const joined = joins(first(round), round.room);
    await pause(round.chance() * APART_MS);
    await Promise.all([invited, joined, removes(round)]);
    // Of an invitation and a removal at once either may be the last: this one is.
    await removes(round);
    return OVER;
  },
};

/** What the removed heard or could do from the answer on. */
async function violations(round: Round, under: Promise<unknown>): Promise<Violation[]> {
  const { owner, room, sockets, userId } = round;
  const found: Violation[] = [];
  const before = new Map(sockets.map((client) => [client, client.heard.length]));
  const secret = owner.says('for those who are in', { room });
  const tried: string[] = [];
  const tries = (client: Client) => {
    const messageId = randomUUID();
    tried.push(messageId);
    client.send({ action: 'history', room, n: 4_711 });
    client.send({ action: 'sendmessage', messageId, room, message: 'from outside' });
    client.send({ action: 'members', room });
    client.send({ action: 'typing', room, on: true });
    client.send({ action: 'join', room, follow: true });
    client.send({ action: 'invite', room, userId });
  };
  // At once, while the race is still under way, and when it is over.
  for (const client of sockets) tries(client);
  await Promise.all([owner.hears(secret), under]);
  for (const client of sockets) tries(client);
  for (const client of sockets) {
    const answer = await joins(client, room);
    if (answer.type === 'joined') found.push('joined again');
  }
  // What is told in the lobby after it went the same way, and later.
  const last = owner.says('for everybody');
  await Promise.all([owner, ...sockets].map((client) => client.hears(last)));

  for (const client of sockets)
    for (const frame of client.heard.slice(before.get(client) ?? 0)) {
      const isTold =
        'room' in frame && frame.room === room && !ALLOWED.includes(frame.type)
          ? frame.type !== 'joined' || 'head' in frame
          : frame.type === 'accepted' && tried.includes(frame.messageId);
      // What was accepted before the removal may be answered after it, but with nothing that was said after.
      const isLate = ['joined', 'history', 'members'].includes(frame.type);
      const isOld = isLate && !JSON.stringify(frame).includes(secret) && !isOfTries(frame);
      if (isTold && !isOld) found.push(`was told ${JSON.stringify(frame).slice(0, 200)}`);
    }
  for (const messageId of tried)
    if (owner.messages().some((frame) => frame.messageId === messageId)) found.push('was heard');
  const list = await asks(owner, { action: 'members', room }, ['members'], room);
  const ghosts =
    list.type === 'members'
      ? list.members.filter((one) => one.online && one.userId === userId)
      : [];
  if (ghosts.length > 0) found.push('is shown as online');
  if (list.type === 'members' && list.count !== 1) found.push(`${list.count} are shown as online`);
  return found;
}

const isOfTries = (frame: ServerFrame): boolean => frame.type === 'history' && frame.n === 4_711;

async function play(url: string, name: string, one: Race, chance: () => number) {
  const hello = helloOf(newSecret());
  const [owner] = await enters(url, helloOf(newSecret()));
  const [client, userId] = await enters(url, hello);
  const room = `${ROOM}-${randomUUID()}`;
  const round: Round = { url, room, owner, sockets: [client], userId, hello, chance };
  await joins(owner, room, { create: true, visibility: 'private' });
  await invites(round);
  try {
    const found = await violations(round, (await one(round)).under);
    return found.map((what) => `${name}: ${what}`);
  } finally {
    await Promise.all([owner, ...round.sockets].map((one) => one.leave()));
  }
}

/** Plays the rounds against a server, each race in turn; answers what should not have been, the first for each round. */
export async function race(
  url: string,
  { rounds, seed, lanes, only }: Races,
): Promise<Violation[]> {
  const { fraction: chance } = seededChance(seed);
  const names = only === undefined ? Object.keys(RACES) : [only];
  const found: Violation[] = [];
  let next = 0;
  const lane = async () => {
    for (let at = next++; at < rounds; at = next++) {
      const name = names[at % names.length] ?? '';
      const one = RACES[name];
      if (one === undefined) throw new Error(`There is no race ${name}: ${Object.keys(RACES)}`);
      const [violation] = await play(url, name, one, chance);
      if (violation !== undefined) found.push(`round ${at + 1}, ${violation}`);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return found;
}
