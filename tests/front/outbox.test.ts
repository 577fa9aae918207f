// Proves that what was written is kept first, then sent until it is stored, in the order written, and never dropped.
import { describe, expect, test } from '@jest/globals';
import { createOutbox } from '../../front/src/core/outbox.js';
import type { Entry } from '../../front/src/core/outbox-entry.js';
import { fakeClock, fakeStorage, settled } from './workbench.ts';

const WEEK = 7 * 24 * 3_600_000;
const NO = { retry: false, afterMs: 0, code: 'NotInRoom', message: 'You are not in this room.' };
const BUSY = { retry: true, afterMs: 0, code: 'Busy', message: 'Busy.' };

async function start({ storage = fakeStorage(), time = fakeClock(), up = true } = {}) {
  const { clock, live } = time;
  const sent: string[] = [];
  const shown = new Map<string, Entry['state']>();
  const troubles: unknown[] = [];
  let minted = 0;
  const outbox = createOutbox({
    store: storage.outbox,
    clock,
    fraction: () => 0.5,
    mint: () => {
      minted += 1;
      return `new${minted}`;
    },
    send(entry) {
      storage.log.push(`send ${entry.text}`);
      sent.push(entry.messageId);
      return true;
    },
    changed: (entry) => void shown.set(entry.messageId, entry.state),
    gone: (messageId) => void shown.delete(messageId),
    stored: () => {},
    trouble: (error) => troubles.push(error),
  });
  await outbox.refresh();
  if (up) outbox.line(true);
  const add = (messageId: string, over: { room?: string; once?: boolean } = {}) =>
    outbox.add({ messageId, room: 'lobby', text: messageId, once: false, ...over });
  return { outbox, live, storage, sent, shown, add, troubles, time };
}

