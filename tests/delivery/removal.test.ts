// Every interleaving of a removal with what the removed says, at the granularity of single DynamoDB calls, over the real routes (I8).
//
// Two who act at once are searched in full: every order of their calls, each state once. Three are walked at random, by a seed.
import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { readPlan } from '../../local/cloudformation/read-plan.ts';
import type { Aws } from '../../local/endpoint/aws.ts';
import { AwsError } from '../../local/endpoint/aws-error.ts';
import type { Action, ServerFrame } from '../../shared/src/protocol/frames.ts';
import { seededChance } from '../front/chance.ts';
import { frameIn, handshake, routeEvent } from '../product/sample.ts';
import { perform } from './dynamodb-model.ts';
import type { Program } from './script.ts';
import { type Found, type Player, type Rules, type State, search, wander } from './search.ts';
import type { Reply, Tables } from './tables-model.ts';

const ROOM = 'den';
const TOPIC = `room:${ROOM}`;
const NOW = Date.parse('2026-01-01T10:00:00.000Z');
const SEED = Number(process.env.DELIVERY_SEED ?? 1);
const WALKS = 10;

type Handler = (event: never, context: never) => Promise<unknown>;
type Perform = (tables: Tables, action: string, input: unknown) => [Tables, Reply];
interface Command {
  constructor: { name: string };
  input: Record<string, unknown>;
}
interface Caller {
  aws: Aws;
  name: string;
  ids: number;
}

/** Who makes a call: the SDK's clients are one for all. */
const caller = new AsyncLocalStorage<Caller>();
/** The same program makes the same calls for the same answers: what chance would give comes from who calls. */
jest.unstable_mockModule('node:crypto', () => {
  const real = jest.requireActual<typeof import('node:crypto')>('node:crypto');
  const randomUUID = () => {
    const who = caller.getStore();
    if (who === undefined) return real.randomUUID();
    who.ids += 1;
    return `${who.name}-${who.ids}`;
  };
  return { ...real, default: real, randomUUID };
});

const RealDate = Date;
/** Time stands still for those who act, and for nobody else. */
globalThis.Date = class extends RealDate {
  constructor(...given: [] | [string | number]) {
    if (given.length > 0) super(...(given as [string]));
    else super(caller.getStore() === undefined ? RealDate.now() : NOW);
  }
  static override now = () => (caller.getStore() === undefined ? RealDate.now() : NOW);
} as DateConstructor;

const explored: Record<string, string> = {};
const routes: Partial<Record<Action, Handler>> = {};
let connect: Handler;
let readSubscribers: typeof import('../../shared/src/store/connections.ts').readSubscribers;
let table = '';

beforeAll(async () => {
  const plan = readPlan(join(import.meta.dirname, '../..'), {
    ...{ stage: 'dev', awsEndpoint: 'http://127.0.0.1:1' },
    parameters: { AllowedOrigins: '*' },
  });
  for (const { environment } of plan.functions) Object.assign(process.env, environment);
  process.env.AWS_REGION = plan.region;
  // A bucket that is full again at once: what a sandbox remembers of it changes no call.
  Object.assign(process.env, { MESSAGES_PER_SECOND: '1e9', MESSAGE_BURST: '1000' });
  table = process.env.CONNECTIONS_TABLE ?? '';
  Math.random = () => 0;
  // Plain functions: a spy would remember every call of millions.
  console.error = () => undefined;
  console.warn = () => undefined;
  for (const [service, client] of [
    ['dynamodb', DynamoDBClient],
    ['events', EventBridgeClient],
  ] as const)
    client.prototype.send = (async (command: Command) => {
      const action = command.constructor.name.replace(/Command$/, '');
      try {
        return await caller.getStore()?.aws.call(service, action, command.input);
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        if (error.code !== 'ConditionalCheckFailedException') throw error;
        throw new ConditionalCheckFailedException({ message: error.message, $metadata: {} });
      }
    }) as never;
  connect = (await import('../../api/src/routes/connect.ts')).handler as Handler;
  for (const action of ['hello', 'join', 'leave', 'invite', 'remove', 'ping', 'history'] as const)
    routes[action] = (await import(`../../api/src/routes/${action}.ts`)).handler as Handler;
  ({ readSubscribers } = await import('../../shared/src/store/connections.ts'));
});
afterAll(() => {
  globalThis.Date = RealDate;
  process.stdout.write(`${JSON.stringify(explored, null, 2)}\n`);
});

