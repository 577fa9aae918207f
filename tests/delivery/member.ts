// A member of a room, as the delivery contract speaks of one: the product's own client, and the screen its changes make.
import { setTimeout as wait } from 'node:timers/promises';
import { connect } from '../../front/src/core/chat.js';
import type { Clock } from '../../front/src/core/line.js';
import type { Change, Item } from '../../front/src/core/timeline.js';
import { type BadLine, openBadLine } from './proxy.ts';

/** Generous: a slow machine fails no test, a message that never comes does. */
const DEADLINE_MS = 60_000;
const LOOK_AGAIN_MS = 20;
/** The client's clock runs faster than ours, so that its ten seconds of patience are not ours. */
const HASTE = 5;

type ChatOptions = Parameters<typeof connect>[0];

export interface Member {
  chat: ReturnType<typeof connect>;
  proxy: BadLine;
  room: ReturnType<ReturnType<typeof connect>['room']>;
  /** The list as a view shows it that does what the changes say, from the first to the last. */
  screen(): Item[];
  /** The words of what is sent, in order. */
  words(): string[];
  /** What was wrong with any list that was ever shown. */
  flaws: string[];
  /** Every state the line was in. */
  states: string[];
  says(text: string): Promise<string>;
  leaves(): Promise<void>;
}

const present = new Set<Member>();
const lines = new Set<BadLine>();

/** Looks again and again until it is so. Throws, with what was last seen, after a generous while. */
export async function until<T>(
  what: string,
  look: () => T,
  isSo: (seen: T) => boolean,
  withinMs = DEADLINE_MS,
): Promise<T> {
  const late = Date.now() + withinMs;
  for (;;) {
    const seen = look();
    if (isSo(seen)) return seen;
    if (Date.now() > late)
      throw new Error(`${what} never came; last seen ${JSON.stringify(seen)?.slice(0, 2000)}`);
    await wait(LOOK_AGAIN_MS);
  }
}

const start = Date.now();
/** A clock that runs so many times faster than ours. */
export const hastyClock = (haste: number): Clock => ({
  now: () => start + (Date.now() - start) * haste,
  after(ms, run) {
    const timer = setTimeout(run, ms / haste);
    return () => clearTimeout(timer);
  },
});

function flawOf(list: Item[]): string | undefined {
  const ids = list.map(({ messageId }) => messageId);
  if (new Set(ids).size !== ids.length) return `I2: twice on a screen: ${ids.join(' ')}`;
  const seqs = list.map(({ seq }) => seq ?? Number.POSITIVE_INFINITY);
  const isRising = seqs.every((seq, at) => at === 0 || seq >= (seqs[at - 1] ?? 0));
  return isRising ? undefined : `I5: out of order: ${seqs.join(' ')}`;
}

function applied(list: Item[], changes: Change[]): Item[] {
  let next = list;
  for (const change of changes) {
    next = next.filter(({ messageId }) => messageId !== change.key);
    if (change.kind === 'remove') continue;
    const before = next.findIndex(({ messageId }) => messageId === change.before);
    next = next.toSpliced(before < 0 ? next.length : before, 0, change.item);
  }
  return next;
}

/** Joins a room through a line of its own, or one that an earlier life of it had: a folder is kept for each address. */
export async function join(
  websocket: string,
  room: string,
  options: Partial<ChatOptions> = {},
  line?: BadLine,
): Promise<Member> {
  const proxy = line ?? (await openBadLine(websocket));
  lines.add(proxy);
  const chat = connect({
    ...{ url: proxy.url, rooms: [room] },
    ...options,
    ports: { clock: hastyClock(HASTE), ...options.ports },
  });
  let list: Item[] = [];
  const face = chat.room(room);
  const member: Member = {
    ...{ chat, proxy, room: face, flaws: [], states: [] },
    screen: () => list,
    words: () => list.filter(({ state }) => state === 'sent').map(({ text }) => text),
    says: (text) => face.say(text),
    async leaves() {
      present.delete(member);
      await chat.close();
    },
  };
  present.add(member);
  face.on('changes', (changes) => {
    list = applied(list, changes);
    const flaw = flawOf(list);
    if (flaw) member.flaws.push(flaw);
  });
  chat.on('status', ({ state }) => void member.states.push(state));
  return member;
}

/** Joins, and is served. */
export async function joinLive(...how: Parameters<typeof join>): Promise<Member> {
  const member = await join(...how);
  await until(
    'a welcome',
    () => member.chat.status().state,
    (state) => state === 'live',
  );
  return member;
}

/** After each test: everybody who is still there goes. */
export async function everybodyLeaves(): Promise<void> {
  await Promise.all([...present].map((member) => member.leaves()));
  await Promise.all([...lines].map((line) => line.stop()));
  lines.clear();
}

/** I9: resolves when all of them show the same messages, so many, all sent. */
export async function agree(
  members: Member[],
  count: number,
  withinMs = DEADLINE_MS,
): Promise<Item[]> {
  const lists = await until(
    `the same ${count} messages on ${members.length} screens`,
    () => members.map((member) => member.screen()),
    (seen) =>
      seen.every(
        (list) =>
          list.length === count &&
          list.every((item, at) => item.seq !== null && item.seq === seen[0]?.[at]?.seq),
      ),
    withinMs,
  );
  const [first = [], ...others] = lists.map((list) => list.map(({ messageId }) => messageId));
  for (const other of others)
    if (other.join() !== first.join()) throw new Error('I9: two screens differ');
  for (const { flaws } of members) if (flaws.length > 0) throw new Error(flaws.join('\n'));
  return lists[0] ?? [];
}
