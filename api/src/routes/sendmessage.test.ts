// Saying something: the event that stands on the bus, and what its sender is told.

import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { MessageSent } from '../../../shared/src/events.ts';
import { startAws, type TestAws } from '../../../tests/product/aws.ts';
import {
  context,
  frameIn,
  handshake,
  helloEvent,
  routeEvent,
  sample,
} from '../../../tests/product/sample.ts';
import { guestOfSecret } from '../guest.ts';

const V1 = { 'Sec-WebSocket-Protocol': 'chat.v1' };
const ME = 'c1=';
const { secret } = JSON.parse(routeEvent('hello').body ?? '') as { secret: string };
const me = { ...guestOfSecret(secret), nickname: 'Ada' };
const { messageId } = JSON.parse(routeEvent('sendmessage').body ?? '') as { messageId: string };
const logged = jest.spyOn(console, 'error').mockImplementation(() => undefined);

let aws: TestAws;
let connect: typeof import('./connect.ts').handler;
let hello: typeof import('./hello.ts').handler;
let handler: typeof import('./sendmessage.ts').handler;
let senderTag: typeof import('./sendmessage.ts').senderTag;

beforeAll(async () => {
  aws = await startAws('ConnectFunction', 'HelloFunction', 'SendmessageFunction');
  // So much that only a room whose bucket is set is above it.
  process.env.ROOM_MESSAGES_PER_SECOND = '1000';
  ({ handler: connect } = await import('./connect.ts'));
  ({ handler: hello } = await import('./hello.ts'));
  ({ handler, senderTag } = await import('./sendmessage.ts'));
});
afterAll(() => aws.stop());
beforeEach(async () => {
  logged.mockClear();
  await aws.reset();
  await connect(handshake(ME, V1), context());
  await hello(helloEvent(ME), context());
  aws.entries.length = 0;
});

const send = async (body?: unknown, connectionId = ME) =>
  frameIn(await handler(routeEvent('sendmessage', { connectionId, body }), context()));
const say = (fields: Record<string, unknown>) => send({ action: 'sendmessage', ...fields });
const details = () => aws.entries.map(({ Detail }) => JSON.parse(Detail) as MessageSent);

describe('what was said', () => {
  test('stands on the bus as the catalogue has it, and its sender hears that it does', async () => {
    const before = Date.now();
    expect(await send()).toEqual({ type: 'accepted', messageId });
    expect(aws.entries).toMatchObject([
      { Source: 'chat.api', DetailType: 'MessageSent', EventBusName: aws.bus },
    ]);
    const [detail] = details();
    const { detail: catalogued } = sample<{ detail: MessageSent }>(
      'workflows/events/MessageSent.json',
    );
    expect(Object.keys(detail ?? {}).sort()).toEqual(Object.keys(catalogued).sort());
    expect(detail).toMatchObject({
      messageId,
      room: 'lobby',
      topics: ['room:lobby'],
      ...me,
      text: 'Hello, everybody!',
      bodyHash: catalogued.bodyHash,
      keepUntil: 0,
      senderTag: senderTag(ME),
    });
    const sentAt = Date.parse(detail?.sentAt ?? '');
    expect(sentAt).toBeGreaterThanOrEqual(before);
    expect(sentAt).toBeLessThanOrEqual(Date.now());
    expect(detail?.claimUntil).toBe(Math.floor(sentAt / 1000) + 7 * 24 * 60 * 60);
  });

  test('names its connection by a tag that is stable and tells nobody the id', async () => {
    await say({ message: 'one' });
    await say({ message: 'two' });
    const [one, two] = details();
    expect(one?.senderTag).toMatch(/^[\w-]{16}$/);
    expect(two?.senderTag).toBe(one?.senderTag);
    expect(senderTag('other=')).not.toBe(one?.senderTag);
    expect(JSON.stringify(aws.entries)).not.toContain(ME);
  });

  test('is said by the connection, whatever the frame claims', async () => {
    await say({ message: 'hi', userId: 'guest-somebody', nickname: 'Admin', connectionId: 'c9=' });
    expect(details()).toMatchObject([{ ...me, senderTag: senderTag(ME) }]);
  });

  test('goes to the lobby and gets an id from the server where the frame names neither', async () => {
    const answer = await say({ message: 'hi' });
    const [detail] = details();
    expect(detail?.room).toBe('lobby');
    expect(detail?.messageId).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer).toEqual({ type: 'accepted', messageId: detail?.messageId });
  });

  test('hashes to the same only for the same words in the same room', async () => {
    const { bodyHashOf } = await hashes();
    expect(await bodyHashOf('lobby', 'one')).toBe(await bodyHashOf('lobby', 'one'));
    expect(await bodyHashOf('lobby', 'one')).not.toBe(await bodyHashOf('lobby', 'two'));
    expect(await bodyHashOf('a', 'bc')).not.toBe(await bodyHashOf('ab', 'c'));
  });

  /** Whoever is in the rooms `a`, `ab` and the lobby, and what its messages hash to. */
  async function hashes() {
    const row = (await aws.rows(aws.tables.connections)).find(({ sk }) => sk?.S === 'connection');
    const rooms = ['lobby', 'a', 'ab'].map((room) => ({ topic: `room:${room}`, shard: 0 }));
    await aws.put(aws.tables.connections, { ...row, subscriptions: { S: JSON.stringify(rooms) } });
    const bodyHashOf = async (room: string, message: string) => {
      await say({ room, message });
      return details().at(-1)?.bodyHash;
    };
    return { bodyHashOf };
  }
});