describe('the outbox', () => {
  test('messageId: is written before the first send, and kept no longer than it is stored', async () => {
    const { add, storage, outbox } = await start();
    await add('a');
    expect(storage.log).toEqual(['put a', 'send a']);
    outbox.remove('a');
    await outbox.settled();
    expect(storage.entries.size).toBe(0);
  });

  test('sender order: one in flight for each room, the next when it is stored', async () => {
    const { add, sent, outbox } = await start();
    await Promise.all([add('a'), add('b'), add('x', { room: 'other' })]);
    expect(sent).toEqual(['a', 'x']);
    outbox.remove('a');
    expect(sent).toEqual(['a', 'x', 'b']);
  });

  test('ack: resends the same id after ten seconds without its own message', async () => {
    const { add, sent, live } = await start();
    await add('a');
    await live(9_999);
    expect(sent).toEqual(['a']);
    await live(1);
    expect(sent).toEqual(['a', 'a']);
  });

  test('resends what is unanswered when the line is up again, and nothing while it is down', async () => {
    const { add, sent, outbox, live } = await start();
    await add('a');
    outbox.line(false);
    await live(60_000);
    expect(sent).toEqual(['a']);
    outbox.line(true);
    expect(sent).toEqual(['a', 'a']);
  });

  test('errors: retry false fails it with its reason, and the next one goes', async () => {
    const { add, sent, outbox, shown, storage } = await start();
    await add('a');
    await add('b');
    outbox.refuse('a', NO);
    expect(shown.get('a')).toBe('failed');
    expect(sent).toEqual(['a', 'b']);
    await outbox.settled();
    expect(storage.entries.get('a')).toMatchObject({ state: 'failed', reason: NO.message });
  });

  test('errors: retry true waits as long as the server asked, and never gives up', async () => {
    const { add, sent, outbox, live, shown } = await start();
    await add('a');
    outbox.refuse('a', { ...BUSY, afterMs: 7_000 });
    await live(6_999);
    expect(sent).toHaveLength(1);
    await live(1);
    expect(sent).toHaveLength(2);
    for (let times = 0; times < 30; times += 1) {
      outbox.refuse('a', BUSY);
      await live(60_000);
    }
    expect(shown.get('a')).toBe('pending');
    expect(sent.length).toBeGreaterThan(30);
  });

  test('an error that names nobody is taken for the one in flight only if it may be retried', async () => {
    const { add, sent, outbox, live, shown } = await start();
    await add('a');
    outbox.refuse(null, NO);
    expect(shown.get('a')).toBe('pending');
    outbox.refuse(null, BUSY);
    await live(1_000);
    expect(sent).toEqual(['a', 'a']);
    outbox.refuse('unknown', NO);
    expect(shown.get('a')).toBe('pending');
  });

  test('errors that name nobody do not make one wait longer that waits already', async () => {
    const { add, sent, outbox, live } = await start();
    await add('a');
    outbox.refuse('a', { ...BUSY, afterMs: 1_500 });
    // What a person typed meanwhile was refused as well, again and again.
    for (let times = 0; times < 20; times += 1) outbox.refuse(null, { ...BUSY, afterMs: 400 });
    await live(1_500);
    expect(sent).toEqual(['a', 'a']);
    outbox.refuse(null, BUSY);
    await live(2_000);
    expect(sent).toEqual(['a', 'a', 'a']);
  });

  test('retries a failed one under the same id, behind what was written since', async () => {
    const { add, sent, outbox } = await start();
    await add('a');
    outbox.refuse('a', NO);
    await add('b');
    outbox.retry('a');
    await outbox.settled();
    outbox.remove('b');
    expect(sent).toEqual(['a', 'b', 'a']);
  });

  test('an id that was used for other words is tried again under a new one', async () => {
    const { add, sent, outbox, shown } = await start();
    await add('a');
    outbox.refuse('a', { ...NO, code: 'MessageIdReused' });
    outbox.retry('a');
    await settled();
    expect(sent).toEqual(['a', 'new1']);
    expect([...shown]).toEqual([['new1', 'pending']]);
  });

  test('what was said once for an occasion, in other words, is done', async () => {
    const { add, outbox, shown } = await start();
    await add('a', { once: true });
    outbox.refuse('a', { ...NO, code: 'MessageIdReused' });
    expect([...shown]).toEqual([]);
    expect(outbox.entries()).toEqual([]);
  });

  test('keeps the order over a reload, though the clock was set back', async () => {
    const before = await start({ up: false });
    await before.add('a');
    await before.add('b');
    const earlier = fakeClock(before.time.clock.now() - 3 * 3_600_000);
    const after = await start({ storage: before.storage, time: earlier });
    await after.add('c');
    for (const id of ['a', 'b']) after.outbox.remove(id);
    expect(after.sent).toEqual(['a', 'b', 'c']);
  });

  test('a store that fails is said so, and memory goes on', async () => {
    const { add, sent, storage, troubles, outbox } = await start();
    storage.world.failing = true;
    await add('a');
    expect(troubles).toEqual([new Error('The disk is full.')]);
    await outbox.refresh();
    expect(sent).toEqual(['a']);
    expect(outbox.entries()).toHaveLength(1);
  });

  test('does not trust what is stored', async () => {
    const storage = fakeStorage();
    storage.outbox.load = async () => [null, 7, { messageId: 'half' }, '__proto__'];
    const { outbox } = await start({ storage });
    expect(outbox.entries()).toEqual([]);
  });

  test('dedupe window: after a week it is held, asked for, and sent again only as a new message', async () => {
    const before = await start({ up: false });
    await before.add('a');
    await before.live(WEEK + 1);
    const after = await start(before);
    await after.live(60_000);
    expect(after.sent).toEqual([]);
    expect(after.shown.get('a')).toBe('held');
    after.outbox.retry('a');
    await settled();
    expect(after.sent).toEqual(['new1']);
    expect([...after.shown.keys()]).toEqual(['new1']);
  });

  test('dedupe window: one that was in flight for a week stops there', async () => {
    const { add, live, shown, sent, time, outbox } = await start();
    await add('a');
    time.sleep(WEEK + 1);
    await live(10_000);
    expect(shown.get('a')).toBe('held');
    outbox.line(true);
    expect(sent).toEqual(['a']);
  });

  test('tabs: shows what another tab wrote, and forgets what another tab saw stored', async () => {
    const storage = fakeStorage();
    const leader = await start({ storage });
    const follower = await start({ storage, up: false });
    await follower.add('theirs');
    await leader.outbox.refresh();
    expect(leader.sent).toEqual(['theirs']);
    expect(follower.sent).toEqual([]);
    leader.outbox.remove('theirs');
    await leader.outbox.settled();
    await follower.outbox.refresh();
    expect(follower.outbox.entries()).toEqual([]);
    expect([...follower.shown]).toEqual([]);
  });
});
