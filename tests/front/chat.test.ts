// Proves the life of a message as one page sees it: written, sent, ticked; or refused, and said so.
import { describe, expect, test } from '@jest/globals';
import { createChat } from '../../front/src/core/chat.js';
import type { Item } from '../../front/src/core/timeline.js';
import { fakeClock, fakeSlot, fakeSockets } from './workbench.ts';

function start(slot = fakeSlot()) {
  const { clock, pass } = fakeClock();
  const sockets = fakeSockets();
  const arrived: Item[] = [];
  const chat = createChat({
    room: 'lobby',
    ports: {
      openSocket: sockets.openSocket,
      clock,
      fraction: () => 0.5,
      randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
      isOnline: () => true,
      slot,
    },
    watcher: { changed: () => {}, arrived: (item) => arrived.push(item), line: () => {} },
  });
  chat.start('wss://chat.example.org/dev');
  const hear = (frame: object) => sockets.latest().events.heard(JSON.stringify(frame));
  const sent = () => sockets.latest().sent.map((text) => JSON.parse(text));
  const states = () => chat.items().map((item) => [item.text, item.state, item.own]);
  return { chat, pass, sockets, arrived, hear, sent, states, slot };
}

function message(seq: number, over: object = {}) {
  const who = { userId: 'u1', nickname: 'guest-ab12', message: `text ${seq}`, connectionId: 'c' };
  const timestamp = '2026-11-21T07:30:00.000Z';
  return { type: 'message', room: 'lobby', seq, messageId: `m${seq}`, ...who, timestamp, ...over };
}

describe('the chat', () => {
  test('ticks only when the message itself comes back', () => {
    const { chat, sockets, sent, hear, states, arrived } = start();
    sockets.latest().events.opened();
    expect(chat.say('  hi \n')).toBe(true);
    expect(sent()).toMatchObject([{ action: 'sendmessage', room: 'lobby', message: 'hi' }]);
    const { messageId } = sent()[0];
    hear({ type: 'accepted', messageId });
    expect(states()).toEqual([['hi', 'pending', true]]);
    hear(message(1, { messageId, message: 'hi' }));
    hear(message(1, { messageId, message: 'hi' }));
    expect(states()).toEqual([['hi', 'sent', true]]);
    expect(arrived).toEqual([]);
  });

  test('tells another person’s message once, though it comes twice', () => {
    const { sockets, hear, arrived, states } = start();
    sockets.latest().events.opened();
    hear(message(2));
    hear(message(2));
    hear(message(1));
    expect(arrived.map((item) => item.seq)).toEqual([2, 1]);
    expect(states().map(([text]) => text)).toEqual(['text 1', 'text 2']);
  });

  test('sends after a reconnect what was written without a line, under one id', () => {
    const { chat, sockets, pass } = start();
    chat.say('written while connecting');
    sockets.latest().events.opened();
    const [first] = sockets.latest().sent;
    sockets.latest().events.closed();
    pass(60_000);
    sockets.latest().events.opened();
    expect(sockets.opened.length).toBeGreaterThan(1);
    expect(sockets.latest().sent).toEqual([first]);
  });

  test('leaves a line that is silent while three sends wait, but not one that speaks', () => {
    const { chat, sockets, pass, hear } = start();
    sockets.latest().events.opened();
    chat.say('hi');
    pass(20_000);
    hear(message(1));
    pass(29_000);
    expect(chat.line.status().state).toBe('live');
    expect(sockets.latest().sent).toHaveLength(5);
    pass(1_000);
    expect(chat.line.status().state).toBe('waiting');
  });

  test('shows an earlier page’s unsent message and sends it', () => {
    const before = start();
    before.chat.say('still here');
    const after = start(before.slot);
    expect(after.states()).toEqual([['still here', 'pending', true]]);
    after.sockets.latest().events.opened();
    expect(after.sent()).toMatchObject([{ message: 'still here' }]);
  });

  test('a refused message fails with its reason, and can be retried or discarded', () => {
    const { chat, sockets, sent, hear } = start();
    sockets.latest().events.opened();
    chat.say('no');
    const ref = sent()[0].messageId;
    const error = { type: 'error', ref, code: 'NotInRoom', retry: false, afterMs: 0 };
    hear({ ...error, message: 'You are not in this room.' });
    expect(chat.items()[0]).toMatchObject({ state: 'failed', reason: 'You are not in this room.' });
    chat.retry(ref);
    expect(sent().map((frame) => frame.messageId)).toEqual([ref, ref]);
    chat.discard(ref);
    expect(chat.items()).toEqual([]);
  });

  test.each(['Internal server error', 'Forbidden'])(
    'retries after the gateway’s own "%s"',
    (says) => {
      const { chat, sockets, sent, hear, pass } = start();
      sockets.latest().events.opened();
      chat.say('hi');
      hear({ message: says, connectionId: 'c', requestId: 'r' });
      pass(2_000);
      expect(sent()).toHaveLength(2);
      expect(chat.items()[0]).toMatchObject({ state: 'pending' });
    },
  );

  test.each(['', 'null', '[]', '{"type":"message"}', '{"type":"new"}', '{"__proto__":1}'])(
    'is not disturbed by the frame %j',
    (text) => {
      const { chat, sockets } = start();
      sockets.latest().events.opened();
      sockets.latest().events.heard(text);
      expect(chat.items()).toEqual([]);
      expect(chat.line.status().state).toBe('live');
    },
  );

  test('takes nothing empty or too long', () => {
    const { chat } = start();
    expect([' \n', '😀'.repeat(4_001), '\u0001'.repeat(3_000)].map(chat.say)).toEqual([
      false,
      false,
      false,
    ]);
    expect(chat.say('😀'.repeat(4_000))).toBe(true);
  });
});
