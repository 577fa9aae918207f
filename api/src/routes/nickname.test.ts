// nickname: the change reaches every device and roster of its user, and the bus; a taken one is refused with another that works.

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { NicknameChanged } from '../../../shared/src/events.ts';
import type { ErrorFrame } from '../../../shared/src/protocol/errors.ts';
import type { Nickname, Welcome } from '../../../shared/src/protocol/frames.ts';
import { LIMITS } from '../../../shared/src/protocol/limits.ts';
import { directRoom } from '../../../shared/src/rules/direct-room.ts';
import { foldLookalikes } from '../../../shared/src/rules/lookalikes.ts';
import { startAws, type TestAws } from '../../../tests/product/aws.ts';
import { type Person, person, type Routes } from '../../../tests/product/people.ts';
import { context, frameIn, handshake, routeEvent } from '../../../tests/product/sample.ts';

let aws: TestAws;
let routes: Routes;
let connect: typeof import('./connect.ts').handler;

beforeAll(async () => {
  aws = await startAws('ConnectFunction', 'HelloFunction', 'JoinFunction', 'NicknameFunction');
  ({ handler: connect } = await import('./connect.ts'));
  routes = {
    connect,
    hello: await import('./hello.ts'),
    join: await import('./join.ts'),
    nickname: await import('./nickname.ts'),
  };
});
afterAll(() => aws.stop());
beforeEach(() => aws.reset());

const rows = async (prefix: string) =>
  (await aws.rows(aws.tables.connections)).filter(({ pk }) => pk?.S?.startsWith(prefix));
/** What the user's connections and roster entries are called. */
const called = async ({ userId }: Person) => [
  ...(await rows('connection#'))
    .filter((row) => row.userId?.S === userId)
    .map(({ nickname }) => nickname?.S),
  ...(await rows('roster#'))
    .filter(({ sk }) => sk?.S?.startsWith(`${userId}#`))
    .map(({ nickname }) => nickname?.S),
];
const owners = async () =>
  Object.fromEntries(
    (await rows('nickname#')).map(({ pk, userId }) => [pk?.S?.slice(9), userId?.S]),
  );
const changes = () =>
  aws.entries
    .filter(({ DetailType }) => DetailType === 'NicknameChanged')
    .map(({ Detail }) => JSON.parse(Detail) as NicknameChanged);

test('is answered, and is what every device and every roster has, and the old one is free', async () => {
  const ada = await person(routes, 'Ada');
  await ada.enters({ rooms: ['lobby', 'tea'] });
  const answer = await ada.says('nickname', { nickname: '  Ada   Byron ' });
  expect(answer).toEqual({
    ...{ type: 'nickname', userId: ada.userId, nickname: 'Ada Byron' },
    at: expect.stringMatching(/Z$/),
  });
  expect(await called(ada)).toEqual(Array.from({ length: 5 }, () => 'Ada Byron'));
  expect(await owners()).toEqual({ 'ada-byron': ada.userId });
});

test('is said on the bus once: to all who share a room, and to the other devices', async () => {
  const ada = await person(routes, 'Ada');
  await ada.enters({ rooms: ['tea'] });
  await ada.says('nickname', { nickname: 'Countess' });
  const [change, ...more] = changes();
  expect(more).toEqual([]);
  expect(change?.topics.toSorted()).toEqual(['room:lobby', 'room:tea', `user:${ada.userId}`]);
  expect(change?.frame).toMatchObject({ userId: ada.userId, nickname: 'Countess' });
});

test('is told to whom the user has written, and not to who only wrote to them', async () => {
  const [ada, bob, eve] = [
    await person(routes, 'Ada'),
    await person(routes, 'Bob'),
    await person(routes, 'Eve'),
  ];
  const { recordDirectMessage } = await import('../../../shared/src/store/conversations.ts');
  await recordDirectMessage(ada.userId, bob.userId, directRoom(ada.userId, bob.userId));
  await recordDirectMessage(eve.userId, ada.userId, directRoom(ada.userId, eve.userId));
  await ada.says('nickname', { nickname: 'Countess' });
  const users = [`user:${ada.userId}`, `user:${bob.userId}`];
  expect(changes()[0]?.topics).toEqual([...users, 'room:lobby']);
});

test.each([
  ['told to no crowd, which is shown as a number', 100, 0],
  ['told to no crowd that stands behind ghosts', 100, 200],
])('is %s', async (_, living, ghosts) => {
  const ada = await person(routes, 'Ada', { rooms: ['lobby', 'full'] });
  for (let at = 0; at < living + ghosts; at += 1)
    await aws.put(aws.tables.connections, {
      ...{ pk: { S: 'roster#full' }, sk: { S: `u_${at < ghosts ? '0' : '1'}${at}#c${at}` } },
      leaseUntil: { S: at < ghosts ? '2020-01-01T00:00:00.000Z' : '2999-01-01T00:00:00.000Z' },
    });
  await ada.says('nickname', { nickname: 'Countess' });
  expect(changes()[0]?.topics).toEqual([`user:${ada.userId}`, 'room:lobby']);
});

