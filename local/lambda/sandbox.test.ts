// A sandbox: warm reuse, its own environment, freezing, time-outs, crashes, and what a failing handler answers.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { type Fixture, startFixture } from '../testing/functions.ts';

let fixture: Fixture;
afterEach(() => fixture.stop());

const start = async (source: string, ...rest: [Record<string, unknown>?]) => {
  fixture = await startFixture({ probe: source }, ...rest);
  return fixture;
};

test('module state survives from one invocation to the next, and only the first is cold', async () => {
  const { invoke, hops } = await start(
    'let n = 0; export const handler = async () => ({ n: ++n });',
  );
  expect((await invoke()).value).toEqual({ n: 1 });
  expect((await invoke({ messageId: 'm-1' })).value).toEqual({ n: 2 });
  expect(hops.map(({ what, status, messageId }) => [what, status, messageId])).toEqual([
    ['probe', 'ok cold', undefined],
    ['probe', 'ok', 'm-1'],
  ]);
});

test('a function sees the variables of its template and of Lambda, and none of the developer', async () => {
  process.env.DEVELOPERS_SECRET = 'x';
  const { invoke } = await start('export const handler = async () => process.env;', {
    environment: { TABLE: 'chat' },
  });
  const { value } = await invoke();
  delete process.env.DEVELOPERS_SECRET;
  expect(value).toMatchObject({
    TABLE: 'chat',
    AWS_REGION: 'eu-central-1',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
    AWS_LAMBDA_FUNCTION_NAME: 'probe',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_ACCESS_KEY_ID: expect.stringMatching(/^ASIA\w{16}$/),
    _HANDLER: 'probe.handler',
  });
  expect(value).not.toHaveProperty('DEVELOPERS_SECRET');
  expect(value).not.toHaveProperty('HOME');
});

test('the context names the request, the function and the time that remains', async () => {
  const { invoke } = await start(`export const handler = async (event, context) => ({
    ...context, left: context.getRemainingTimeInMillis() });`);
  const { value } = await invoke();
  expect(value).toMatchObject({
    awsRequestId: expect.stringMatching(/^[\da-f-]{36}$/),
    functionName: 'probe',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:probe',
    memoryLimitInMB: '128',
    logGroupName: '/aws/lambda/probe',
  });
  expect(value.left).toBeGreaterThan(0);
  expect(value.left).toBeLessThanOrEqual(10_000);
});

test('what a handler did not await stands still until the next invocation', async () => {
  const { invoke } = await start(`let ticks = 0; let timer;
    export const handler = async () => { timer ??= setInterval(() => ticks++, 1); return ticks; };`);
  await invoke();
  // Long enough for some fifty ticks, were the thread not frozen.
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect((await invoke()).value).toBeLessThan(5);
});

