// Promise: anything that opens a WebSocket can chat, with a line of JSON; and who knows the protocol gets its answers.
import { describe, expect, test } from '@jest/globals';
import { join } from '../client.ts';
import type { Stage } from '../promises.ts';

export function plainClients({ chat }: Stage): void {
  describe('a plain client', () => {
    test('says {action, message} and reads {message, timestamp, connectionId}', async () => {
      const [plain, other] = await Promise.all([
        join(chat().websocket, 'plain'),
        join(chat().websocket, 'plain'),
      ]);
      plain.send({ action: 'sendmessage', message: 'A plain hello' });
      const frame = await other.hearsWords('A plain hello');
      expect(frame.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(frame.connectionId).toMatch(/^[\w-]{16}$/);
      expect(frame.messageId).toMatch(/^[0-9a-f-]{36}$/);
      expect(await plain.hearsWords('A plain hello')).toEqual(frame);
    });

    test('pings into silence and hears nothing but messages', async () => {
      const plain = await join(chat().websocket, 'plain');
      plain.send({ action: 'ping' });
      await plain.hears(plain.says('After the ping'));
      expect(new Set(plain.heard.map(({ type }) => type))).toEqual(new Set(['message']));
    });

    test('is told of its bad frame like anybody', async () => {
      const plain = await join(chat().websocket, 'plain');
      plain.send('hello?');
      expect(await plain.isTold()).toMatchObject({ code: 'BadFrame', retry: false });
    });

    test('gives unknown fields and they harm nothing', async () => {
      const plain = await join(chat().websocket, 'plain');
      plain.send({ action: 'sendmessage', message: 'With more', data: [1], v: null, __type: 'x' });
      expect((await plain.hearsWords('With more')).message).toBe('With more');
    });
  });

  describe('a v1 client', () => {
    test('gets a pong for its ping, with its number', async () => {
      const client = await join(chat().websocket);
      client.send({ action: 'ping', n: 3 });
      const pong = await client.awaits('pong', (heard) =>
        heard.find(({ type }) => type === 'pong'),
      );
      expect(pong).toEqual({
        type: 'pong',
        n: 3,
        now: expect.stringMatching(/Z$/),
        heads: { lobby: expect.any(Number) },
        present: { lobby: expect.any(Number) },
      });
    });
  });
}
