// The herd, simulated: thousands of clients cut at once, doors that open to so many a second, a clock that never waits.
import { reconnectWindowMs } from '../api/src/hello/reconnect-window.ts';
import { createLine, type OpenSocket, type SocketEvents } from '../front/src/core/line.js';

export interface Crowd {
  clients: number;
  /** New connections a second; API Gateway's default for an account and Region is 500. */
  doorsPerS: number;
  seed: number;
  /** How many clients the server counted, from which `welcome` tells the window; as many as there are by default. */
  counted?: number;
}

export interface Outcome {
  /** The most tries within any one second. */
  peakTriesPerS: number;
  tries: number;
  /** Seconds from the cut until 99 % of the clients were back, and until the last was. */
  p99BackS: number;
  allBackS: number;
}

interface Clock {
  now(): number;
  after(ms: number, run: () => void): () => void;
}
type Random = () => number;
interface World {
  clock: Clock;
  random: Random;
  /** Resolves a handshake: to an open socket, or to a closed one. */
  openSocket: OpenSocket;
  /** This client is served again. */
  back(): void;
}
/** Makes one client that is connected; answers how it is cut. */
export type MakeClient = (world: World) => () => void;

/** mulberry32: 32 bits of state are enough to repeat a run by its seed. */
export function seededRandom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Timer {
  at: number;
  run: (() => void) | null;
}

/** Timers in a binary heap: a crowd sets a hundred thousand of them. */
function simulatedClock() {
  let nowMs = 0;
  const heap: Timer[] = [];
  const at = (index: number) => heap[index]?.at ?? Number.POSITIVE_INFINITY;
  function swap(a: number, b: number): void {
    const [first, second] = [heap[a], heap[b]];
    if (first && second) [heap[a], heap[b]] = [second, first];
  }
  function push(timer: Timer): void {
    let index = heap.push(timer) - 1;
    for (let up = (index - 1) >> 1; index > 0 && at(up) > at(index); up = (index - 1) >> 1) {
      swap(up, index);
      index = up;
    }
  }
  function pop(): Timer | undefined {
    swap(0, heap.length - 1);
    const first = heap.pop();
    for (let index = 0; ; ) {
      const [left, right] = [2 * index + 1, 2 * index + 2];
      const least = at(right) < at(left) ? right : left;
      if (at(least) >= at(index)) return first;
      swap(least, index);
      index = least;
    }
  }
  const clock: Clock = {
    now: () => nowMs,
    after(ms, run) {
      const timer: Timer = { at: nowMs + ms, run };
      push(timer);
      return () => {
        timer.run = null;
      };
    },
  };
  /** Lets time pass until the predicate holds or the time is over. */
  function pass(untilMs: number, enough: () => boolean = () => false): void {
    while (!enough() && at(0) <= untilMs) {
      const next = pop();
      if (!next) break;
      nowMs = Math.max(nowMs, next.at);
      next.run?.();
    }
    if (!enough()) nowMs = untilMs;
  }
  return { clock, pass };
}

/** Handshake and answer each take a way there and back, 20 to 200 ms. */
const wayMs = (random: Random) => 20 + 180 * random();
const LIVED_MS = 20_000;
const GIVE_UP_MS = 30 * 60_000;

function busiestSecond(triesMs: number[]): number {
  let from = 0;
  let most = 0;
  for (const [index, ms] of triesMs.entries()) {
    while ((triesMs[from] ?? ms) <= ms - 1000) from += 1;
    most = Math.max(most, index - from + 1);
  }
  return most;
}

/** One herd: all live for a while, all are cut in one moment, and each comes back as its policy has it. */
export function stampede(crowd: Crowd, make: MakeClient): Outcome {
  const { clients, doorsPerS, seed, counted = clients } = crowd;
  const { clock, pass } = simulatedClock();
  const random = seededRandom(seed);
  const spreadMs = reconnectWindowMs(counted);
  const welcome = JSON.stringify({
    ...{ type: 'welcome', userId: 'u', nickname: 'n', heads: {} },
    ...{ spreadMs, pingAfterMs: 30_000 },
  });
  let isCut = false;
  let tokens = doorsPerS;
  let filledMs = 0;
  const triesMs: number[] = [];
  const backMs: number[] = [];

  function isLetIn(): boolean {
    if (!isCut) return true;
    triesMs.push(clock.now());
    tokens = Math.min(doorsPerS, tokens + ((clock.now() - filledMs) / 1000) * doorsPerS);
    filledMs = clock.now();
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  }

  function openSocket(_: string, __: string[], events: SocketEvents) {
    const isIn = isLetIn();
    clock.after(wayMs(random), () => (isIn ? events.opened() : events.closed()));
    return {
      send() {
        clock.after(wayMs(random), () => events.heard(welcome));
      },
      close() {},
    };
  }

  const back = () => {
    if (isCut) backMs.push(clock.now());
  };
  const cuts = Array.from({ length: clients }, () => make({ clock, random, openSocket, back }));
  pass(LIVED_MS);
  isCut = true;
  filledMs = LIVED_MS;
  for (const cut of cuts) cut();
  pass(LIVED_MS + GIVE_UP_MS, () => backMs.length === clients);
  const sinceS = (ms: number | undefined) => ((ms ?? Number.POSITIVE_INFINITY) - LIVED_MS) / 1000;
  return {
    peakTriesPerS: busiestSecond(triesMs),
    tries: triesMs.length,
    p99BackS: sinceS(backMs[Math.ceil(clients * 0.99) - 1]),
    allBackS: sinceS(backMs[clients - 1]),
  };
}

/** The product's own client: its line, its back-off, its `welcome`. */
export const hubbub: MakeClient = ({ clock, random, openSocket, back }) => {
  let events: SocketEvents | undefined;
  let epoch = 0;
  const nextEpoch = () => {
    epoch += 1;
    return epoch;
  };
  const line = createLine({
    ...{ url: 'wss://simulated', clock, fraction: random, isOnline: () => true },
    identity: { clientId: 'c', secret: 's', nextEpoch, overtake: nextEpoch, isOf: () => true },
    hello: () => ({}),
    openSocket(url, protocols, told) {
      events = told;
      return openSocket(url, protocols, told);
    },
    changed({ state }) {
      if (state === 'live') back();
    },
    heard() {},
    nudged() {},
  });
  line.start();
  return () => events?.closed();
};

/** Any client that waits by a formula; `tries` counts from 0, the first after the cut. */
export const waiting =
  (waitMs: (tries: number, random: Random) => number): MakeClient =>
  ({ clock, random, openSocket, back }) => {
    let tries = 0;
    function again(): void {
      clock.after(waitMs(tries, random), knock);
      tries += 1;
    }
    const knock = () =>
      void openSocket('wss://simulated', [], { opened: back, heard() {}, closed: again });
    return again;
  };
