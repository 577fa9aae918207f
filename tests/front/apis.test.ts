// Proves what each port does in time when the browser's API is missing, refuses, or does not answer; tests/browser/apis.test.ts has the page.
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { openChannel } from '../../front/src/ports/channel.js';
import { createIndexedDbStore } from '../../front/src/ports/indexed-db.js';
import { createLookedAt } from '../../front/src/ports/looked-at.js';
import { NotKept } from '../../front/src/ports/not-kept.js';
import { createNotifier } from '../../front/src/ports/notify.js';
import { inTime } from '../../front/src/ports/patience.js';
import { createLocalSlot } from '../../front/src/ports/slot.js';
import { findSharing, tabPorts } from '../../front/src/ports/tabs.js';

/** What the page may take in all. */
const PATIENCE_MS = 3_000;

const replaced = new Map<string, PropertyDescriptor | undefined>();

/** Until the end of the test. */
function put(name: string, value: unknown): void {
  if (!replaced.has(name)) replaced.set(name, Object.getOwnPropertyDescriptor(globalThis, name));
  Object.defineProperty(globalThis, name, { configurable: true, writable: true, value });
}

const refuse = () => {
  throw new DOMException('No access.', 'SecurityError');
};
const never = () => new Promise<never>(() => {});

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
  for (const [name, descriptor] of replaced) {
    if (descriptor) Object.defineProperty(globalThis, name, descriptor);
    else Reflect.deleteProperty(globalThis, name);
  }
  replaced.clear();
});

describe('inTime', () => {
  test('rejects when the time is over, and not before', async () => {
    const failed = jest.fn();
    inTime(never(), 1_000).catch(failed);
    await jest.advanceTimersByTimeAsync(999);
    expect(failed).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(1);
    expect(failed).toHaveBeenCalledTimes(1);
  });

  test('takes the answer that waited behind the timer of a page that slept', async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const answer = inTime(promise, 1_000);
    // One timer is due when the page wakes up, however long it slept.
    jest.setSystemTime(Date.now() + 3_600_000);
    await jest.advanceTimersByTimeAsync(500);
    resolve('here');
    expect(await answer).toBe('here');
    await jest.advanceTimersByTimeAsync(0);
    expect(jest.getTimerCount()).toBe(0);
  });
});

/** An IndexedDB that opens when `answer` is called. */
function slowIndexedDb(entries: unknown[]) {
  const request = (result: unknown) => Object.assign(new EventTarget(), { result });
  const succeed = (one: EventTarget) => one.dispatchEvent(new Event('success'));
  const getAll = () => {
    const found = request(entries);
    void Promise.resolve().then(() => succeed(found));
    return found;
  };
  const database = Object.assign(new EventTarget(), {
    transaction: () => ({ objectStore: () => ({ getAll }) }),
  });
  const opening: EventTarget[] = [];
  return {
    indexedDB: {
      open() {
        const one = request(database);
        opening.push(one);
        return one;
      },
    },
    opened: () => opening.length,
    answer: () => opening.forEach(succeed),
  };
}

describe('IndexedDB', () => {
  test.each([
    ['is missing', undefined],
    ['refuses', { open: refuse }],
  ])('that %s keeps nothing, and says so at once', async (_, indexedDB) => {
    put('indexedDB', indexedDB);
    const store = createIndexedDbStore('any');
    await expect(store.load()).rejects.toMatchObject({ what: 'unsent' });
    await expect(store.remove('m1')).rejects.toBeInstanceOf(NotKept);
  });

  test('that does not answer is given up within 3 s, by all stores, until it answers: then the outbox reads it', async () => {
    const slow = slowIndexedDb([{ messageId: 'm1' }]);
    put('indexedDB', slow.indexedDB);
    const back = jest.fn();
    const [first, second] = [createIndexedDbStore('one'), createIndexedDbStore('two', back)];
    const failed = jest.fn();
    first.load().catch(failed);
    await jest.advanceTimersByTimeAsync(PATIENCE_MS - 1);
    expect(failed).toHaveBeenCalledTimes(1);
    // The time of the first is not taken again.
    await expect(second.load()).rejects.toBeInstanceOf(NotKept);
    expect(slow.opened()).toBe(1);
    expect(back).not.toHaveBeenCalled();

    slow.answer();
    await jest.advanceTimersByTimeAsync(0);
    expect(back).toHaveBeenCalledTimes(1);
    const again = second.load();
    slow.answer();
    expect(await again).toEqual([{ messageId: 'm1' }]);
  });
});

describe('localStorage', () => {
  test.each([
    ['is missing', undefined],
    ['refuses', { getItem: refuse, setItem: refuse, removeItem: refuse }],
  ])('that %s is told as what is not kept', (_, localStorage) => {
    put('localStorage', localStorage);
    const trouble = jest.fn();
    const slot = createLocalSlot('any', trouble);
    expect(slot.read()).toBe(null);
    slot.write('x');
    slot.write(null);
    expect(trouble.mock.calls.flat()).toEqual(Array(3).fill(expect.any(NotKept)));
  });

  test('that holds no JSON keeps what is written, so that is not told', () => {
    put('localStorage', { getItem: () => '{' });
    const trouble = jest.fn();
    expect(createLocalSlot('any', trouble).read()).toBe(null);
    expect(trouble.mock.calls.flat()).toEqual([expect.any(SyntaxError)]);
  });
});

