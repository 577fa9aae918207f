// The state machines run by an independent interpreter too: same outcome, same tables, same calls.
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTables } from '../../local/dynamodb/tables.ts';
import type { Aws } from '../../local/endpoint/aws.ts';
import { silent } from '../../local/log.ts';
import { startQueues } from '../../local/sqs/queues.ts';
import { judgedBy, pythonWith } from '../judges.ts';
import { openFrontDoor } from './front-door.ts';
import { type Interpret, own, startMoto } from './interpreters.ts';

const MOTO = pythonWith('moto.stepfunctions.parser');
const ASL = new URL('../../workflows/statemachine/message-distribution.asl.json', import.meta.url);

const origin = { file: 'template.yaml', path: 'Resources' };
const table = (name: string, hash: string, range: string, rangeType: string) => ({
  ...{ name, arn: name, origin },
  create: {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: hash, AttributeType: 'S' },
      { AttributeName: range, AttributeType: rangeType },
    ],
    KeySchema: [
      { AttributeName: hash, KeyType: 'HASH' },
      { AttributeName: range, KeyType: 'RANGE' },
    ],
  },
});
const TABLES = [table('messages', 'room', 'seq', 'N'), table('claims', 'sender', 'messageId', 'S')];
const QUEUE = { name: 'dead', arn: 'arn:aws:sqs:eu-west-1:000000000000:dead', origin };

type Told = Record<string, unknown>;
type Broadcast = (payload: Told) => unknown;

/** Tables, queue and function, fresh for each interpreter, and all that reached them. */
async function world(broadcast: Broadcast) {
  const tables = await startTables(TABLES, { log: silent });
  for (const { name: TableName } of TABLES) {
    const status = async () =>
      ((await tables.call('DescribeTable', { TableName })).Table as { TableStatus: string })
        .TableStatus;
    while ((await status()) !== 'ACTIVE') await new Promise(setImmediate);
  }
  const queues = await startQueues([{ ...QUEUE, visibilityTimeoutS: 30, retentionS: 3600 }], {
    ...{ log: silent, region: 'eu-west-1', account: '000000000000' },
    endpoint: () => 'http://localhost',
  });
  const told: Told[] = [];
  const dead: unknown[] = [];
  const aws: Aws = {
    async call(service, action, input) {
      if (service === 'dynamodb') return tables.call(action, input);
      if (service === 'sqs') {
        dead.push(JSON.parse(String(input.MessageBody)));
        return queues.call(action, input);
      }
      const payload = JSON.parse(String(input.Payload));
      told.push(payload);
      try {
        return { StatusCode: 200, Payload: JSON.stringify(await broadcast(payload)) };
      } catch (error) {
        const { name: errorType, message: errorMessage } = error as Error;
        const Payload = JSON.stringify({ errorType, errorMessage, trace: [] });
        return { StatusCode: 200, FunctionError: 'Unhandled', Payload };
      }
    },
  };
  return {
    aws,
    async left() {
      const scans = TABLES.map(({ name }) => tables.call('Scan', { TableName: name }));
      const items = (await Promise.all(scans)).map(({ Items }) => Items as unknown[]);
      return bare({ items: items.map(sorted), told: sorted(told), dead });
    },
    async stop() {
      await tables.stop();
      await queues.stop();
    },
  };
}

const sorted = (list: unknown[]) =>
  list
    .map((one) => JSON.stringify(one))
    .sort()
    .map((one) => JSON.parse(one));

/** Without what differs by nature: request metadata, the wording of a Cause, and the time at which a head was given. */
const bare = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, item) => {
      if (/^(Sdk\w+|Response)Metadata$/.test(key)) return undefined;
      if (key === 'headAt') return { S: Number.isNaN(Date.parse(item.S)) ? item.S : '…' };
      return key === 'Cause' ? '…' : item;
    }) ?? 'null',
  );

interface Run {
  definition: Told;
  inputs: unknown[];
  before?: (aws: Aws) => Promise<unknown>;
  broadcast?: () => Broadcast;
}

