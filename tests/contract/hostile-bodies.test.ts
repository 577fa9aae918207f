// Promise: no request ends the runtime. Every operation of every service is sent what no SDK would send.
import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readPlan } from '../../local/cloudformation/read-plan.ts';
import { EVENTS } from '../../local/eventbridge/operations.ts';
import { SQS } from '../../local/sqs/operations.ts';
import { STATES } from '../../local/stepfunctions/operations.ts';
import { type LocalRuntime, ROOT, startLocal } from './runtime.ts';

const plan = readPlan(ROOT, { stage: 'dev' });
const [table] = plan.tables.filter(({ name }) => name.endsWith('ClaimsTable'));
const [queue] = plan.queues;
const [machine] = plan.machines;
let runtime: LocalRuntime;
beforeAll(async () => {
  runtime = await startLocal();
});
afterAll(() => runtime.stop());

/** The operations that dynalite knows, and the fields of each. */
const require = createRequire(import.meta.url);
const dynalite = dirname(require.resolve('dynalite'));
const DYNAMODB = Object.fromEntries(
  readdirSync(join(dynalite, 'actions')).map((file) => {
    const { types } = require(join(dynalite, 'validations', file)) as { types: object };
    return [file.charAt(0).toUpperCase() + file.slice(1, -'.js'.length), types];
  }),
);
const SERVICES: Record<string, Record<string, object>> = {
  DynamoDB_20120810: DYNAMODB,
  AmazonSQS: SQS,
  AWSEvents: EVENTS,
  AWSStepFunctions: STATES,
};
const operations = Object.entries(SERVICES).flatMap(([prefix, all]) =>
  Object.entries(all).map(([action, shape]): [string, string[]] => [
    `${prefix}.${action}`,
    Object.keys(shape),
  ]),
);

const brackets = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
const attribute = (levels: number) =>
  `${'{"M":{"a":'.repeat(levels)}{"S":"x"}${'}}'.repeat(levels)}`;
const BODIES: [string, string | Uint8Array<ArrayBuffer>][] = [
  ['no body', ''],
  ['null', 'null'],
  ['a list', '[]'],
  ['text', '"x"'],
  ['half an object', '{"TableName":'],
  ['100,000 brackets', brackets(100_000)],
  ['100,000 objects', '{"a":'.repeat(100_000)],
  ['brackets in a field', `{"Entries":${brackets(100_000)},"Item":${brackets(100_000)}}`],
  ['as many levels as are read', `{"Entries":${brackets(999)},"Key":${brackets(999)}}`],
  ['deep attributes', `{"TableName":"${table?.name}","Item":${attribute(450)}}`],
  ['names of every object', '{"__proto__":{"x":1},"constructor":{"name":"x"},"toString":1}'],
  ['huge numbers', `{"Limit":1e999,"maxResults":${'9'.repeat(1_000)},"MaxResults":-1e308}`],
  ['what is not UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
];

/** What stands in a field, whatever its type is. */
const VALUES: unknown[] = [
  ...[null, true, -1, 0.5, 1e308, '', 'x', '\ud800', '('.repeat(4_000), 'a = :b AND '.repeat(300)],
  ...[[], [null], [[]], [{}], ['x'], [{ Id: '__proto__' }], {}, { x: 1 }, { x: null }],
  JSON.parse('{"__proto__":{"S":"x"},"constructor":{"S":"y"}}'),
];
const Key = { messageId: { S: 'a' } };
const SOUND: Record<string, unknown> = {
  ...{ TableName: table?.name, Key, Item: Key, QueueName: queue?.name },
  ...{ stateMachineArn: machine?.arn, input: '{}', MessageBody: 'x', ReceiptHandle: 'x' },
  ...{ QueueUrl: `http://sqs/000000000000/${queue?.name}`, VisibilityTimeout: 0 },
};

async function answersAll(
  target: string,
  bodies: (string | Uint8Array<ArrayBuffer>)[],
): Promise<void> {
  const wrong: unknown[] = [];
  const send = async (body: string | Uint8Array<ArrayBuffer>) => {
    const response = await fetch(runtime.aws, {
      ...{ method: 'POST', headers: { 'x-amz-target': target }, body },
    });
    const answer = (await response.json()) as { __type?: unknown };
    const isGood = response.ok || (response.status < 500 && typeof answer.__type === 'string');
    if (!isGood) wrong.push([response.status, answer, String(body).slice(0, 300)]);
  };
  for (let at = 0; at < bodies.length; at += 8)
    await Promise.all(bodies.slice(at, at + 8).map(send));
  expect(wrong).toEqual([]);
}

describe.each(operations)('%s', (target, fields) => {
  test('answers bodies that are no request', () =>
    answersAll(
      target,
      BODIES.map(([, body]) => body),
    ));

  test('answers whatever stands in a field', () =>
    answersAll(
      target,
      fields.flatMap((field) => {
        const sound = Object.entries(SOUND).filter(([name]) => fields.includes(name));
        return VALUES.map((value) =>
          JSON.stringify({ ...Object.fromEntries(sound), [field]: value }),
        );
      }),
    ));
});

const LAMBDA = '/2015-03-31/functions';
const invocations = `${LAMBDA}/hubbub-dev-api-PingFunction/invocations`;
test.each([
  ['POST', invocations],
  ['POST', `${LAMBDA}/__proto__/invocations`],
  ['GET', `${LAMBDA}/constructor`],
  ['GET', LAMBDA],
  ['POST', '/dev/@connections/__proto__'],
  ['POST', '/dev/%40connections/a%3D'],
])('%s %s answers them too', async (method, path) => {
  for (const [, body] of BODIES) {
    const sent = method === 'GET' ? {} : { body };
    const response = await fetch(runtime.aws + path, { method, ...sent });
    await response.text();
    expect(response.status).toBeLessThan(500);
  }
});

test.each([
  ['DynamoDB_20120810.Scan', '/', 17_000_000, 413, 'RequestEntityTooLargeException'],
  ['AWSStepFunctions.StartExecution', '/', 1_100_000, 413, 'RequestEntityTooLargeException'],
  ['AWSEvents.PutEvents', '/', 7_000_000, 413, 'RequestEntityTooLargeException'],
  ['AmazonSQS.SendMessage', '/', 7_000_000, 413, 'RequestEntityTooLargeException'],
  ['', invocations, 6_300_000, 413, 'RequestTooLargeException'],
])('%s %s of %i bytes is answered %i', async (target, path, bytes, status, code) => {
  const body = `{"a":"${'x'.repeat(bytes)}"}`;
  const headers = { 'x-amz-target': target };
  const response = await fetch(runtime.aws + path, { method: 'POST', headers, body });
  expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([status, code]);
});

test('a body that ends early, and one that never ends, cost nobody else anything', async () => {
  const { port } = new URL(runtime.aws);
  const half = connect(Number(port), '127.0.0.1');
  half.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"a"');
  const slow = request({ port, method: 'POST', headers: { 'content-length': 100 } });
  slow.on('error', () => undefined).write('{');
  half.on('error', () => undefined).resetAndDestroy();
  await answersAll('AWSEvents.ListRules', ['{}']);
  slow.destroy();
});