// --- who acts ---

const secretOf = (name: string) => createHash('sha256').update(name).digest('base64url');
const userOf = (name: string) =>
  `u_${createHash('sha256').update(secretOf(name)).digest('base64url').slice(0, 22)}`;
const BOB = userOf('bob');

const program =
  (name: string, act: () => Promise<unknown>): Program =>
  (aws) =>
    caller.run({ aws, name, ids: 0 }, act);
const says = (name: string, connectionId: string, action: Action, fields: object): Program =>
  program(name, async () => {
    const body = { action, ...fields };
    const event = routeEvent(action, { connectionId, body });
    return frameIn(await routes[action]?.(event as never, {} as never));
  });
const greets = (name: string, connectionId: string, fields: object = {}): Program =>
  says(`${name} ${connectionId}`, connectionId, 'hello', {
    ...{ v: 1, epoch: 1, clientId: `client-${connectionId}`, secret: secretOf(name) },
    ...{ nickname: name, ...fields },
  });
const connects = (connectionId: string): Program =>
  program(connectionId, async () =>
    connect(handshake(connectionId, { 'Sec-WebSocket-Protocol': 'chat.v1' }) as never, {} as never),
  );
const player = (name: string, its: Program, more: Partial<Player> = {}): Player => ({
  ...{ name, program: its },
  ...more,
});

const IN_ROOM = { room: ROOM };
const remove = () => player('remove', says('ada', 'a0', 'remove', { ...IN_ROOM, userId: BOB }));
const ACTS = {
  join: () => player('join', says('bob', 'b0', 'join', IN_ROOM)),
  follow: () => player('follow', says('bob', 'b1', 'join', { ...IN_ROOM, follow: true })),
  leave: () => player('leave', says('bob', 'b0', 'leave', IN_ROOM)),
  ping: () => player('ping', says('bob', 'b0', 'ping', {})),
  history: () => player('history', says('bob', 'b0', 'history', IN_ROOM)),
  'join of another room': () =>
    player('join of another room', says('bob', 'b0', 'join', { room: 'tea', create: true })),
  hello: () => player('hello', greets('bob', 'b2')),
  'hello that names it': () =>
    player('hello that names it', greets('bob', 'b2', { rooms: ['lobby', ROOM] })),
  'hello again': () => player('hello again', greets('bob', 'b0')),
  'hello as another': () => player('hello as another', greets('eve', 'b0')),
  'hello as another on a fresh socket': () =>
    player('hello as another on a fresh socket', greets('eve', 'b2')),
  invite: () => player('invite', says('ada', 'a0', 'invite', { ...IN_ROOM, userId: BOB })),
};
type Act = keyof typeof ACTS;

const isOf = (type: ServerFrame['type'], answer: unknown): boolean =>
  (answer as ServerFrame | undefined)?.type === type;

