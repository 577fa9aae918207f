// More than five connections of one user: the newcomer is let in, and the oldest is ended, ghosts before the living.

import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import type { ClientReplaced } from '../../../shared/src/events.ts';
import { startAws, type TestAws } from '../../../tests/product/aws.ts';
import { type Person, person, type Routes } from '../../../tests/product/people.ts';

let aws: TestAws;
let routes: Routes;

beforeAll(async () => {
  aws = await startAws('ConnectFunction', 'HelloFunction', 'PingFunction');
  routes = {
    connect: (await import('../routes/connect.ts')).handler,
    hello: await import('../routes/hello.ts'),
    ping: await import('../routes/ping.ts'),
  };
});
afterAll(() => aws.stop());
beforeEach(() => aws.reset());
afterEach(() => {
  jest.restoreAllMocks();
});

const ended = () =>
  aws.entries
    .filter(({ DetailType }) => DetailType === 'ClientReplaced')
    .map(({ Detail }) => JSON.parse(Detail) as ClientReplaced);
const rowOf = async (connectionId: string) =>
  (await aws.rows(aws.tables.connections)).find(({ pk }) => pk?.S === `connection#${connectionId}`);

/** Somebody on so many devices, the first of which spoke first. */
async function onDevices(many: number, fields: Record<string, unknown> = {}): Promise<Person> {
  const ada = await person(routes, 'Ada', fields);
  for (let at = 1; at < many; at += 1) await ada.enters(fields);
  return ada;
}

test('five devices of one user live side by side', async () => {
  await onDevices(5);
  expect(ended()).toEqual([]);
});

test('the sixth is welcome, and the oldest is ended, however much it says', async () => {
  const ada = await onDevices(5);
  for (let n = 0; n < 5; n += 1) await ada.says('ping', { n }, 0);
  expect(await ada.enters()).toMatchObject({ type: 'welcome' });
  expect(ended().map(({ connectionId }) => connectionId)).toEqual([ada.connection(0)]);
});

test('who is ended hears an epoch above its own, so that it stays away until its user acts', async () => {
  const ada = await person(routes, 'Ada', { epoch: 4_711 });
  for (let at = 1; at < 6; at += 1) await ada.enters();
  expect(ended()).toMatchObject([{ connectionId: ada.connection(0), epoch: 4_712 }]);
});

test('a ghost goes before any device that lives, though it came last', async () => {
  const ada = await onDevices(5);
  const ghost = ada.connection(4);
  const row = await rowOf(ghost);
  await aws.put(aws.tables.connections, { ...row, fullAt: { N: '1' } });
  await ada.enters();
  expect(ended().map(({ connectionId }) => connectionId)).toEqual([ghost]);
});

test('rows that have run out, or whose owner is lost, count for nothing', async () => {
  const ada = await onDevices(5);
  await aws.put(aws.tables.connections, {
    ...(await rowOf(ada.connection(0))),
    expiresAt: { N: '1' },
  });
  await aws.put(aws.tables.connections, {
    ...{ pk: { S: `topic#user:${ada.userId}#0` }, sk: { S: 'nobody=' } },
    expiresAt: { N: '9999999999' },
  });
  await ada.enters();
  expect(ended()).toEqual([]);
});

test('a client that comes again on five devices replaces itself, and nobody else', async () => {
  const ada = await onDevices(5);
  await ada.enters({ clientId: 'client-Ada-2', epoch: 9 });
  expect(ended().map(({ connectionId }) => connectionId)).toEqual([ada.connection(2)]);
});

test('two clients that come again before the older of either is gone replace themselves, and nobody else', async () => {
  const ada = await onDevices(5);
  const again = (device: number) => ada.enters({ clientId: `client-Ada-${device}`, epoch: 9 });
  await Promise.all([again(3), again(4)]);
  const older = [ada.connection(3), ada.connection(4)];
  expect(ended().map(({ connectionId }) => connectionId)).toEqual(expect.arrayContaining(older));
  expect(ended()).toHaveLength(2);
  await ada.enters();
  expect(ended().map(({ connectionId }) => connectionId)).toContain(ada.connection(0));
  expect(ended()).toHaveLength(3);
});

test('of others nobody is ended', async () => {
  await onDevices(5);
  await person(routes, 'Bob');
  expect(ended()).toEqual([]);
});

test('nine that come at once end the four oldest among them, and five live', async () => {
  const ada = await person(routes, 'Ada');
  await Promise.all(Array.from({ length: 8 }, () => ada.enters()));
  const age = new Map(
    (await aws.rows(aws.tables.connections)).flatMap(({ pk, greetedAt }) =>
      greetedAt === undefined ? [] : [[pk?.S?.slice('connection#'.length), Number(greetedAt.N)]],
    ),
  );
  const gone = new Set(ended().map(({ connectionId }) => connectionId));
  expect(gone.size).toBe(4);
  const stay = [...age].filter(([id]) => !gone.has(id ?? '')).map(([, at]) => at);
  for (const id of gone) expect(age.get(id)).toBeLessThanOrEqual(Math.min(...stay));
});

test('a bus that takes no end costs the newcomer nothing', async () => {
  const ada = await onDevices(5, { rooms: [] });
  const logged = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  aws.script.events = () => ({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'Throttled' }] });
  expect(await ada.enters({ rooms: [] })).toMatchObject({ type: 'welcome' });
  expect(logged).not.toHaveBeenCalled();
});