/** Channels that work; the message comes as a task of its own. */
class Channel extends EventTarget {
  static all = new Set<Channel>();
  name: string;
  onmessage?: () => void;
  constructor(name: string) {
    super();
    this.name = name;
    Channel.all.add(this);
  }
  postMessage() {
    for (const one of Channel.all)
      if (one !== this && one.name === this.name) setTimeout(() => one.onmessage?.(), 1);
  }
  close() {
    Channel.all.delete(this);
  }
}
class Refusing {
  constructor() {
    refuse();
  }
}
class Mute extends Channel {
  override postMessage() {}
}
const LOCKS = { request: async (_: string, hold: () => unknown) => hold() };
const STORAGE = { getItem: () => null, setItem: () => {}, removeItem: () => {} };

/** What `findSharing` answers within 3 s. */
async function sharing(browser: { channel?: unknown; locks?: unknown; storage?: unknown }) {
  put('BroadcastChannel', browser.channel);
  put('navigator', { locks: browser.locks });
  put('localStorage', browser.storage);
  const trouble = jest.fn();
  const found = jest.fn<(answer: Awaited<ReturnType<typeof findSharing>>) => void>();
  void findSharing(trouble).then(found);
  // What is imported comes in time of its own.
  for (let turn = 0; turn < 100 && found.mock.calls.length === 0; turn += 1) {
    await jest.advanceTimersByTimeAsync((PATIENCE_MS - 1) / 100);
    await new Promise(jest.requireActual<typeof import('node:timers')>('node:timers').setImmediate);
  }
  expect(found).toHaveBeenCalledTimes(1);
  return { shares: found.mock.calls[0]?.[0] ?? null, troubles: trouble.mock.calls.length };
}

describe('the line of a tab', () => {
  test.each([
    ['with all of it', { channel: Channel, locks: LOCKS, storage: STORAGE }],
    ['without localStorage', { channel: Channel, locks: LOCKS }],
    ['without Web Locks', { channel: Channel, storage: STORAGE }],
  ])('is shared %s, and nothing is told', async (_, browser) => {
    const { shares, troubles } = await sharing(browser);
    expect(troubles).toBe(0);
    const ports = tabPorts({ url: 'wss://a.example', sharing: shares, trouble: () => {} });
    expect(ports).toEqual({ line: expect.any(Function) });
  });

  const working = { channel: Channel, locks: LOCKS, storage: STORAGE };
  test.each([
    ['no channels', { ...working, channel: undefined }],
    ['channels that are refused', { ...working, channel: Refusing }],
    ['channels that bring nothing', { ...working, channel: Mute }],
    ['locks that throw', { ...working, locks: { request: refuse } }],
    ['locks that reject', { ...working, locks: { request: async () => refuse() } }],
    ['locks that are never granted', { ...working, locks: { request: never } }],
    ['neither locks nor storage', { channel: Channel }],
  ])('is its own with %s, as a client of its own; it is told once', async (_, browser) => {
    const { shares, troubles } = await sharing(browser);
    expect([shares, troubles]).toEqual([null, 1]);
    put('localStorage', STORAGE);
    const open = () =>
      tabPorts({ url: 'wss://a.example', sharing: shares, trouble: () => {} }).keep?.read(
        'clientId',
      );
    expect(open()).toEqual(expect.stringMatching(/^[\da-f-]{36}$/));
    expect(open()).not.toBe(open());
  });

  test('a channel that is refused, or refuses what is posted, throws nothing', () => {
    put('BroadcastChannel', Refusing);
    openChannel('any', () => {}).post('x');
    class Full extends Channel {
      override postMessage = refuse;
    }
    put('BroadcastChannel', Full);
    const channel = openChannel('any', () => {});
    channel.post('x');
    channel.close();
    channel.post('x');
    expect(Channel.all.size).toBeLessThan(3);
  });
});

describe('whether a tab is looked at', () => {
  const ask = (locks: unknown) => {
    put('navigator', { locks });
    put('document', Object.assign(new EventTarget(), { visibilityState: 'hidden' }));
    const { signal } = new AbortController();
    return createLookedAt({ trouble: () => {}, signal })();
  };

  test('is known where the browser knows its locks', async () => {
    const query = async () => ({ held: [{ name: 'hubbub looked at' }] });
    expect(await ask({ query })).toBe(true);
  });

  test.each([
    ['missing', undefined],
    ['refused', { query: refuse }],
    ['rejected', { query: async () => refuse() }],
  ])('is no with locks that are %s: then the one tab notifies', async (_, locks) => {
    expect(await ask(locks)).toBe(false);
  });

  test('is no when the locks do not answer', async () => {
    const answered = jest.fn();
    void ask({ query: never }).then(answered);
    await jest.advanceTimersByTimeAsync(PATIENCE_MS - 1);
    expect(answered).toHaveBeenCalledWith(false);
  });
});

describe('notifications', () => {
  test.each([
    ['missing', undefined],
    [
      'refused',
      {
        requestPermission: refuse,
        get permission() {
          return refuse();
        },
      },
    ],
    ['rejected', { requestPermission: async () => refuse(), permission: 'default' }],
  ])('that are %s are not allowed', async (_, Notification) => {
    put('Notification', Notification);
    const notifier = createNotifier(() => {});
    expect([notifier.isAllowed(), await notifier.ask()]).toEqual([false, false]);
  });
});
