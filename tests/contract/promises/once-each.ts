// Promise: once on every screen, however often a frame or an event repeats.
import { describe, expect, test } from '@jest/globals';
import { type Client, join } from '../client.ts';
import type { Stage } from '../promises.ts';
import { storedMessages } from '../stored.ts';

export function onceEach({ chat, aws, copies, tables }: Stage): void {
  const two = () => Promise.all([join(chat().websocket), join(chat().websocket)]);
  /** What `client` heard up to and with one more message of `speaker`, which nothing can overtake unnoticed. */
  const heardUntilMarker = async (client: Client, speaker: Client) => {
    const marker = speaker.says('That was all');
    await Promise.all([client.hears(marker), speaker.hears(marker)]);
    return client.messages().filter(({ messageId }) => messageId !== marker);
  };

  describe('a message that repeats', () => {
    test('is heard once by everybody else, and at one place by its sender', async () => {
      const [alice, bob] = await two();
      const said = Array.from({ length: 5 }, (_, at) => alice.says(`Number ${at}`));
      for (const messageId of said) await alice.hears(messageId, copies);
      const heard = await heardUntilMarker(bob, alice);
      expect(heard.map(({ messageId }) => messageId).toSorted()).toEqual(said.toSorted());
      const places = alice.messages().map(({ seq, messageId }) => `${messageId} ${seq}`);
      expect(new Set(places).size).toBe(said.length + 1);
      if (!tables) return;
      const stored = (await storedMessages(aws())).map(({ messageId }) => messageId);
      for (const id of said) expect(stored.filter((one) => one === id)).toHaveLength(1);
    });

    test('keeps its place when its sender sends it again, and only the sender is answered', async () => {
      const [alice, bob] = await two();
      const messageId = alice.says('Did you get this?');
      const { seq } = await alice.hears(messageId, copies);
      alice.says('Did you get this?', { messageId });
      expect((await alice.hears(messageId, 2 * copies)).seq).toBe(seq);
      expect(await heardUntilMarker(bob, alice)).toHaveLength(1);
    });

    test('has one place though it was sent twice without waiting', async () => {
      const [alice, bob] = await two();
      const messageId = alice.says('Twice');
      alice.says('Twice', { messageId });
      await alice.hears(messageId, 2 * copies);
      expect(new Set(alice.messages().map(({ seq }) => seq)).size).toBe(1);
      expect(await heardUntilMarker(bob, alice)).toHaveLength(1);
    });

    test('cannot bring other words under its messageId: the sender is told, nobody else', async () => {
      const [alice, bob] = await two();
      const messageId = alice.says('First words');
      const { seq } = await alice.hears(messageId, copies);
      alice.says('Other words', { messageId });
      expect(await alice.isTold()).toMatchObject({
        ref: messageId,
        code: 'MessageIdReused',
        retry: false,
      });
      const heard = await heardUntilMarker(bob, alice);
      expect(heard.map(({ message }) => message)).toEqual(['First words']);
      if (!tables) return;
      expect(await storedMessages(aws())).toContainEqual({ seq, messageId, text: 'First words' });
    });

    test('is another message when another sender uses the same messageId', async () => {
      const [alice, bob] = await two();
      const messageId = alice.says('Mine');
      await bob.hears(messageId);
      bob.says('No, mine', { messageId });
      expect((await alice.hearsWords('No, mine')).seq).not.toBe(
        (await alice.hearsWords('Mine')).seq,
      );
    });
  });
}
