// Promise: a web page on another site, or on another port, can do nothing to the runtime on its visitor's machine.
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readPlan } from '../../local/cloudformation/read-plan.ts';
import { type LocalRuntime, ROOT, startLocal } from './runtime.ts';
import { storedMessages } from './stored.ts';

const plan = readPlan(ROOT, { stage: 'dev' });
const nameOf = (list: { name: string }[], end: string) =>
  list.find(({ name }) => name.endsWith(end))?.name;
const send = `/2015-03-31/functions/${nameOf(plan.functions, 'SendmessageFunction')}/invocations`;

let runtime: LocalRuntime & { issuer?: string };
beforeAll(async () => {
  runtime = await startLocal(['--auth', 'oidc', '--issuer-port', '0']);
});
afterAll(() => runtime.stop());

async function ask(
  base: string | undefined,
  method: string,
  path: string,
  headers: Record<string, string>,
  body = method === 'GET' ? '' : '{}',
): Promise<{ status: number | undefined; body: string }> {
  const { port } = new URL(base ?? '');
  const asked = request({ host: '127.0.0.1', port, method, path, headers }).end(body);
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return { status: response.statusCode, body: await text(response) };
}

const foreign = { origin: 'http://localhost:8080', 'sec-fetch-site': 'same-site' };
const rebound = { host: 'evil.example', origin: 'http://evil.example' };
const plain = { 'content-type': 'text/plain' };

test('it speaks as nobody, by no function', async () => {
  const body = JSON.stringify({
    requestContext: { connectionId: 'x', routeKey: 'sendmessage' },
    body: '{"action":"sendmessage","message":"forged"}',
  });
  const { status } = await ask(runtime.aws, 'POST', send, { ...plain, ...foreign }, body);
  expect(status).toBe(403);
  expect(await storedMessages(runtime.aws)).toEqual([]);
});

test.each(['@', '%40'])('it reaches nobody, by no %sconnections', async (at) => {
  const path = `/dev/${at}connections/x%3D`;
  expect((await ask(runtime.aws, 'POST', path, { ...plain, ...foreign })).status).toBe(403);
  // The same without a page: nobody is there.
  expect((await ask(runtime.aws, 'POST', path, plain)).status).toBe(410);
});

test('it reads nothing under a name of its own', async () => {
  const headers = { 'x-amz-target': 'DynamoDB_20120810.Scan' };
  const body = JSON.stringify({ TableName: nameOf(plan.tables, 'MessagesTable') });
  const asPage = { ...headers, ...rebound };
  const { status, body: said } = await ask(runtime.aws, 'POST', '/', asPage, body);
  expect([status, said]).toEqual([403, expect.stringContaining('AccessDeniedException')]);
  expect((await ask(runtime.aws, 'POST', '/', headers, body)).status).toBe(200);
});

test('page and issuer answer a link to them and their own pages, and no foreign script or name', async () => {
  const link = {
    ...{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
    'sec-fetch-dest': 'document',
  };
  const script = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' };
  const discovery = '/.well-known/openid-configuration';
  for (const [base, path] of [
    [runtime.page, '/'],
    [runtime.issuer, discovery],
  ] as const) {
    expect((await ask(base, 'GET', path, link)).status).toBe(200);
    expect((await ask(base, 'GET', path, { origin: runtime.page })).status).toBe(200);
    expect((await ask(base, 'GET', path, script)).status).toBe(403);
    expect((await ask(base, 'GET', path, rebound)).status).toBe(403);
  }
  const token = { ...plain, origin: 'http://evil.example' };
  expect((await ask(runtime.issuer, 'POST', '/token', token)).status).toBe(403);
});

test('a WebSocket under a foreign name is refused before $connect', async () => {
  const headers = {
    ...{ connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' },
    ...{ 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', host: 'evil.example' },
  };
  const { status, body } = await ask(runtime.page, 'GET', '/dev', headers);
  expect([status, body]).toEqual([403, expect.stringContaining('Host "evil.example"')]);
});
