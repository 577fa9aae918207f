// Lambda's REST wire, spoken by hand, and by the AWS CLI where there is one.
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { awsCli, judgedBy } from '../../tests/judges.ts';
import { type Fixture, startFixture } from '../testing/functions.ts';

const PATH = '/2015-03-31/functions';
let fixture: Fixture;
let server: Server;
let endpoint: string;

beforeAll(async () => {
  fixture = await startFixture({
    probe: `export const handler = async (event) => {
      if (event.fail) throw new Error('asked for');
      console.log('hello');
      return event.size ? 'x'.repeat(event.size) : event; };`,
  });
  server = createServer((req, res) => {
    void fixture.functions.http(req, res).then((mine) => {
      if (!mine) res.writeHead(421).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
  await fixture.stop();
});

const post = (body: string, headers: Record<string, string> = {}, name = 'probe') =>
  fetch(`${endpoint}${PATH}/${name}/invocations`, { method: 'POST', body, headers });

test('an invocation answers payload, version, request id and log', async () => {
  const response = await post('{"text":"Grüße"}', { 'X-Amz-Log-Type': 'Tail' });
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ text: 'Grüße' });
  expect(response.headers.get('x-amz-executed-version')).toBe('$LATEST');
  expect(response.headers.get('x-amz-function-error')).toBeNull();
  const id = response.headers.get('x-amzn-requestid');
  const log = Buffer.from(response.headers.get('x-amz-log-result') ?? '', 'base64').toString();
  expect(log).toContain(`START RequestId: ${id}`);
  expect(log).toContain('\tINFO\thello\n');
});

test('an empty body is an empty event', async () => {
  expect(await (await post('')).json()).toEqual({});
});

test('a function error is 200 with X-Amz-Function-Error', async () => {
  const response = await post('{"fail":true}');
  expect(response.status).toBe(200);
  expect(response.headers.get('x-amz-function-error')).toBe('Unhandled');
  expect(await response.json()).toMatchObject({ errorType: 'Error', errorMessage: 'asked for' });
});

test('a response beyond 6 MB is a function error', async () => {
  const response = await post('{"size":6291556}');
  expect(response.headers.get('x-amz-function-error')).toBe('Unhandled');
  expect(await response.json()).toMatchObject({ errorType: 'Function.ResponseSizeTooLarge' });
});

test.each([
  ['Event', 202],
  ['DryRun', 204],
])('the invocation type %s answers %d and no body', async (type, status) => {
  const response = await post('{}', { 'X-Amz-Invocation-Type': type });
  expect([response.status, await response.text()]).toEqual([status, '']);
});

test.each([
  ['probe:$LATEST', 200],
  ['arn:aws:lambda:eu-central-1:000000000000:function:probe', 200],
  ['000000000000:function:probe', 200],
  ['arn%3Aaws%3Alambda%3Aeu-central-1%3A000000000000%3Afunction%3Aprobe', 200],
  ['probe:live', 404],
  ['nobody', 404],
])('the function name %s is answered with %d', async (name, status) => {
  const response = await post('{}', {}, name);
  expect(response.status).toBe(status);
  if (status === 404)
    expect(response.headers.get('x-amzn-errortype')).toBe('ResourceNotFoundException');
});

test.each([
  ['not JSON', 'hello', {}, 400, 'InvalidRequestContentException'],
  ['over 6 MB', `"${'x'.repeat(6_291_456)}"`, {}, 413, 'RequestTooLargeException'],
  ['far over 6 MB', 'x'.repeat(20_000_000), {}, 413, 'RequestTooLargeException'],
  [
    'over 1 MB, asynchronous',
    `"${'x'.repeat(1_048_576)}"`,
    { 'X-Amz-Invocation-Type': 'Event' },
    413,
    'RequestTooLargeException',
  ],
  [
    'of an unknown type',
    '{}',
    { 'X-Amz-Invocation-Type': 'Later' },
    400,
    'InvalidParameterValueException',
  ],
  [
    'with a client context',
    '{}',
    { 'X-Amz-Client-Context': 'e30=' },
    400,
    'InvalidParameterValueException',
  ],
])('a request %s is refused', async (_, body, headers, status, code) => {
  const response = await post(body, headers as Record<string, string>);
  expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([status, code]);
  expect(await response.json()).toMatchObject({ Type: 'User', message: expect.any(String) });
});

test('functions are listed and described', async () => {
  const list = await (await fetch(`${endpoint}${PATH}/`)).json();
  expect(list).toMatchObject({ Functions: [{ FunctionName: 'probe', Runtime: 'nodejs24.x' }] });
  const one = await (await fetch(`${endpoint}${PATH}/probe`)).json();
  expect(one).toMatchObject({ Configuration: { FunctionName: 'probe', Timeout: 10 } });
  const configuration = await (await fetch(`${endpoint}${PATH}/probe/configuration`)).json();
  expect(configuration).toMatchObject({ FunctionName: 'probe', MemorySize: 128 });
});

test.each([
  ['MaxItems=0', 'ValidationException'],
  ['MaxItems=10001', 'ValidationException'],
  ['MaxItems=x', 'SerializationException'],
  ['Marker=x', 'InvalidParameterValueException'],
])('a list with %s is answered %s', async (query, error) => {
  const response = await fetch(`${endpoint}${PATH}/?${query}`);
  expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([400, error]);
});

test('what is not supported is said to be, and other services are left alone', async () => {
  const removed = await fetch(`${endpoint}${PATH}/probe`, { method: 'DELETE' });
  expect(removed.status).toBe(404);
  expect(await removed.json()).toMatchObject({
    message: 'lambda:DELETE /2015-03-31/functions/probe is not supported on this machine',
  });
  expect((await fetch(`${endpoint}/000000000000/dead`)).status).toBe(421);
});

for (const major of [1, 2] as const) {
  const title = `version ${major} of the AWS CLI`;
  judgedBy(title, awsCli(major), title, (program) => {
    test('invokes a function', async () => {
      const file = join(fixture.folder, 'out.json');
      const common = ['--endpoint-url', endpoint, '--region', 'eu-central-1', '--output', 'json'];
      const credentials = { AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x', AWS_PAGER: '' };
      const input = join(fixture.folder, 'in.json');
      await writeFile(input, '{"from":"cli"}');
      const words = ['lambda', 'invoke', '--function-name', 'probe'];
      const { stdout } = await promisify(execFile)(
        program,
        [...words, '--payload', `fileb://${input}`, ...common, file],
        { env: { ...process.env, ...credentials } },
      );
      expect(JSON.parse(stdout)).toEqual({ StatusCode: 200, ExecutedVersion: '$LATEST' });
      expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ from: 'cli' });
    });
  });
}