test("that is another's, or looks like it, is refused with one like it that works", async () => {
  await person(routes, 'Ada');
  const bob = await person(routes, 'Bob');
  for (const nickname of ['Ada', 'АDA', 'Ａda']) {
    const refused = (await bob.says('nickname', { nickname })) as ErrorFrame;
    expect(refused).toMatchObject({ code: 'NicknameTaken', retry: false, ref: null });
    expect(refused.suggestion).toMatch(/-\d{4}$/);
    expect(foldLookalikes(refused.suggestion ?? '')).toMatch(/^ada-/);
    const { suggestion: asked } = refused;
    expect(await bob.says('nickname', { nickname: asked })).toMatchObject({ nickname: asked });
  }
});

test('that is refused changes nothing and is told to nobody', async () => {
  await person(routes, 'Ada');
  const bob = await person(routes, 'Bob');
  await bob.says('nickname', { nickname: 'Ada' });
  expect(await called(bob)).toEqual(['Bob', 'Bob']);
  expect(changes()).toEqual([]);
});

test('of a guest is given, not asked for, though nobody has it', async () => {
  const ada = await person(routes, 'Ada');
  expect(await ada.says('nickname', { nickname: 'Guest-ffff' })).toMatchObject({
    code: 'NicknameTaken',
    suggestion: expect.stringMatching(/^somebody-\d{4}$/),
  });
});

test('of an identity that ends with its socket is not kept for it', async () => {
  await connect(handshake('plain=', {}), context());
  const event = routeEvent('nickname', { connectionId: 'plain=' });
  const { handler } = await import('./nickname.ts');
  expect(frameIn(await handler(event, context()))).toMatchObject({ code: 'HelloFirst' });
  expect(await owners()).toEqual({});
});

test.each([
  ['nothing', undefined],
  ['no text', 7],
  ['nothing to see', '\u200d\u3164'],
  ['a mark on nothing', '\u00b4'],
  ['a turned line', 'a\u202eb'],
  ['10,000 letters', 'x'.repeat(10_000)],
])('%s is none', async (_, nickname) => {
  const ada = await person(routes, 'Ada');
  expect(await ada.says('nickname', { nickname })).toMatchObject({ code: 'BadField' });
  expect(await called(ada)).toEqual(['Ada', 'Ada']);
});

test.each(['__proto__', 'constructor', 'toString', '<b>', '"; drop', '{"S":"x"}'])(
  '%s is one like any other',
  async (nickname) => {
    const ada = await person(routes, 'Ada');
    expect(await ada.says('nickname', { nickname })).toMatchObject({ type: 'nickname', nickname });
    expect(await called(ada)).toEqual([nickname, nickname]);
  },
);

test('a connection that has ended meanwhile is not written back to life', async () => {
  const ada = await person(routes, 'Ada');
  await ada.enters();
  aws.hold = async (action, input) => {
    const { UpdateExpression = '' } = input as { UpdateExpression?: string };
    if (action !== 'UpdateItem' || !UpdateExpression.startsWith('SET nickname')) return;
    aws.hold = undefined;
    const { deleteConnection } = await import('../../../shared/src/store/connections.ts');
    await deleteConnection(ada.connection(1));
  };
  await ada.says('nickname', { nickname: 'Countess' });
  expect(await called(ada)).toEqual(['Countess', 'Countess']);
});

test('a hello by another name renames the other devices too, and is told', async () => {
  const ada = await person(routes, 'Ada');
  await ada.enters({ nickname: 'Countess' });
  expect(new Set(await called(ada))).toEqual(new Set(['Countess']));
  expect(changes().map(({ frame }) => frame.nickname)).toEqual(['Countess']);
});

test('a hello without a name, or by the same, changes nothing and tells nobody', async () => {
  const ada = await person(routes, 'Ada');
  expect(((await ada.enters({ nickname: undefined })) as Welcome).nickname).toBe('Ada');
  await ada.enters();
  expect(changes()).toEqual([]);
});

test('of thirty unused days is free: who comes back after them goes by one like it, on every device', async () => {
  const ada = await person(routes, 'Ada');
  const bob = await person(routes, 'Bob');
  const [claim] = await rows('nickname#ada');
  await aws.put(aws.tables.connections, { ...claim, expiresAt: { N: '1' } });
  const [held] = (await rows(`user#${ada.userId}`)).filter(({ sk }) => sk?.S === 'nickname');
  await aws.put(aws.tables.connections, { ...held, claimedAt: { N: '1' } });
  expect(await bob.says('nickname', { nickname: 'Ada' })).toMatchObject({ nickname: 'Ada' });
  const welcome = (await ada.enters({ nickname: undefined })) as Welcome;
  expect(welcome.nickname).toMatch(/^Ada-\d{4}$/);
  expect(new Set(await called(ada))).toEqual(new Set([welcome.nickname]));
  expect(changes().at(-1)?.frame).toMatchObject({
    userId: ada.userId,
    ...{ nickname: welcome.nickname },
  });
});