/** Before the race: Ada owns the room, Bob is invited and on `devices`, one more socket is open. `inside`: which of his are in the room. */
async function scene(inside: string[], leaseIsOld = false, devices = inside): Promise<Tables> {
  let tables: Tables = {};
  const aws: Aws = {
    async call(service, action, input) {
      if (service !== 'dynamodb') return { FailedEntryCount: 0 };
      const [after, reply] = perform(tables, action, input);
      tables = after;
      return reply;
    },
  };
  const play = async (its: Program) => {
    const answer = await its(aws, new AbortController().signal);
    if (isOf('error', answer)) throw new Error(`The scene failed: ${JSON.stringify(answer)}`);
  };
  const own = ['b0', ...devices.filter((id) => id !== 'b0')];
  for (const id of ['a0', ...own, 'b2', 'e0']) await play(connects(id));
  await play(greets('ada', 'a0'));
  await play(greets('eve', 'e0'));
  for (const id of own) await play(greets('bob', id));
  await play(says('ada', 'a0', 'join', { ...IN_ROOM, create: true, visibility: 'private' }));
  await play(says('ada', 'a0', 'invite', { ...IN_ROOM, userId: BOB }));
  for (const id of inside) await play(says(`bob ${id}`, id, 'join', IN_ROOM));
  if (!leaseIsOld) return tables;
  // In the second half of its lease, a ping renews it.
  const until = new Date(NOW + 5_000).toISOString();
  return Object.fromEntries(
    Object.entries(tables).map(([place, row]) => [
      place,
      place.includes('roster#') ? { ...row, leaseUntil: { S: until } } : row,
    ]),
  );
}

// --- what must hold ---

const rowsOf = ({ tables }: State) => Object.values(tables) as Record<string, { S?: string }>[];
const isRow = (state: State, pk: string, sk: string) =>
  rowsOf(state).some((row) => row.pk?.S === pk && row.sk?.S?.startsWith(sk));
const ended = (state: State, name: string) => state.ended[name]?.value as ServerFrame | undefined;
const isRemoved = (state: State) => ended(state, 'remove')?.type === 'removed';
const isMember = (state: State) => isRow(state, `room#${ROOM}`, `member#${BOB}`);

function must(is: boolean, promise: string): void {
  if (!is) throw new Error(promise);
}

/** Sockets that are not the owner's. */
const isBobs = (id: string | undefined) => id?.startsWith('b') === true;

/** Asked of every state, so of every moment at which a broadcast could read or a later frame could come. */
function always(state: State): void {
  if (!isRemoved(state) || isMember(state)) return;
  const subscribed = rowsOf(state).filter(
    (row) => row.pk?.S?.startsWith(`topic#${TOPIC}#`) && isBobs(row.sk?.S) && !row.pending,
  );
  must(subscribed.length === 0, 'P1: no socket of the removed hears the room');
  const listing = rowsOf(state).filter(
    (row) =>
      row.sk?.S === 'connection' &&
      isBobs(row.pk?.S?.slice('connection#'.length)) &&
      row.subscriptions?.S?.includes(`"${TOPIC}"`),
  );
  must(listing.length === 0, 'P2: no frame of the removed is let in to the room');
  const { value } = state.ended.broadcast ?? {};
  const { connectionIds = [] } = (value ?? {}) as { connectionIds?: string[] };
  must(!connectionIds.some(isBobs), 'P1: no broadcast after it reaches the removed');
}

function atEnd(state: State): void {
  for (const [name, { error }] of Object.entries(state.ended))
    must(error === undefined, `${name} failed with ${error}`);
  for (const [name, { value }] of Object.entries(state.ended))
    must((value as { code?: string })?.code !== 'Internal', `${name} was answered Internal`);
  for (const row of rowsOf(state).filter(({ sk }) => sk?.S === 'connection')) {
    const id = row.pk?.S?.slice('connection#'.length);
    const users = ['ada', 'bob', 'eve'].map(userOf);
    const greeted = users.filter((userId) => isRow(state, `topic#user:${userId}#0`, id ?? ''));
    must(greeted.length <= 1, 'P3: a socket hears one user');
    must(
      greeted.every((userId) => userId === row.userId?.S),
      'P3: a socket hears its own user',
    );
  }
  if (!isRemoved(state) || isMember(state)) return;
  must(!isRow(state, `roster#${ROOM}`, `${BOB}#`), 'P4: the removed is in no roster');
  must(!isRow(state, `user#${BOB}`, `room#${ROOM}`), 'P5: the room does not come back');
  must(
    !rowsOf(state).some((row) => row.pk?.S?.startsWith(`topic#${TOPIC}#`) && isBobs(row.sk?.S)),
    'P6: nothing pending is left',
  );
}