judgedBy('moto', MOTO, 'moto agrees with the own interpreter', (python) => {
  let current: Aws;
  let door: Awaited<ReturnType<typeof openFrontDoor>>;
  let moto: Awaited<ReturnType<typeof startMoto>>;
  beforeAll(async () => {
    door = await openFrontDoor({ call: (...request) => current.call(...request) });
    moto = await startMoto(python, door.port);
  });
  afterAll(async () => {
    await moto.stop();
    await door.close();
  });

  async function outcome(interpreter: (aws: Aws) => Interpret, run: Run) {
    const { aws, left, stop } = await world(run.broadcast?.() ?? (() => ({})));
    current = aws;
    const interpret = interpreter(aws);
    await run.before?.(aws);
    const ends: unknown[] = [];
    for (const input of run.inputs) {
      const { status, error, output } = await interpret(run.definition, input);
      ends.push(bare({ status, error, output: output && JSON.parse(output) }));
    }
    const all = { ends, left: await left() };
    await stop();
    return all;
  }
  async function agree(run: Run) {
    const ours = await outcome(own, run);
    expect(ours).toEqual(await outcome(() => moto.interpret, run));
    return ours;
  }

  const pass = (Parameters: object) => ({
    StartAt: 'A',
    States: { A: { Type: 'Pass', Parameters, End: true } },
  });
  const data = { n: 7, text: 'a "b" 😀 $.x', list: [1, 2], $k: { 'y.$': '$.n' }, json: '{"y":2}' };

  test.each<[string, Told, unknown]>([
    [
      'plain paths',
      pass({ 'all.$': '$', 'text.$': '$.text', 'k.$': "$['$k']", 'each.$': '$.list[*]' }),
      data,
    ],
    ['context', pass({ 'in.$': '$$.Execution.Input.n', 'state.$': '$$.State.Name' }), data],
    [
      'numbers',
      pass({
        'r.$': 'States.ArrayRange(0, States.MathAdd($.n, -5), 1)',
        'f.$': "States.Format('x#{}', $.n)",
      }),
      data,
    ],
    [
      'json',
      pass({ 'j.$': 'States.StringToJson($.json)', 'a.$': 'States.Array($.n, $.text)' }),
      data,
    ],
    [
      'intrinsics',
      pass({
        'partition.$': 'States.ArrayPartition($.list, 1)',
        'contains.$': 'States.ArrayContains(States.Array($.same), $.reordered)',
        'unique.$': 'States.ArrayUnique(States.Array(1, 2, 1))',
        'split.$': "States.StringSplit('a.b,.c', '.,')",
        'hash.$': "States.Hash($.text, 'SHA-384')",
        'encoded.$': 'States.Base64Encode($.json)',
        'format.$': "States.Format('{} {}', $.list, $.same)",
        'blank.$': "States.StringToJson(' ')",
        'merged.$': 'States.JsonMerge($.same, $.same, false)',
      }),
      { ...data, same: { a: 1, b: 2 }, reordered: { b: 2, a: 1 } },
    ],
    [
      'results',
      {
        StartAt: 'A',
        States: {
          A: { Type: 'Pass', Result: 0, ResultPath: '$.a.b', Next: 'B' },
          B: { Type: 'Pass', InputPath: '$.a', ResultPath: '$.c', Next: 'C' },
          C: { Type: 'Pass', Result: false, ResultPath: null, OutputPath: '$.c', End: true },
        },
      },
      data,
    ],
    [
      'choices',
      {
        StartAt: 'A',
        States: {
          A: {
            Type: 'Choice',
            Choices: [
              {
                And: [
                  { Variable: '$.nope', IsPresent: true },
                  { Variable: '$.nope', NumericEquals: 1 },
                ],
                Next: 'No',
              },
              { Variable: '$.text', NumericLessThan: 5, Next: 'No' },
              {
                And: [
                  { Variable: '$.nope', IsPresent: false },
                  { Not: { Variable: '$.n', IsString: true } },
                ],
                Next: 'Yes',
              },
            ],
          },
          No: { Type: 'Fail', Error: 'Wrong', Cause: 'x' },
          Yes: { Type: 'Succeed' },
        },
      },
      data,
    ],
    [
      'a Map in a Map',
      {
        StartAt: 'A',
        States: {
          A: {
            Type: 'Map',
            ItemsPath: '$.list',
            ItemSelector: { 'v.$': '$$.Map.Item.Value', 'each.$': 'States.ArrayRange(0, 1, 1)' },
            ItemProcessor: {
              StartAt: 'B',
              States: {
                B: {
                  Type: 'Map',
                  ItemsPath: '$.each',
                  MaxConcurrency: 1,
                  ItemSelector: {
                    'v.$': '$.v',
                    'i.$': '$$.Map.Item.Index',
                    'w.$': '$$.Map.Item.Value',
                  },
                  ItemProcessor: { StartAt: 'C', States: { C: { Type: 'Succeed' } } },
                  End: true,
                },
              },
            },
            End: true,
          },
        },
      },
      data,
    ],
    ['a path to nowhere', pass({ 'v.$': '$.nope' }), data],
  ])('on %s', async (_, definition, input) => {
    await agree({ definition, inputs: [input] });
  });

  const withAsl = existsSync(ASL) ? describe : describe.skip;
  withAsl('on message-distribution', () => {
    let definition: Told;
    beforeAll(() => {
      const values: Record<string, string> = {
        ...{ MessagesTable: 'messages', ClaimsTable: 'claims', BroadcastFunction: 'broadcast' },
        DeadLetterQueue: `http://localhost:${door.port}/000000000000/dead`,
      };
      const text = readFileSync(ASL, 'utf8');
      definition = JSON.parse(text.replace(/\$\{(\w+)\}/g, (_, name) => values[name] ?? name));
    });
    const event = (more = {}, outside = {}) => ({
      ...{ 'detail-type': 'MessageSent', source: 'chat.api' },
      ...outside,
      detail: {
        ...{ messageId: 'm-1', room: 'lobby', userId: 'u1', nickname: 'Ann' },
        ...{ topics: ['room:lobby'], sentAt: '2026-01-01T00:00:00Z', bodyHash: 'h1' },
        ...{ claimUntil: 2_000_000_000, keepUntil: 2_000_000_000 },
        text: 'a\\b "c" {} $.x 😀',
        ...more,
      },
    });
    const quiet: Broadcast = () => ({ cursor: null, grow: null });
    const put = (Item: object) => (aws: Aws) =>
      aws.call('dynamodb', 'PutItem', { TableName: 'messages', Item });
    const deadOf = ({ left }: { left: unknown }) => (left as { dead: unknown[] }).dead;

    test.each<[string, Omit<Run, 'definition'>]>([
      ['a fresh message', { inputs: [event()] }],
      ['a duplicate', { inputs: [event(), event()] }],
      ['a redrive', { inputs: [event(), event({}, { redrive: true })] }],
      [
        'other words under the same id',
        { inputs: [event(), event({ bodyHash: 'h2', text: 'b' })] },
      ],
      ['two topics', { inputs: [event({ topics: ['user:u1', 'user:u2'] })] }],
      [
        'a tombstone at its number',
        {
          inputs: [event()],
          before: put({ room: { S: 'lobby' }, seq: { N: '1' }, void: { BOOL: true } }),
        },
      ],
      [
        'three shards',
        {
          inputs: [event()],
          before: put({
            room: { S: 'lobby' },
            seq: { N: '0' },
            head: { N: '4' },
            shards: { N: '3' },
          }),
        },
      ],
    ])('and %s', async (_, run) => {
      const { ends } = await agree({ definition, broadcast: () => quiet, ...run });
      expect(ends).toEqual(run.inputs.map(() => expect.objectContaining({ status: 'SUCCEEDED' })));
    });

    test('and a cursor, then growth', async () => {
      const broadcast = (): Broadcast => {
        const answers = [
          { cursor: { after: 'c' }, grow: null },
          { cursor: null, grow: { from: '1', to: '2' } },
        ];
        return () => answers.shift() ?? { cursor: null, grow: null };
      };
      await agree({ definition, inputs: [event()], broadcast });
    });

    test('and a broadcast that never works: kept for redrive', async () => {
      const broadcast = (): Broadcast => () => {
        throw new RangeError('no');
      };
      expect(deadOf(await agree({ definition, inputs: [event()], broadcast }))).toHaveLength(1);
    });

    test('and an event that is not well formed: kept, and the execution fails', async () => {
      const run = { definition, inputs: [event({ keepUntil: 'x' })], broadcast: () => quiet };
      const { ends, left } = await agree(run);
      expect(ends).toMatchObject([{ status: 'FAILED', error: 'NotDistributed' }]);
      expect(deadOf({ left })).toHaveLength(1);
    });
  });
});
