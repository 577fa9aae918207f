// Typing: one event with the frame in it, for the room or for the one partner, in the name of the connection.

import { afterAll, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { startAws, type TestAws } from '../../../tests/product/aws.ts';
import { context, frameIn, routeEvent } from '../../../tests/product/sample.ts';

let aws: TestAws;
let handler: typeof import('./typing.ts').handler;

beforeAll(async () => {
  aws = await startAws('ConnectFunction', 'TypingFunction');
  Object.assign(process.env, { MESSAGE_BURST: '10', MESSAGES_PER_SECOND: '2' });
  ({ handler } = await import('./typing.ts'));
});
afterAll(() => aws.stop());
const greet = async () => {
  const { createConnection } = await import('../../../shared/src/store/connections.ts');
  const subscriptions = [{ topic: 'room:lobby', shard: 0 }];
  const me = { userId: 'u_me', nickname: 'Ada', clientId: 'client-1', protocol: 'v1' as const };
  await createConnection({ ...me, connectionId: 'c1=', subscriptions });
};
beforeEach(async () => {
  await aws.reset();
  await greet();
});

const types = async (fields: object) =>
  frameIn(
    await handler(
      routeEvent('typing', { connectionId: 'c1=', body: { action: 'typing', ...fields } }),
      context(),
    ),
  );
const told = () => aws.entries.map(({ Detail }) => JSON.parse(Detail));

test('goes to the room in the name of the connection, whatever the frame claims, and is not answered', async () => {
  expect(await types({ room: 'lobby', on: true, userId: 'u_other' })).toBeUndefined();
  const frame = { type: 'typing', room: 'lobby', userId: 'u_me', nickname: 'Ada', on: true };
  const until = expect.any(Number);
  expect(told()).toEqual([{ topics: ['room:lobby'], frame, until }]);
  expect(told()[0].until).toBeGreaterThan(Date.now());
});

test('in a direct room goes to the partner alone, and only once both have spoken there', async () => {
  const { recordDirectMessage } = await import('../../../shared/src/store/conversations.ts');
  const room = 'dm:u_bob:u_me';
  const says = async () => expect(await types({ room, on: false })).toBeUndefined();
  await says();
  await recordDirectMessage('u_me', 'u_bob', room);
  await says();
  expect(told()).toEqual([]);
  await aws.reset();
  await greet();
  await recordDirectMessage('u_bob', 'u_me', room);
  await says();
  expect(told()).toEqual([]);
  await recordDirectMessage('u_me', 'u_bob', room);
  await says();
  expect(told()).toMatchObject([{ topics: ['user:u_bob'], frame: { on: false } }]);
});

test('in a direct room is not looked up again where both have spoken', async () => {
  const { recordDirectMessage } = await import('../../../shared/src/store/conversations.ts');
  const room = 'dm:u_eve:u_me';
  await recordDirectMessage('u_me', 'u_eve', room);
  await recordDirectMessage('u_eve', 'u_me', room);
  const looks = async () => {
    let reads = 0;
    aws.script.dynamodb = (action) => {
      reads += action === 'GetItem' ? 1 : 0;
      return undefined;
    };
    await types({ room, on: true });
    return reads;
  };
  expect(await looks()).toBe((await looks()) + 2);
  expect(told()).toHaveLength(2);
});

test.each(['elsewhere', 'dm:u_ann:u_bob'])(
  'in %s, which is not its own, tells nobody',
  async (room) => {
    expect(await types({ room, on: true })).toMatchObject({ code: 'NotInRoom' });
    expect(told()).toEqual([]);
  },
);

test('is tried once, and lost without a word to its sender where the bus is busy', async () => {
  const logged = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  aws.script.events = () => ({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'Throttling' }] });
  expect(await types({ room: 'lobby', on: true })).toBeUndefined();
  expect(aws.entries).toHaveLength(1);
  expect(logged).toHaveBeenCalledWith({
    message: 'a best-effort event was lost',
    event: 'Typing',
    failure: 'Throttling',
  });
  logged.mockRestore();
});

test('is a token of the bucket that messages are from, so that it is no flood', async () => {
  let told = 0;
  for (let frame = 0; frame < 40; frame += 1)
    told += (await types({ room: 'lobby', on: true })) === undefined ? 1 : 0;
  expect(await types({ room: 'lobby', on: true })).toMatchObject({ code: 'RateLimited' });
  expect(aws.entries).toHaveLength(told);
  expect(told).toBeLessThan(30);
});

test('without on is a bad field', async () => {
  expect(await types({ room: 'lobby' })).toMatchObject({ code: 'BadField' });
});