describe('to somebody', () => {
  const theirs = 'b'.repeat(43);
  const to = guestOfSecret(theirs).userId;
  const room = [me.userId, to].sort().join(':');

  test('goes to the two and nobody else, and both find its room from then on', async () => {
    await connect(handshake('c2=', V1), context());
    await hello(helloEvent('c2=', { secret: theirs, clientId: 'client-two' }), context());
    aws.entries.length = 0;
    expect(await say({ messageId, to, message: 'psst' })).toMatchObject({ type: 'accepted' });
    const topics = [`user:${me.userId}`, `user:${to}`].sort();
    expect(details()).toMatchObject([{ room: `dm:${room}`, topics, ...me }]);
    const { readConversations } = await import('../../../shared/src/store/conversations.ts');
    for (const userId of [me.userId, to])
      expect((await readConversations(userId, true)).rooms).toEqual([`dm:${room}`]);
  });

  test.each([
    ['oneself', { to: me.userId }, 'BadField'],
    ['nobody', { to: '' }, 'BadField'],
    ['a topic', { to: 'a#0' }, 'BadField'],
    ['two who are others, by the room', { room: 'dm:u_a:u_b' }, 'BadField'],
    ['one’s own direct room, by the room', { room: `dm:${room}` }, 'BadField'],
  ])('%s is refused', async (_, fields, code) => {
    expect(await say({ messageId, ...fields, message: 'psst' })).toMatchObject({ code });
    expect(aws.entries).toEqual([]);
  });
});

describe('a plain client', () => {
  beforeEach(() => connect(handshake('plain=', {}), context()));

  test('is not told that the bus has it: it hears the message itself', async () => {
    expect(await send({ action: 'sendmessage', message: 'hi' }, 'plain=')).toBeUndefined();
    expect(details()).toMatchObject([{ text: 'hi', senderTag: senderTag('plain=') }]);
  });

  test('is told of its errors', async () => {
    expect(await send({ action: 'sendmessage', message: '' }, 'plain=')).toMatchObject({
      type: 'error',
      code: 'MessageEmpty',
    });
  });
});

describe('nothing stands on the bus when', () => {
  test('the sender has not said hello, which may be mended and the same id sent again', async () => {
    await connect(handshake('new=', V1), context());
    expect(await send(undefined, 'new=')).toMatchObject({
      code: 'HelloFirst',
      ref: messageId,
      retry: true,
    });
    expect(aws.entries).toEqual([]);
  });

  test('the sender is not in the room', async () => {
    expect(await say({ messageId, room: 'elsewhere', message: 'hi' })).toMatchObject({
      code: 'NotInRoom',
      ref: messageId,
      retry: false,
    });
    expect(aws.entries).toEqual([]);
  });

  test('the connection is not known (any more)', async () => {
    expect(await send(undefined, 'gone=')).toMatchObject({
      code: 'NotConnected',
      ref: messageId,
      retry: true,
    });
    expect(await send({ action: 'sendmessage', message: 'hi' }, 'gone=')).toMatchObject({
      code: 'NotConnected',
      ref: null,
    });
    expect(aws.entries).toEqual([]);
  });

  test('the frame is bad, which is only counted', async () => {
    const calls: string[] = [];
    aws.script.dynamodb = (action) => {
      calls.push(action);
      return undefined;
    };
    expect(await say({ message: 7 })).toMatchObject({ code: 'BadField' });
    expect(calls).toEqual(['UpdateItem']);
    expect(aws.entries).toEqual([]);
  });
});

describe('a failing bus', () => {
  const failed = { FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure' }] };

  test('that recovers in time is not noticed', async () => {
    const answers = [failed];
    aws.script.events = () => answers.shift();
    expect(await send()).toEqual({ type: 'accepted', messageId });
    expect(details().map((detail) => detail.messageId)).toEqual([messageId, messageId]);
  });

  test('that does not is an error about this message, which may be sent again', async () => {
    aws.script.events = () => failed;
    expect(await send()).toMatchObject({ code: 'Busy', ref: messageId, retry: true });
    expect(JSON.stringify(logged.mock.calls)).not.toContain('Hello, everybody!');
  });
});

// Last, because the sandbox remembers that the lobby is above its rate.
describe('where guests have said too much in a room', () => {
  const full = (room: string) =>
    aws.put(aws.tables.connections, {
      ...{ pk: { S: `rate#${room}` }, sk: { S: 'rate' } },
      fullAt: { N: String(Date.now() + 3_600_000) },
    });
  const wait = { code: 'RateLimited', ref: messageId, retry: true };

  test('guests and plain clients are told to wait, and the bus hears nothing', async () => {
    await connect(handshake('plain=', {}), context());
    await full('lobby');
    expect(await say({ messageId, message: 'hi' })).toMatchObject(wait);
    const body = { action: 'sendmessage', messageId, message: 'hi' };
    expect(await send(body, 'plain=')).toMatchObject(wait);
    expect(aws.entries).toEqual([]);
  });

  test('people who signed in go on', async () => {
    await full('lobby');
    const [row] = (await aws.rows(aws.tables.connections)).filter(({ userId }) => userId?.S);
    const authExpiresAt = { N: String(Math.ceil(Date.now() / 1000) + 60) };
    await aws.put(aws.tables.connections, { ...row, authExpiresAt });
    expect(await say({ messageId, message: 'hi' })).toMatchObject({ type: 'accepted' });
  });

  test('two people talk on', async () => {
    await connect(handshake('c2=', V1), context());
    const secret = 'b'.repeat(43);
    await hello(helloEvent('c2=', { secret, clientId: 'client-two' }), context());
    const to = guestOfSecret(secret).userId;
    await full(`dm:${[me.userId, to].sort().join(':')}`);
    expect(await say({ messageId, to, message: 'hi' })).toMatchObject({ type: 'accepted' });
  });
});
