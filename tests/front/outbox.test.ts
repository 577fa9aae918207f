// Proves that what was written is sent until it is stored, in the order written, and never silently dropped.
import { describe, expect, test } from '@jest/globals';
import { createOutbox } from '../../front/src/core/outbox.js';
import type { Entry } from '../../front/src/core/outbox-entry.js';
import { fakeClock, fakeSlot } from './workbench.ts';

const TOLD = { retry: false, afterMs: 0, message: 'You are not in this room.' };

function start({ stored = null as unknown, up = true } = {}) {
  const { clock, pass } = fakeClock();
  const slot = fakeSlot(stored);
  const sent: string[] = [];
  const world = { up, silences: 0 };
  const outbox = createOutbox({
    slot,
    clock,
    fraction: () => 0.5,
    send: (one) => {
      if (world.up) sent.push(one.messageId);
      return world.up;
    },
    changed: () => {},
    silent: () => {
      world.silences += 1;
    },
  });
  const add = (messageId: string, room = 'lobby') =>
    outbox.add(entry(messageId, clock.now(), room));
  const state = (messageId: string) =>
    outbox.entries().find((one) => one.messageId === messageId)?.state;
  return { outbox, pass, slot, sent, world, add, state, clock };
}

function entry(messageId: string, writtenAt: number, room = 'lobby'): Entry {
  return { messageId, room, text: messageId, writtenAt, state: 'pending', reason: null };
}

describe('the outbox', () => {
  test('is written before the first send, and keeps nothing once stored', () => {
    const { add, slot, outbox } = start({ up: false });
    add('a');
    expect(slot.stored()).toMatchObject([{ messageId: 'a' }]);
    outbox.remove('a');
    expect(slot.stored()).toEqual([]);
  });

  test('has one message in flight for each room', () => {
    const { add, sent, outbox } = start();
    add('a');
    add('b');
    add('x', 'other');
    expect(sent).toEqual(['a', 'x']);
    outbox.remove('a');
    expect(sent).toEqual(['a', 'x', 'b']);
  });

  test('resends the same id after ten seconds without an answer', () => {
    const { add, sent, pass } = start();
    add('a');
    pass(9_999);
    expect(sent).toEqual(['a']);
    pass(1);
    expect(sent).toEqual(['a', 'a']);
  });

  test('tells when three sends stay unanswered, and does not stop sending', () => {
    const { add, sent, pass, world } = start();
    add('a');
    pass(29_999);
    expect(world.silences).toBe(0);
    pass(1);
    expect(world.silences).toBe(1);
    expect(sent).toEqual(['a', 'a', 'a', 'a']);
  });

  test('resends in order when the line is up again', () => {
    const { add, sent, outbox, world } = start({ up: false });
    add('a');
    add('b');
    world.up = true;
    outbox.lineUp();
    outbox.remove('a');
    expect(sent).toEqual(['a', 'b']);
  });

  test('sends nothing while the line is down', () => {
    const { add, sent, pass, outbox } = start();
    add('a');
    outbox.lineDown();
    pass(60_000);
    expect(sent).toEqual(['a']);
  });

  test('fails a message that may not be retried, and lets the next one go', () => {
    const { add, sent, outbox, state } = start();
    add('a');
    add('b');
    outbox.refuse('a', TOLD);
    expect(outbox.entries()[0]).toMatchObject({ state: 'failed', reason: TOLD.message });
    expect(sent).toEqual(['a', 'b']);
    expect(state('b')).toBe('pending');
  });

  test('waits as long as the server asked before it tries again', () => {
    const { add, sent, outbox, pass } = start();
    add('a');
    outbox.refuse('a', { ...TOLD, retry: true, afterMs: 7_000 });
    pass(6_999);
    expect(sent).toEqual(['a']);
    pass(1);
    expect(sent).toEqual(['a', 'a']);
  });

  test('takes an error without a ref for the message in flight', () => {
    const { add, sent, outbox, pass } = start();
    add('a');
    outbox.refuse(null, { ...TOLD, retry: true });
    pass(1_000);
    expect(sent).toEqual(['a', 'a']);
  });

  test('fails in the end what the server refuses again and again', () => {
    const { add, outbox, pass, state } = start();
    add('a');
    for (let times = 0; times < 8; times += 1) {
      expect(state('a')).toBe('pending');
      outbox.refuse('a', { ...TOLD, retry: true });
      pass(60_000 / 2);
    }
    expect(state('a')).toBe('failed');
  });

  test('ignores an error about a message that is not in flight', () => {
    const { add, outbox, state } = start();
    add('a');
    outbox.refuse('unknown', TOLD);
    expect(state('a')).toBe('pending');
  });

  test('retries a failed one under the same id, behind what was written since', () => {
    const { add, sent, outbox } = start();
    add('a');
    outbox.refuse('a', TOLD);
    add('b');
    outbox.retry('a');
    outbox.remove('b');
    expect(sent).toEqual(['a', 'b', 'a']);
  });

  test('keeps unsent messages over a reload', () => {
    const before = start({ up: false });
    before.add('a');
    before.add('b');
    const after = start({ stored: before.slot.stored() });
    after.outbox.lineUp();
    expect(after.sent).toEqual(['a']);
    expect(after.outbox.entries().map((one) => one.messageId)).toEqual(['a', 'b']);
  });

  test('does not trust what is stored, nor resend what is older than the server remembers', () => {
    const now = fakeClock().clock.now();
    const old = entry('old', now - 7 * 24 * 3_600_000 - 1);
    const { outbox } = start({ stored: [null, 7, { messageId: 'half' }, old, entry('new', now)] });
    expect(outbox.entries().map((one) => [one.messageId, one.state])).toEqual([
      ['old', 'failed'],
      ['new', 'pending'],
    ]);
    expect(start({ stored: '__proto__' }).outbox.entries()).toEqual([]);
  });
});