test('a kept connection that its server closed while the sandbox was frozen is not used again', async () => {
  const server = createServer((_, res) => res.end('ok'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A test that fails must not leave the run waiting for this server.
  server.unref();
  const closed = new Promise((resolve) => {
    server.once('connection', (socket) => socket.once('close', resolve));
  });
  const { invoke } = await start(`import { Agent, request } from 'node:http';
    const agent = new Agent({ keepAlive: true });
    export const handler = ({ port }) => new Promise((done, fail) => {
      const post = request({ port, agent, method: 'POST', host: '127.0.0.1' }, (res) => {
        res.resume(); res.on('end', () => done('ok')); });
      post.on('error', fail); post.end('body'); });`);
  const { port } = server.address() as AddressInfo;
  expect((await invoke({ port })).value).toBe('ok');
  server.closeAllConnections();
  await closed;
  expect((await invoke({ port })).value).toBe('ok');
  await new Promise((resolve) => server.close(resolve));
});

test('a time-out ends the sandbox, and the next invocation gets a new one', async () => {
  const { invoke } = await start(
    `let n = 0; export const handler = async (event) => {
      n++; if (event.hang) for (;;); return n; };`,
    { timeoutS: 1 },
  );
  const { output, value } = await invoke({ hang: true });
  expect(output.FunctionError).toBe('Unhandled');
  expect(value).toEqual({
    errorType: 'Sandbox.Timedout',
    errorMessage: expect.stringMatching(
      /^RequestId: [\da-f-]{36} Error: Task timed out after 1\.00 seconds$/,
    ),
  });
  expect((await invoke()).value).toBe(1);
});

test('a handler that exits fails its invocation alone', async () => {
  const { invoke } = await start(
    'export const handler = async (event) => event.code === undefined ? "ok" : process.exit(event.code);',
  );
  const { value } = await invoke({ code: 3 });
  expect(value).toEqual({
    errorType: 'Runtime.ExitError',
    errorMessage: expect.stringMatching(/ Error: Runtime exited with error: exit status 3$/),
  });
  expect((await invoke({ code: 0 })).value.errorMessage).toMatch(
    / Error: Runtime exited without providing a reason$/,
  );
  expect((await invoke()).value).toBe('ok');
});

test('a handler that never settles is answered', async () => {
  const { invoke } = await start('export const handler = () => new Promise(() => {});');
  expect((await invoke()).output.FunctionError).toBe('Unhandled');
});

test.each([
  ['throw new TypeError("bad")', { errorType: 'TypeError', errorMessage: 'bad' }],
  ['throw "text"', { errorType: 'string', errorMessage: 'text', trace: [] }],
  ['return 1n', { errorType: 'Runtime.JSONStringifyError' }],
  [
    'setImmediate(() => { throw new RangeError("late") }); await new Promise(() => {})',
    { errorType: 'RangeError', errorMessage: 'late' },
  ],
  [
    'Promise.reject(new Error("lost")); await new Promise((done) => setTimeout(done, 1000))',
    { errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: 'Error: lost' },
  ],
])('the handler "%s" answers as the Node runtime of Lambda does', async (body, expected) => {
  const { invoke } = await start(`export const handler = async () => { ${body} };`);
  const { output, value } = await invoke();
  expect(output).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
  expect(value).toMatchObject(expected);
  expect(value.trace).toBeInstanceOf(Array);
});

test.each([
  ['throw new Error("no table");', { errorType: 'Error', errorMessage: 'no table' }],
  [
    'export const other = 1;',
    {
      errorType: 'Runtime.HandlerNotFound',
      errorMessage: 'probe.handler is undefined or not exported',
    },
  ],
  [
    'export const handler = (event, context, callback) => callback(null, 1);',
    { errorType: 'Runtime.CallbackHandlerDeprecated' },
  ],
])('the module "%s" fails at its initialisation', async (source, expected) => {
  const { invoke } = await start(source);
  expect((await invoke()).value).toMatchObject(expected);
});

test('a function that takes more memory than the template gives it dies, alone', async () => {
  const { invoke } = await start(`export const handler = async (event) => {
    const all = []; while (event.eat) all.push(new Array(10_000).fill(all.length)); return 'ok'; };`);
  expect((await invoke({ eat: true })).value.errorType).toBe('Runtime.OutOfMemory');
  expect((await invoke()).value).toBe('ok');
});

test('lines of a function carry its name; errors are warnings', async () => {
  const { invoke, details, warnings } = await start(`export const handler = async () => {
    console.log('one %d', 1); console.error('two'); process.stdout.write('three\\n'); };`);
  const { output, value } = await invoke({}, { LogType: 'Tail' });
  expect(value).toBeNull();
  expect(details).toEqual(['probe | one 1', 'probe | three']);
  expect(warnings).toEqual(['probe | two']);
  const tail = Buffer.from(String(output.LogResult), 'base64').toString();
  expect(tail).toMatch(/^START RequestId: (\S+) Version: \$LATEST\n\S+\t\1\tINFO\tone 1\n/);
  expect(tail).toMatch(/REPORT RequestId: \S+\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms/);
});
