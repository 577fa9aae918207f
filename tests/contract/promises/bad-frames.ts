// Promise: a bad frame costs its sender an error, and nobody else anything.
import { describe, expect, test } from '@jest/globals';
import { join } from '../client.ts';
import type { Stage } from '../promises.ts';
import { storedMessages } from '../stored.ts';

const say = (fields: object) => JSON.stringify({ action: 'sendmessage', ...fields });
const ID = '0190b4f0-7c1e-7a64-9d2b-3f1f0a9b6c5d';

/** Frame, the error's code, and its `ref` where the frame names a messageId that can be read. */
const BAD: [what: string, frame: string, code: string, ref?: string][] = [
  ['that is not JSON', 'hello?', 'BadFrame'],
  ['that is empty', '', 'BadFrame'],
  ['that is cut off', '{"action":"sendmessage","message":"hi"', 'BadFrame'],
  ['that is a JSON string', '"sendmessage"', 'BadFrame'],
  ['that is null', 'null', 'BadFrame'],
  ['that is an array', '[{"action":"sendmessage","message":"hi"}]', 'BadFrame'],
  ['without an action', '{"message":"hi"}', 'NoAction'],
  ['with an empty action', '{"action":"","message":"hi"}', 'NoAction'],
  ['with an action inside __proto__', '{"__proto__":{"action":"sendmessage"}}', 'NoAction'],
  ['with an unknown action', '{"action":"shout","message":"hi"}', 'UnknownAction'],
  ['with an action that is a number', '{"action":7,"message":"hi"}', 'UnknownAction'],
  ['that calls $connect', '{"action":"$connect"}', 'UnknownAction'],
  ['that calls $disconnect', '{"action":"$disconnect"}', 'UnknownAction'],
  ['that calls __proto__', '{"action":"__proto__"}', 'UnknownAction'],
  ['that calls constructor', '{"action":"constructor"}', 'UnknownAction'],
  ['of 20 KB', say({ message: 'x'.repeat(20 * 1024) }), 'FrameTooLarge'],
  ['with an empty message', say({ message: '', messageId: ID }), 'MessageEmpty', ID],
  [
    'with white space only',
    say({ message: ' \n\t\u00a0\u3000', messageId: ID }),
    'MessageEmpty',
    ID,
  ],
  [
    'with 4,001 characters',
    say({ message: 'x'.repeat(4001), messageId: ID }),
    'MessageTooLong',
    ID,
  ],
  ['without a message', say({ messageId: ID }), 'BadField', ID],
  ['with a number for a message', say({ message: 7, messageId: ID }), 'BadField', ID],
  ['with an object for a message', say({ message: { text: 'hi' } }), 'BadField'],
  [
    'with a message inside __proto__',
    '{"action":"sendmessage","__proto__":{"message":"hi"}}',
    'BadField',
  ],
  ['with half a surrogate pair', '{"action":"sendmessage","message":"\\ud83d"}', 'BadField'],
  ['with a messageId of its own making', say({ message: 'hi', messageId: 'mine' }), 'BadField'],
  ['with a number for a messageId', say({ message: 'hi', messageId: 7 }), 'BadField'],
  ['for another room', say({ message: 'hi', room: 'elsewhere', messageId: ID }), 'NotInRoom', ID],
  ['for no room there can be', say({ message: 'hi', room: '#1 room' }), 'BadField'],
  ['with a list of rooms', say({ message: 'hi', room: ['lobby'] }), 'BadField'],
  ['that pings a negative number', '{"action":"ping","n":-1}', 'BadField'],
];

/** What API Gateway itself refuses, and its close codes. */
const FATAL: [what: string, frame: string | Buffer, code: number][] = [
  ['in binary', Buffer.from(say({ message: 'hi' })), 1003],
  ['above 32 KB', say({ message: 'x'.repeat(33 * 1024) }), 1009],
];

export function badFrames({ chat, aws, tables, gaps }: Stage): void {
  const three = () =>
    Promise.all([join(chat().websocket), join(chat().websocket), join(chat().websocket, 'plain')]);
  const count = async () => (tables ? (await storedMessages(aws())).length : 0);

  const isGap = (what: string) => gaps.includes(what);
  const rows = <Row extends [what: string, ...rest: unknown[]]>(all: Row[]) =>
    all.filter(([what]) => !isGap(what));

  describe('a bad frame', () => {
    for (const [what] of [...BAD, ...FATAL].filter(([title]) => isGap(title)))
      test.skip(`${what} (this gateway is not API Gateway)`, () => undefined);

    test.each(rows(BAD))('%s costs its sender an error', async (...bad) => {
      const [, frame, code, ref = null] = bad;
      const [sender, bystander, plain] = await three();
      const before = await count();
      sender.send(frame);
      expect(await sender.isTold()).toEqual({
        type: 'error',
        ref,
        code,
        retry: false,
        afterMs: 0,
        message: expect.stringMatching(/\S/),
      });
      const marker = sender.says('Still here');
      await Promise.all([sender, bystander, plain].map((client) => client.hears(marker)));
      for (const { heard } of [bystander, plain]) {
        const told = heard.filter(({ type }) => type !== 'presence');
        expect(told).toMatchObject([{ type: 'message', messageId: marker }]);
      }
      expect(sender.messages().every(({ messageId }) => messageId === marker)).toBe(true);
      if (tables) expect(await count()).toBe(before + 1);
    });

    for (const [what, frame, code] of rows(FATAL))
      test(`${what} costs its sender the socket, as API Gateway does`, async () => {
        const [sender, bystander, plain] = await three();
        const before = await count();
        sender.send(frame);
        expect(await sender.closed).toBe(code);
        const marker = bystander.says('Still here');
        await Promise.all([bystander.hears(marker), plain.hears(marker)]);
        expect(plain.heard).toMatchObject([{ messageId: marker }]);
        if (tables) expect(await count()).toBe(before + 1);
      });
  });
}
