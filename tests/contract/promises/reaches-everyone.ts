// Promise: what is sent is kept, and reaches everyone in the room, its sender too.
import { describe, expect, test } from '@jest/globals';
import { join } from '../client.ts';
import type { Stage } from '../promises.ts';
import { storedMessages } from '../stored.ts';

export function reachesEveryone({ chat, aws, tables }: Stage): void {
  describe('a message', () => {
    test('reaches everyone, its sender included, as the same frame', async () => {
      const [alice, bob, plain] = await Promise.all([
        join(chat().websocket),
        join(chat().websocket),
        join(chat().websocket, 'plain'),
      ]);
      const messageId = alice.says('Hello, everyone');
      const frame = await alice.hears(messageId);
      expect(frame).toMatchObject({ room: 'lobby', messageId, message: 'Hello, everyone' });
      expect(frame.seq).toBeGreaterThan(0);
      expect(new Date(frame.timestamp).toISOString()).toBe(frame.timestamp);
      expect(frame.connectionId).toMatch(/^[\w-]{16}$/);
      expect(await bob.hears(messageId)).toEqual(frame);
      expect(await plain.hears(messageId)).toEqual(frame);
    });

    test('is accepted first, which is not the tick, and only to its sender', async () => {
      const [alice, bob] = await Promise.all([join(chat().websocket), join(chat().websocket)]);
      const messageId = alice.says('Is this on?');
      await Promise.all([alice.hears(messageId), bob.hears(messageId)]);
      const isAccepted = (heard: typeof alice.heard) =>
        heard.find(({ type }) => type === 'accepted');
      expect(await alice.awaits('accepted', isAccepted)).toEqual({ type: 'accepted', messageId });
      expect(isAccepted(bob.heard)).toBeUndefined();
    });

    (tables ? test : test.skip)('is stored by the time anybody hears it', async () => {
      const alice = await join(chat().websocket);
      const { seq, messageId } = await alice.hears(alice.says('Keep this'));
      expect(await storedMessages(aws())).toContainEqual({ seq, messageId, text: 'Keep this' });
    });

    test('comes from its connection, whoever its frame says it is', async () => {
      const [alice, mallory] = await Promise.all([join(chat().websocket), join(chat().websocket)]);
      const { userId, nickname } = await mallory.hears(alice.says('It is me'));
      const messageId = crypto.randomUUID();
      mallory.send({ action: 'sendmessage', messageId, message: 'It is me', userId, nickname });
      expect((await alice.hears(messageId)).userId).not.toBe(userId);
    });
  });
}
