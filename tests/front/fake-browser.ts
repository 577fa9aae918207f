// A browser's profile for many tabs: its locks, channels and storage, and tabs that close, freeze and thaw.
import type { Clock } from '../../front/src/core/line.js';
import type { OpenChannel } from '../../front/src/ports/channel.js';
import type { Claimant, OpenLock } from '../../front/src/ports/locks.js';

/** Whatever crosses from one tab to another takes this long. */
const HOP_MS = 2;

/** Tasks of one source keep their order; between sources a thawing tab has none to rely on (HTML, event loops). */
export const SOURCES = ['lock', 'channel', 'socket', 'timer'] as const;
export type Source = (typeof SOURCES)[number];

/** What a tab is for its browser: `run` is its event loop, which a freeze holds up and a close ends. */
export interface Life {
  run(source: Source, task: () => void): void;
  clock: Clock;
  /** Deaf: what the channel brings meanwhile is lost, as in Chromium at a breakpoint; else it waits. */
  freeze(isDeaf?: boolean): void;
  /** What waited runs by source: this order, then the rest. */
  thaw(order?: readonly Source[]): void;
  close(): void;
  isFrozen(): boolean;
  isClosed(): boolean;
}

export function createLife(world: Clock): Life {
  let waiting: { source: Source; task: () => void }[] = [];
  let frozen = false;
  let deaf = false;
  let closed = false;
  const run = (source: Source, task: () => void) => {
    if (closed || (frozen && deaf && source === 'channel')) return;
    if (frozen) waiting.push({ source, task });
    else task();
  };
  return {
    run,
    clock: {
      now: world.now,
      after(ms, task) {
        let cancelled = false;
        const cancel = world.after(ms, () => run('timer', () => cancelled || task()));
        return () => {
          cancelled = true;
          cancel();
        };
      },
    },
    freeze(isDeaf = false) {
      frozen = true;
      deaf = isDeaf;
    },
    thaw(order = []) {
      frozen = false;
      const tasks = waiting;
      waiting = [];
      for (const source of new Set([...order, ...SOURCES])) {
        for (const one of tasks) if (one.source === source) run(source, one.task);
      }
    },
    close: () => {
      closed = true;
    },
    isFrozen: () => frozen,
    isClosed: () => closed,
  };
}

interface Wish extends Claimant {
  life: Life;
}

export function fakeBrowser(world: Clock) {
  const kept = new Map<string, string>();
  const channels = new Set<{ name: string; life: Life; heard: (message: unknown) => void }>();
  const queue: Wish[] = [];
  let holder: Wish | undefined;

  function grantNext() {
    if (holder) return;
    const next = queue.shift();
    if (!next) return;
    hold(next);
  }

  function hold(wish: Wish) {
    holder = wish;
    world.after(HOP_MS, () => wish.life.run('lock', () => holder === wish && wish.granted()));
  }

  function drop(wish: Wish | undefined) {
    if (!wish) return;
    if (queue.includes(wish)) queue.splice(queue.indexOf(wish), 1);
    if (holder === wish) {
      holder = undefined;
      grantNext();
    }
  }

  const locks =
    (life: Life): OpenLock =>
    () => {
      let mine: Wish | undefined;
      return {
        ask(claimant, steal) {
          drop(mine);
          const wish = { ...claimant, life };
          mine = wish;
          if (!steal) {
            queue.push(wish);
            return grantNext();
          }
          const old = holder;
          hold(wish);
          if (old) world.after(HOP_MS, () => old.life.run('lock', old.lost));
        },
        release() {
          drop(mine);
          mine = undefined;
        },
      };
    };

  const openChannel =
    (life: Life): OpenChannel =>
    (name, heard) => {
      const end = { name, life, heard };
      channels.add(end);
      return {
        post(message) {
          const others = [...channels].filter((one) => one !== end && one.name === name);
          for (const other of others) {
            const copy: unknown = structuredClone(message);
            world.after(HOP_MS, () =>
              other.life.run('channel', () => channels.has(other) && other.heard(copy)),
            );
          }
        },
        close: () => void channels.delete(end),
      };
    };

  return {
    locks,
    openChannel,
    keep: {
      read: (key: string): unknown => JSON.parse(kept.get(key) ?? 'null'),
      write: (key: string, value: unknown) => void kept.set(key, JSON.stringify(value)),
    },
    /** The tab's process has ended: what it held is free. */
    buried(life: Life) {
      for (const end of channels) if (end.life === life) channels.delete(end);
      for (const wish of [...queue]) if (wish.life === life) drop(wish);
      if (holder?.life === life) drop(holder);
    },
  };
}
