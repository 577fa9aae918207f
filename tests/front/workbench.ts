// A clock that stands still, sockets that do as told and storage that remembers: the front's core runs on them.
import type { Identity, Keep } from '../../front/src/core/identity.js';
import type { Clock, Socket, SocketEvents } from '../../front/src/core/line.js';
import type { Entry, OutboxStore } from '../../front/src/core/outbox-entry.js';

export function fakeClock(start = Date.UTC(2026, 10, 21, 7, 30)) {
  let now = start;
  let timers: { at: number; run: () => void }[] = [];
  const clock: Clock = {
    now: () => now,
    after(ms, run) {
      const timer = { at: now + ms, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((one) => one !== timer);
      };
    },
  };
  /** The timer that falls due next, at or before `end`; null if none does. */
  function due(end: number) {
    const next = timers.toSorted((a, b) => a.at - b.at)[0];
    if (!next || next.at > end) return null;
    timers = timers.filter((one) => one !== next);
    now = Math.max(now, next.at);
    return next;
  }
  /** Runs every timer that falls due, in order, those that they set included. */
  function pass(ms: number) {
    const end = now + ms;
    for (let next = due(end); next; next = due(end)) next.run();
    now = end;
  }
  /** The same, and lets promises settle after each, as a real clock would. */
  async function live(ms: number) {
    const end = now + ms;
    await settled();
    for (let next = due(end); next; next = due(end)) {
      next.run();
      await settled();
    }
    now = end;
  }
  /** The wall clock goes while every timer sleeps: a closed lid. */
  function sleep(ms: number) {
    now += ms;
  }
  return { clock, pass, live, sleep };
}

/** Every promise that can be kept now, is. */
export const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

export interface FakeSocket extends Socket {
  url: string;
  protocols: string[];
  events: SocketEvents;
  sent: string[];
  closed: boolean;
}

export function fakeSockets() {
  const opened: FakeSocket[] = [];
  function openSocket(url: string, protocols: string[], events: SocketEvents): Socket {
    const socket: FakeSocket = {
      url,
      protocols,
      events,
      sent: [],
      closed: false,
      send: (text) => void socket.sent.push(text),
      close: () => {
        socket.closed = true;
      },
    };
    opened.push(socket);
    return socket;
  }
  function latest(): FakeSocket {
    const socket = opened.at(-1);
    if (!socket) throw new Error('No socket was opened.');
    return socket;
  }
  return { openSocket, opened, latest };
}

/** Storage that outlives the core; `failing` makes every write fail. */
export function fakeStorage() {
  const entries = new Map<string, Entry>();
  const values = new Map<string, unknown>();
  const log: string[] = [];
  const world = { failing: false };
  const may = () => {
    if (world.failing) throw new Error('The disk is full.');
  };
  const outbox: OutboxStore = {
    load: async () => structuredClone([...entries.values()]),
    async put(entry) {
      may();
      entries.set(entry.messageId, structuredClone(entry));
      log.push(`put ${entry.text}`);
    },
    async remove(messageId) {
      may();
      entries.delete(messageId);
      log.push('remove');
    },
  };
  const keep: Keep = {
    read: (key) => values.get(key) ?? null,
    write: (key, value) => void values.set(key, value),
  };
  return { outbox, keep, entries, values, log, world };
}

export function fakeIdentity(): Identity {
  let epoch = 0;
  const nextEpoch = () => {
    epoch += 1;
    return epoch;
  };
  return {
    clientId: 'client-1',
    secret: 's'.repeat(43),
    nextEpoch,
    overtake: (other) => Math.max(nextEpoch(), other + 1),
    isOf: () => true,
  };
}

export const welcome = (heads: Record<string, number> = {}, over: object = {}) => ({
  type: 'welcome',
  v: 1,
  userId: 'u_me',
  nickname: 'me',
  heads,
  now: '2026-11-21T07:30:00.000Z',
  pingAfterMs: 30_000,
  spreadMs: 1_000,
  ...over,
});
