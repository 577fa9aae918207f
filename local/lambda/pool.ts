// The sandboxes of one function: as few as serve, as many as its cap, one request at a time in each, the rest queues.
import { availableParallelism } from 'node:os';
import { killed, thrown } from './runtime-error.ts';
import type { Sandbox } from './sandbox.ts';
import type { Fault, Level, Request, Result } from './sandbox-messages.ts';

export type Job = Omit<Request, 'deadline'>;

export interface Run {
  result: Result;
  /** In the sandbox, without the time in the queue. */
  ms: number;
  /** Milliseconds of the initialisation, for the first request of a sandbox. */
  coldMs?: number;
  /** What the function logged, in CloudWatch's text format, at most the last 4 KB. */
  tail: string;
}

export interface PoolSettings {
  start: (onLine: (level: Level, text: string) => void) => Sandbox;
  onLine: (level: Level, text: string) => void;
  cap: number;
  /** A sandbox that idles longer than this ends, unless it is the last idle one. */
  idleMs: number;
}

export interface Pool {
  run(job: Job): Promise<Run>;
  /** Starts a first sandbox ahead of the first request; resolves when it is up, or has failed as a request would tell. */
  warm(): Promise<void>;
  /** How many sandboxes live. */
  size(): number;
  /** Ends one busy sandbox, whose invocation fails with Runtime.ExitError; false if none is busy. */
  kill(): Promise<boolean>;
  /** Serves what it has, then ends. */
  retire(): Promise<void>;
  /** Ends now; what runs or waits fails with Runtime.ExitError. */
  stop(): Promise<void>;
}

/** More cold starts at once than processors only make each of them later. */
const STARTS_AT_ONCE = Math.max(2, availableParallelism());
const TAIL_BYTES = 4096;

/** A sandbox and the request in it. */
interface Seat {
  sandbox: Sandbox;
  requestId: string;
  tail: string;
  idleSince: number;
  coldMs?: number;
}

const over: Run = { result: { fault: killed() }, ms: 0, tail: '' };

interface Waiting {
  job: Job;
  done: (run: Run) => void;
}

export function createPool({ start, onLine, cap, idleMs }: PoolSettings): Pool {
  const seats = new Set<Seat>();
  const idle: Seat[] = [];
  const busy = new Set<Seat>();
  const queue: Waiting[] = [];
  let starting = 0;
  let stopped = false;
  let emptied: (() => void) | undefined;

  const refuse = (fault: Fault, { coldMs = 0, tail }: Partial<Seat> = {}) =>
    queue.shift()?.done({ result: { fault }, ms: 0, coldMs, tail: tail ?? '' });

  const seatOf = (): Seat => {
    const seat: Seat = {
      requestId: 'undefined',
      tail: '',
      idleSince: 0,
      sandbox: start((level, text) => {
        const line = `${new Date().toISOString()}\t${seat.requestId}\t${level}\t${text.trimEnd()}\n`;
        seat.tail = (seat.tail + line).slice(-TAIL_BYTES);
        onLine(level, text);
      }),
    };
    return seat;
  };

  const open = async (ahead = false) => {
    const began = performance.now();
    let seat: Seat;
    try {
      seat = seatOf();
    } catch (error) {
      refuse(thrown(error));
      return;
    }
    seats.add(seat);
    starting++;
    const fault = await seat.sandbox.ready;
    starting--;
    if (!ahead) seat.coldMs = performance.now() - began;
    if (fault) {
      seats.delete(seat);
      refuse(fault, seat);
      await seat.sandbox.end();
    } else release(seat);
    dispatch();
  };

  const release = (seat: Seat) => {
    if (seat.sandbox.dead()) seats.delete(seat);
    else {
      seat.idleSince = performance.now();
      idle.push(seat);
    }
  };

  const serve = async (seat: Seat, { job, done }: Waiting) => {
    const began = performance.now();
    seat.requestId = job.requestId;
    busy.add(seat);
    const result = await seat.sandbox.run(job);
    busy.delete(seat);
    const { coldMs, tail } = seat;
    delete seat.coldMs;
    seat.tail = '';
    done({
      result,
      ms: performance.now() - began,
      tail,
      ...(coldMs === undefined ? {} : { coldMs }),
    });
    release(seat);
    dispatch();
  };

  /** Last in, first out: the warmest sandbox serves, the others may grow old. */
  const dispatch = () => {
    while (queue.length > 0) {
      const seat = idle.pop();
      if (!seat) break;
      if (seat.sandbox.dead()) {
        seats.delete(seat);
        continue;
      }
      const waiting = queue.shift();
      if (waiting) void serve(seat, waiting);
    }
    const room = Math.min(cap - seats.size, STARTS_AT_ONCE - starting);
    for (let more = Math.min(queue.length - starting, room); more > 0; more--) void open();
    if (queue.length === 0 && busy.size === 0) emptied?.();
  };

  const end = async (seat: Seat) => {
    seats.delete(seat);
    await seat.sandbox.end();
  };

  const reaper = setInterval(() => {
    const old = performance.now() - idleMs;
    while (idle.length > 1 && (idle[0]?.idleSince ?? old) < old) {
      const seat = idle.shift();
      if (seat) void end(seat);
    }
  }, idleMs / 2).unref();

  const stop = async () => {
    stopped = true;
    clearInterval(reaper);
    for (const { done } of queue.splice(0)) done(over);
    await Promise.all([...seats].map(end));
  };

  return {
    run: (job) =>
      new Promise((done) => {
        if (stopped) return done(over);
        queue.push({ job, done });
        dispatch();
      }),
    async warm() {
      if (!stopped && seats.size === 0) await open(true);
    },
    size: () => seats.size,
    async kill() {
      const [seat] = busy;
      if (seat) await end(seat);
      return seat !== undefined;
    },
    async retire() {
      if (queue.length > 0 || busy.size > 0)
        await new Promise<void>((resolve) => {
          emptied = resolve;
        });
      await stop();
    },
    stop,
  };
}