/** A read that is not consistent may be as old as the start. */
const eventually =
  (start: Tables, of: Perform = perform): Perform =>
  (tables, action, input) => {
    const { ConsistentRead, TableName } = input as { ConsistentRead?: boolean; TableName?: string };
    const isStale = action === 'Query' && TableName === table && ConsistentRead !== true;
    return isStale ? [tables, perform(start, action, input)[1]] : of(tables, action, input);
  };

/** Only its own actor touches what it is about: events, heads, what is Ada's row alone, how many rooms were made or came. */
const isAlone: NonNullable<Rules['isAlone']> = ({ service, input }) =>
  service !== 'dynamodb' ||
  /"(connection#a0|arrivals#[^"]*)"|MessagesTable/.test(JSON.stringify(input));

type Plant = (start: Tables) => Perform;

const broadcast = () =>
  player(
    'broadcast',
    program('broadcast', () => readSubscribers({ topic: TOPIC, shard: 0 })),
    { when: isRemoved },
  );

const rulesOf = (players: Player[], tables: Tables, plant?: Plant): Rules => ({
  ...{ players, tables, always, atEnd },
  survivors: players.map(({ name }) => name),
  heard: () => undefined,
  isAlone,
  perform: eventually(tables, plant?.(tables)),
});

/** Which act, and which devices of Bob's are in the room before it. */
const PAIRS: [act: Act, inside: string[], isOld?: boolean, devices?: string[]][] = [
  ['join', []],
  ['join', ['b0']],
  ['follow', ['b0'], false, ['b0', 'b1']],
  ['leave', ['b0']],
  ['ping', ['b0'], true],
  ['history', ['b0']],
  ['join of another room', ['b0'], true],
  ['hello', ['b0']],
  ['hello that names it', []],
  ['hello again', ['b0']],
  ['hello as another', ['b0']],
  ['invite', ['b0']],
];

describe('every interleaving of a removal and one act of the removed', () => {
  test.each(PAIRS)('%s, with %j in the room', async (...[act, inside, isOld, devices]) => {
    const tables = await scene(inside, isOld, devices);
    const found = await search(rulesOf([remove(), ACTS[act]()], tables));
    explored[`remove, ${act}, ${inside}`] =
      `${found.interleavings} interleavings in ${found.states} states`;
    expect(found.violation).toBeUndefined();
    expect(found.interleavings).toBeGreaterThan(10n);
  });
});

describe('random walks of a removal and two acts of the removed, at once', () => {
  const acts = (Object.keys(ACTS) as Act[]).filter((act) => act !== 'invite');
  test.each(acts)(`%s and each other, seed ${SEED}`, async (act) => {
    const { fraction } = seededChance(SEED);
    let calls = 0;
    for (const other of acts)
      for (const inside of [[], ['b0']]) {
        const tables = await scene(inside, true, ['b0', 'b1']);
        const players = [remove(), ACTS[act](), { ...ACTS[other](), name: `${other}, second` }];
        const walked = await wander(rulesOf(players, tables), WALKS, fraction);
        calls += walked.calls;
        expect([other, inside, walked.violation]).toEqual([other, inside, undefined]);
      }
    explored[`remove, ${act} and each other`] =
      `${acts.length * 2 * WALKS} walks of ${calls} calls, seed ${SEED}`;
  });
});

test('a hello that lost its socket to another of its user leaves no room remembered', async () => {
  const tables = await scene([]);
  const players = [
    remove(),
    ACTS['hello that names it'](),
    { ...ACTS['hello that names it'](), name: 'again' },
  ];
  const { fraction } = seededChance(SEED);
  const walked = await wander(rulesOf(players, tables), 300, fraction);
  expect(walked.violation).toBeUndefined();
});