test('two devices that change at once end with one name, on both, and only that one is reserved', async () => {
  for (let round = 0; round < 8; round += 1) {
    await aws.reset();
    const ada = await person(routes, 'Ada');
    await ada.enters();
    const answers = (await Promise.all(
      ['Countess', 'Byron'].map((nickname, device) => ada.says('nickname', { nickname }, device)),
    )) as Nickname[];
    expect(answers.map(({ nickname }) => nickname)).toEqual(['Countess', 'Byron']);
    const names = new Set(await called(ada));
    expect(names.size).toBe(1);
    const [name = ''] = names;
    expect((await owners())[foldLookalikes(name)]).toBe(ada.userId);
    expect(changes().at(-1)?.frame.nickname).toBe(name);
  }
});

test('a change while another device says hello leaves both with the same name', async () => {
  for (let round = 0; round < 8; round += 1) {
    await aws.reset();
    const ada = await person(routes, 'Ada');
    await Promise.all([
      ada.says('nickname', { nickname: 'Countess' }),
      ada.enters({ nickname: undefined }),
    ]);
    const names = new Set(await called(ada));
    expect([...names]).toEqual(['Countess']);
  }
});

test('I14: of twelve who change to lookalikes of one name at once, exactly one has it', async () => {
  const people: Person[] = [];
  for (let at = 0; at < 12; at += 1) people.push(await person(routes, `p${at}`));
  const forms = ['Eve', 'EVE', 'Еve', 'E\u200dve'];
  const answers = await Promise.all(
    people.map((one, at) => one.says('nickname', { nickname: forms[at % 4] })),
  );
  const winner = answers.findIndex(({ type }) => type === 'nickname');
  expect(answers.filter(({ type }) => type === 'nickname')).toHaveLength(1);
  expect((await owners()).eve).toBe(people[winner]?.userId);
  expect(
    answers.filter((answer) => 'code' in answer && answer.code === 'NicknameTaken'),
  ).toHaveLength(11);
});

test('a name that is given up while somebody else asks for it has one owner after it', async () => {
  for (let round = 0; round < 8; round += 1) {
    await aws.reset();
    const ada = await person(routes, 'Ada');
    const bob = await person(routes, 'Bob');
    const [, got] = await Promise.all([
      ada.says('nickname', { nickname: 'Countess' }),
      bob.says('nickname', { nickname: 'Ada' }),
    ]);
    const has = got.type === 'nickname';
    expect(await owners()).toEqual({
      countess: ada.userId,
      ...(has ? { ada: bob.userId } : { bob: bob.userId }),
    });
    expect(new Set(await called(bob))).toEqual(new Set([has ? 'Ada' : 'Bob']));
  }
});

test('is written to no row that is another user’s', async () => {
  const { readConnection } = await import('../../../shared/src/store/connections.ts');
  const { renameConnection } = await import('../../../shared/src/store/connection-nicknames.ts');
  const ada = await person(routes, 'Ada');
  const row = await readConnection(ada.connection());
  if (row === undefined) throw new Error('Ada is not there');
  await renameConnection({ ...row, userId: 'u_another' }, 'Eve');
  expect(await readConnection(ada.connection())).toMatchObject({
    nickname: 'Ada',
    revision: row.revision,
  });
});

test.each(['admin', 'Support-2', 'ѕystem'])('%s is nobody’s to take', async (nickname) => {
  const ada = await person(routes, 'Ada');
  const refused = await ada.says('nickname', { nickname });
  expect(refused).toMatchObject({
    code: 'NicknameTaken',
    suggestion: expect.stringMatching(/^somebody-/),
  });
  expect(await called(ada)).not.toContain(nickname);
});

test('is refused to a user who changes it too often, on whatever connection, and told to nobody', async () => {
  const ada = await person(routes, 'Ada');
  for (let at = 1; at <= LIMITS.renames; at += 1)
    expect(await ada.says('nickname', { nickname: `Ada ${at}0` })).toMatchObject({
      type: 'nickname',
    });
  aws.entries.length = 0;
  expect(await ada.says('nickname', { nickname: 'Ada Late' })).toMatchObject({
    ...{ code: 'TooManyRenames', retry: false },
  });
  const again = await ada.enters({ nickname: 'Ada Late' });
  expect(again).toMatchObject({ type: 'welcome', nickname: `Ada ${LIMITS.renames}0` });
  expect(changes()).toEqual([]);
});
