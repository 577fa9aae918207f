// Who is here: shown when they come, gone a grace after they left, whole through a reload; and who types, for as long as they do.
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { PresenceFrame, ServerFrame } from '../../shared/src/protocol/frames.ts';
import { type Client, everybodyLeaves, join } from './client.ts';
import type { Chat } from './promises.ts';
import { connectionRows, eventually } from './stored.ts';

/** The chat has a grace of 1 s. `tables`: whether ConnectionsTable can be looked at. */
export function presencePromises(
  name: string,
  start: () => Promise<Chat>,
  { tables = true }: { tables?: boolean } = {},
): void {
  describe(name, () => {
    let chat: Chat;
    let rooms = 0;
    const run = crypto.randomUUID().slice(0, 8);

    beforeAll(async () => {
      chat = await start();
    });
    afterEach(everybodyLeaves);
    afterAll(() => chat.stop());

    const freshRoom = () => {
      rooms += 1;
      // A stage that is not new has rooms of an earlier run.
      return `presence-${run}-${rooms}`;
    };
    const ofType =
      <T extends ServerFrame['type']>(type: T) =>
      (frame: ServerFrame): frame is Extract<ServerFrame, { type: T }> =>
        frame.type === type;

    /** Says hello as this person, from a client of its own. */
    async function comes(name: string, room: string): Promise<{ client: Client; userId: string }> {
      const client = await join(chat.websocket, 'silent');
      const clientId = crypto.randomUUID();
      client.send({
        ...{ action: 'hello', v: 1, clientId, epoch: 1, nickname: name, rooms: [room] },
        secret: name.padEnd(43, '_'),
      });
      const { userId } = await client.awaits('a welcome', (heard) => heard.find(ofType('welcome')));
      return { client, userId };
    }
    const told = (client: Client, userId: string) =>
      client.heard.filter(ofType('presence')).filter((frame) => frame.userId === userId);
    const hears = (client: Client, userId: string, online: boolean): Promise<PresenceFrame> =>
      client.awaits(`${userId} ${online ? 'come' : 'gone'}`, () =>
        told(client, userId).find((frame) => frame.online === online),
      );
    async function members(client: Client, room: string) {
      const before = client.heard.filter(ofType('members')).length;
      client.send({ action: 'members', room });
      return client.awaits('members', (heard) => heard.filter(ofType('members'))[before]);
    }

    describe('coming and going', () => {
      test('is told to the room, each once, the going after the grace', async () => {
        const room = freshRoom();
        const ann = await comes('Ann', room);
        const bob = await comes('Bob', room);
        const came = await hears(ann.client, bob.userId, true);
        expect(came).toMatchObject({ room, nickname: 'Bob' });
        await bob.client.leave();
        const left = await hears(ann.client, bob.userId, false);
        expect(Date.parse(left.at)).toBeGreaterThan(Date.parse(came.at) + 999);
        expect(told(ann.client, bob.userId)).toHaveLength(2);
      });

      test('a reload shows nothing: who is back within the grace never left', async () => {
        const room = freshRoom();
        const ann = await comes('Ann', room);
        const first = await comes('Bob', room);
        await hears(ann.client, first.userId, true);
        await first.client.leave();
        await comes('Bob', room);
        // A later comer's going is told after what Bob's would have been.
        const cat = await comes('Cat', room);
        await hears(ann.client, cat.userId, true);
        await cat.client.leave();
        await hears(ann.client, cat.userId, false);
        expect(told(ann.client, first.userId)).toHaveLength(1);
      });

      test('two devices of one person are one, and the first that leaves takes nobody with it', async () => {
        const room = freshRoom();
        const ann = await comes('Ann', room);
        const phone = await comes('Bob', room);
        const laptop = await comes('Bob', room);
        const { members: here, count } = await members(laptop.client, room);
        expect(count).toBe(2);
        expect(here.map(({ nickname }) => nickname).toSorted()).toEqual(['Ann', 'Bob']);
        await hears(ann.client, phone.userId, true);
        await phone.client.leave();
        const cat = await comes('Cat', room);
        await hears(ann.client, cat.userId, true);
        await cat.client.leave();
        await hears(ann.client, cat.userId, false);
        expect(told(ann.client, phone.userId).map(({ online }) => online)).toEqual([true]);
      });

      test('who left is among the members with when they were last seen', async () => {
        const room = freshRoom();
        const ann = await comes('Ann', room);
        const bob = await comes('Bob', room);
        await hears(ann.client, bob.userId, true);
        await bob.client.leave();
        const { at } = await hears(ann.client, bob.userId, false);
        const { members: known, count } = await members(ann.client, room);
        expect(count).toBe(1);
        expect(known).toContainEqual({ userId: bob.userId, nickname: 'Bob', online: false, at });
      });

      test('the welcome shows who is here, and pong counts them', async () => {
        const room = freshRoom();
        await comes('Ann', room);
        const bob = await comes('Bob', room);
        const welcome = bob.client.heard.find(ofType('welcome'));
        expect(welcome?.here[room]?.map(({ nickname }) => nickname).toSorted()).toEqual([
          'Ann',
          'Bob',
        ]);
        bob.client.send({ action: 'ping', n: 1 });
        const pong = await bob.client.awaits('pong', (heard) => heard.find(ofType('pong')));
        expect(pong.present).toEqual({ [room]: 2 });
      });

      const testTables = tables ? test : test.skip;
      testTables('no row of a roster stays when everybody left', async () => {
        const room = freshRoom();
        const ann = await comes('Ann', room);
        await ann.client.leave();
        await eventually(
          'an empty roster',
          () => connectionRows(chat.aws ?? ''),
          (rows) => !rows.some((row) => row.startsWith(`roster#${room} `)),
        );
      });

      test('of a room that is not heard, nothing is told', async () => {
        const ann = await comes('Ann', freshRoom());
        ann.client.send({ action: 'members', room: 'elsewhere' });
        expect(await ann.client.isTold()).toMatchObject({ code: 'NotInRoom' });
      });
    });

    describe('typing', () => {
      test('is told to the room, and stored nowhere', async () => {
        const room = freshRoom();
        const ann = await comes('Ann', room);
        const bob = await comes('Bob', room);
        bob.client.send({ action: 'typing', room, on: true });
        const typing = await ann.client.awaits('typing', (heard) => heard.find(ofType('typing')));
        expect(typing).toEqual({
          type: 'typing',
          room,
          userId: bob.userId,
          nickname: 'Bob',
          on: true,
        });
        if (tables)
          expect(
            (await connectionRows(chat.aws ?? '')).filter((row) => row.includes('typing')),
          ).toEqual([]);
      });

      test('in a room that is not heard is refused', async () => {
        const ann = await comes('Ann', freshRoom());
        ann.client.send({ action: 'typing', room: 'elsewhere', on: true });
        expect(await ann.client.isTold()).toMatchObject({ code: 'NotInRoom' });
      });
    });
  });
}