describe('two users on a fresh socket', () => {
  test('one of two hellos wins, in every order', async () => {
    const tables = await scene([]);
    const players = [ACTS.hello(), ACTS['hello as another on a fresh socket']()];
    const one = (state: State) => {
      atEnd(state);
      const welcome = Object.values(state.ended).filter(
        ({ value }) => (value as ServerFrame).type === 'welcome',
      );
      must(welcome.length === 1, 'P3: one of two users has the socket');
    };
    const found = await search({ ...rulesOf(players, tables), atEnd: one });
    explored['two users on a fresh socket'] =
      `${found.interleavings} interleavings in ${found.states} states`;
    expect(found.violation).toBeUndefined();
  });
});

// --- planted bugs ---

type Input = Record<string, unknown> & { ConditionExpression?: string };
/** The same call, as a route with the bug would make it. */
const altered =
  (alter: (action: string, input: Input) => Input): Plant =>
  () =>
  (tables, action, input) =>
    perform(tables, action, alter(action, input as Input));
const without = (input: Input, ...fields: string[]): Input =>
  Object.fromEntries(Object.entries(input).filter(([name]) => !fields.includes(name)));
const isChange = (action: string, input: Input) =>
  action === 'UpdateItem' && String(input.UpdateExpression).startsWith('SET subscriptions');

const PLANTED: Record<string, [Plant, Act, string[], boolean?]> = {
  'a subscription is written to a row whatever it is now': [
    altered((action, input) =>
      isChange(action, input) ? { ...input, ConditionExpression: 'attribute_exists(pk)' } : input,
    ),
    ...(['join', []] as [Act, string[]]),
  ],
  'a subscription is heard before the row lists it': [
    altered((action, input) => {
      if (action !== 'PutItem') return input;
      const { pending: _, ...Item } = input.Item as Record<string, unknown>;
      return { ...input, Item };
    }),
    ...(['join', []] as [Act, string[]]),
  ],
  'a pending subscription begins though it was deleted': [
    altered((action, input) =>
      action === 'UpdateItem' && input.ConditionExpression === 'pending = :mine'
        ? without(input, 'ConditionExpression')
        : input,
    ),
    ...(['join', []] as [Act, string[]]),
  ],
  'a hello writes its row whatever it is now': [
    altered((action, input) =>
      action === 'UpdateItem' && String(input.UpdateExpression).includes('greetedAt')
        ? { ...input, ConditionExpression: 'attribute_exists(pk)' }
        : input,
    ),
    ...(['hello again', ['b0']] as [Act, string[]]),
  ],
  'the second look of a join sees what the first saw': [
    (start) => (tables, action, input) =>
      action === 'BatchGetItem' && JSON.stringify(input).includes('member#')
        ? [tables, perform(start, action, input)[1]]
        : perform(tables, action, input),
    ...(['join', []] as [Act, string[]]),
  ],
  'a ping does not look again at what it may be in': [
    (start) => (tables, action, input) =>
      action === 'GetItem' && JSON.stringify(input).includes('"connection#b0"')
        ? [tables, perform(start, action, input)[1]]
        : perform(tables, action, input),
    ...(['ping', ['b0'], true] as [Act, string[], boolean]),
  ],
};

describe('planted bugs are caught', () => {
  test.each(Object.entries(PLANTED))('%s', async (_, [plant, act, inside, isOld]) => {
    const tables = await scene(inside, isOld);
    const found: Found = await search(rulesOf([remove(), ACTS[act]()], tables, plant));
    expect(found.violation?.promise).toMatch(/^P\d: /);
  });

  test.each([true, false])(
    'a broadcast reads subscribers consistently: %s',
    async (isConsistent) => {
      const tables = await scene(['b0']);
      const rules = rulesOf([remove(), broadcast()], tables);
      const { perform: real = perform } = rules;
      // Of the broadcast alone: a removal that looks for sockets has its own consistent read.
      const stale: Perform = (before, action, input) =>
        JSON.stringify(input).includes(`topic#${TOPIC}#`)
          ? real(before, action, without(input as Input, 'ConsistentRead'))
          : real(before, action, input);
      const found = await search({ ...rules, perform: isConsistent ? real : stale });
      if (isConsistent) expect(found.violation).toBeUndefined();
      else expect(found.violation?.promise).toMatch(/^P1: no broadcast/);
    },
  );
});
