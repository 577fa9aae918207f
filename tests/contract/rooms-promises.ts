// Promise: private is private. What is said in a direct or a private room is heard by those it is for, and is in no frame of anybody else.
import { createHash, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { ServerFrame } from '../../shared/src/protocol/frames.ts';
import { type Client, everybodyLeaves, join } from './client.ts';
import type { Chat } from './promises.ts';

interface Person {
  userId: string;
  secret: string;
  devices: Client[];
}

const ofType =
  <T extends ServerFrame['type']>(type: T) =>
  (frame: ServerFrame): frame is Extract<ServerFrame, { type: T }> =>
    frame.type === type;

const ANSWERS: Record<string, ServerFrame['type']> = {
  history: 'history',
  sendmessage: 'accepted',
  join: 'joined',
  invite: 'invited',
  remove: 'removed',
  members: 'members',
  typing: 'typing',
};

export function roomPromises(name: string, start: () => Promise<Chat>): void {
  describe(name, () => {
    let chat: Chat;
    beforeAll(async () => {
      chat = await start();
    });
    afterEach(everybodyLeaves);
    afterAll(() => chat.stop());

    async function device(secret: string, rooms?: string[]) {
      const client = await join(chat.websocket, 'silent');
      const hello = { action: 'hello', v: 1, clientId: randomUUID(), epoch: 1, secret };
      client.send({ ...hello, ...(rooms === undefined ? {} : { rooms }) });
      const welcome = await client.awaits('welcome', (heard) => heard.find(ofType('welcome')));
      return { client, welcome };
    }
    async function person(devices = 1): Promise<Person> {
      const secret = createHash('sha256').update(randomUUID()).digest('base64url');
      const open = [];
      for (let at = 0; at < devices; at += 1) open.push(await device(secret));
      const userId = open[0]?.welcome.userId ?? '';
      return { userId, secret, devices: open.map(({ client }) => client) };
    }
    /** Asks, and resolves with the next answer of that type or the next error. */
    function ask(client: Client, frame: object, type: ServerFrame['type']) {
      const before = client.heard.length;
      // What another device's join tells has no head.
      const isAnswer = (one: ServerFrame) =>
        one.type === 'error' || (one.type === type && (type !== 'joined' || 'head' in one));
      client.send(frame);
      return client.awaits(`${type} or an error`, (heard) => heard.slice(before).find(isAnswer));
    }
    const first = ({ devices }: Person) => devices[0] as Client;
    const framesOf = ({ devices }: Person) => JSON.stringify(devices.map(({ heard }) => heard));
    const settled = async (speaker: Person, everybody: Person[]) => {
      const marker = first(speaker).says('That was all');
      await Promise.all(
        everybody.flatMap(({ devices }) => devices.map((one) => one.hears(marker))),
      );
    };

    test('a direct message is heard on every device of both, and is in no frame of others', async () => {
      const [ada, bob, eve] = await Promise.all([person(2), person(2), person(2)]);
      const plain = await join(chat.websocket, 'plain');
      const words = `psst ${randomUUID()}`;
      const messageId = first(ada).says(words, { to: bob.userId });
      const heard = await Promise.all(
        [...ada.devices, ...bob.devices].map((one) => one.hears(messageId)),
      );
      const room = `dm:${[ada.userId, bob.userId].sort().join(':')}`;
      for (const frame of heard)
        expect(frame).toMatchObject({ room, message: words, userId: ada.userId });
      expect(new Set(heard.map(({ seq }) => seq)).size).toBe(1);
      await settled(ada, [ada, bob, eve]);
      await plain.hearsWords('That was all');
      expect(framesOf(eve) + JSON.stringify(plain.heard)).not.toMatch(
        new RegExp(`${words}|${messageId}|${room}`),
      );
    });

    test('a direct message to somebody offline is there when they come', async () => {
      const [ada, bob] = await Promise.all([person(), person()]);
      for (const one of bob.devices) await one.leave();
      const messageId = first(ada).says('while you were out', { to: bob.userId });
      const { room } = await first(ada).hears(messageId);
      const { client, welcome } = await device(bob.secret);
      expect(welcome.heads[room]).toBeGreaterThan(0);
      const history = await ask(client, { action: 'history', room }, 'history');
      expect(history).toMatchObject({
        items: [{ messageId, message: 'while you were out' }],
      });
      const pong = await ask(client, { action: 'ping' }, 'pong');
      expect(pong).toMatchObject({ heads: { [room]: expect.any(Number) } });
    });

    test('a room that is joined comes back on another device, and one that is left does not', async () => {
      const ada = await person(2);
      const room = `tea-${randomUUID().slice(0, 8)}`;
      await ask(first(ada), { action: 'join', room: room.toUpperCase(), create: true }, 'joined');
      await ada.devices[1]?.awaits('joined, by the other device', (heard) =>
        heard.find((frame) => frame.type === 'joined' && frame.room === room),
      );
      expect((await device(ada.secret)).welcome.heads).toHaveProperty(room, 0);
      await ask(first(ada), { action: 'leave', room }, 'left');
      expect((await device(ada.secret)).welcome.heads).not.toHaveProperty(room);
    });

    test('a private room tells its owner so on each device, when it is joined and in each welcome', async () => {
      const [ada, bob] = await Promise.all([person(2), person()]);
      const room = `den-${randomUUID().slice(0, 8)}`;
      const made = { action: 'join', room, create: true, visibility: 'private' };
      const told = { type: 'joined', room, visibility: 'private', role: 'owner' };
      expect(await ask(first(ada), made, 'joined')).toMatchObject(told);
      const elsewhere = await ada.devices[1]?.awaits('joined, by the other device', (heard) =>
        heard.find((frame) => frame.type === 'joined' && frame.room === room),
      );
      expect(elsewhere).toEqual(told);
      expect((await device(ada.secret)).welcome.private).toEqual({ [room]: 'owner' });
      await ask(first(ada), { action: 'invite', room, userId: bob.userId }, 'invited');
      const joined = await ask(first(bob), { action: 'join', room }, 'joined');
      expect(joined).toMatchObject({ role: 'member' });
      expect((await device(bob.secret)).welcome.private).toEqual({ [room]: 'member' });
    });

    test('a member who is removed hears nothing from the next message on', async () => {
      const [ada, bob, eve] = await Promise.all([person(), person(2), person()]);
      const room = `den-${randomUUID().slice(0, 8)}`;
      const made = { action: 'join', room, create: true, visibility: 'private' };
      expect(await ask(first(ada), made, 'joined')).toMatchObject({ visibility: 'private' });
      const { userId } = bob;
      await ask(first(ada), { action: 'invite', room, userId }, 'invited');
      for (const one of bob.devices) {
        const invited = await one.awaits('the invitation', (heard) =>
          heard.find(ofType('invited')),
        );
        expect(invited).toEqual({ type: 'invited', room, userId, by: ada.userId });
        expect(await ask(one, { action: 'join', room }, 'joined')).toMatchObject({ room });
      }
      const before = first(ada).says('before', { room });
      await Promise.all(bob.devices.map((one) => one.hears(before)));

      expect(await ask(first(ada), { action: 'remove', room, userId }, 'removed')).toEqual({
        type: 'removed',
        room,
        userId,
      });
      const after = first(ada).says('after', { room });
      await first(ada).hears(after);
      for (const one of bob.devices)
        await one.awaits('the removal', (heard) => heard.find(ofType('removed')));
      await settled(ada, [ada, bob, eve]);
      expect(framesOf(bob)).not.toContain(after);
      expect(framesOf(eve)).not.toContain(room);
      expect((await device(bob.secret)).welcome.heads).not.toHaveProperty(room);
    });

    test('ids of other people, rooms and messages open nothing, in any action', async () => {
      const [ada, bob, eve] = await Promise.all([person(), person(), person()]);
      const den = `den-${randomUUID().slice(0, 8)}`;
      await ask(
        first(ada),
        { action: 'join', room: den, create: true, visibility: 'private' },
        'joined',
      );
      const words = `secret ${randomUUID()}`;
      const messageId = first(ada).says(words, { room: den });
      await first(ada).hears(messageId);
      const direct = first(ada).says(words, { to: bob.userId });
      const { room: dm } = await first(bob).hears(direct);
      const message = 'mine now';
      for (const room of [den, dm]) {
        const { client } = await device(eve.secret, ['lobby', room]);
        for (const frame of [
          { action: 'history', room },
          { action: 'history', room, ranges: [[1, 1]] },
          { action: 'history', room, before: 2, limit: 1 },
          { action: 'history', room: room.toUpperCase(), ranges: [[1, 100]] },
          { action: 'members', room },
          { action: 'typing', room, on: true },
          { action: 'typing', room, on: true, userId: ada.userId },
          { action: 'sendmessage', room, message, messageId: randomUUID() },
          { action: 'sendmessage', room, message, messageId },
          { action: 'sendmessage', room, message, userId: ada.userId, connectionId: 'x' },
          { action: 'sendmessage', to: dm, message },
          { action: 'join', room },
          { action: 'join', room, create: true, visibility: 'private' },
          { action: 'invite', room, userId: eve.userId },
          { action: 'invite', room, userId: bob.userId, by: ada.userId },
          { action: 'remove', room, userId: ada.userId },
          { action: 'leave', room, userId: ada.userId },
        ]) {
          const answer = await ask(client, frame, ANSWERS[frame.action] ?? 'left');
          if (frame.action !== 'leave') expect([frame, answer.type]).toEqual([frame, 'error']);
        }
        const pong = await ask(client, { action: 'ping', rooms: [room] }, 'pong');
        expect(pong).not.toHaveProperty(['heads', room]);
        expect(pong).not.toHaveProperty(['present', room]);
        expect(JSON.stringify(client.heard)).not.toContain(words);
      }
      // Nobody was told that somebody writes, or is there, who has no business there.
      const others = framesOf(ada) + framesOf(bob);
      expect(others).not.toMatch(/"type":"typing"/);
      first(eve).says('lobby', { messageId });
      await first(eve).hears(messageId);
      expect(await ask(first(ada), { action: 'history', room: den }, 'history')).toMatchObject({
        items: [{ messageId, message: words, userId: ada.userId }],
      });
    });
  });
}
