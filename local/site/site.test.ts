// The page: only what lies in its folder, with the headers of the template.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { originsOf } from '../http/allowed-requests.ts';
import { hangUp, listen } from '../http/listen.ts';
import { type Site, startSite } from './site.ts';

let above: string;
let server: Server;
let port: number;
let site: Site;
const origin = { file: 'front/template.yaml', path: 'Resources.Site' };
const plan = () => ({
  ...{ folder: join(above, 'src'), index: 'index.html', origin },
  headers: { 'content-security-policy': "default-src 'none'" },
});

beforeEach(async () => {
  above = mkdtempSync(join(tmpdir(), 'site-'));
  mkdirSync(join(above, 'src', 'core'), { recursive: true });
  mkdirSync(join(above, 'src-private'));
  writeFileSync(join(above, 'src', 'index.html'), '<p>hi</p>');
  writeFileSync(join(above, 'src', 'core', 'a b.js'), '// js');
  for (const name of ['x.css', 'x.json', 'x.svg', 'x.webmanifest', 'x.bin'])
    writeFileSync(join(above, 'src', name), '');
  writeFileSync(join(above, 'secret'), 'secret');
  writeFileSync(join(above, 'src-private', 'secret'), 'secret');
  site = startSite(plan(), () => ({ websocket: 'ws://here/dev', stage: 'dev', auth: 'guest' }));
  const taken = await listen('--port', 0);
  ({ server, port } = taken);
  taken.open({
    origins: originsOf(port),
    linked: true,
    answer: (req, res) => void site.handle(req, res).catch((error: Error) => res.destroy(error)),
  });
});
afterEach(async () => {
  await hangUp(server);
  rmSync(above, { recursive: true });
});

/** The path goes as it is: fetch would tidy it. */
function ask(path: string, method = 'GET', headers: Record<string, string> = {}) {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: string }>(
    (done, fail) => {
      const asked = request({ host: '127.0.0.1', port, path, method, headers }, (res) => {
        const chunks: Buffer[] = [];
        res.on('data', (chunk: Buffer) => chunks.push(chunk));
        res.on('end', () => {
          const body = Buffer.concat(chunks).toString();
          done({ status: res.statusCode ?? 0, headers: res.headers, body });
        });
      });
      asked.on('error', fail);
      asked.end();
    },
  );
}

test('the root is the index, with the headers of the template', async () => {
  expect(await ask('/?q=1')).toMatchObject({
    ...{ status: 200, body: '<p>hi</p>' },
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'",
      'cache-control': 'no-cache',
      'content-length': '9',
    },
  });
});

test.each([
  ['/core/a%20b.js', 'text/javascript; charset=utf-8'],
  ['/x.css', 'text/css; charset=utf-8'],
  ['/x.json', 'application/json'],
  ['/x.svg', 'image/svg+xml'],
  ['/x.webmanifest', 'application/manifest+json'],
  ['/x.bin', 'application/octet-stream'],
])('%s is %s', async (path, contentType) => {
  const { status, headers } = await ask(path);
  expect([status, headers['content-type']]).toEqual([200, contentType]);
});

test.each([
  ['/../secret', 403],
  ['/%2e%2e/secret', 403],
  ['/..%2fsecret', 403],
  ['/core/..%2f..%2fsecret', 403],
  ['/../src-private/secret', 403],
  ['/..%5csecret', 403],
  ['//etc/passwd', 403],
  ['/core', 403],
  ['/core/', 403],
  ['/missing.js', 403],
  ['/index.html%00.js', 400],
  ['/%E0%A4%A', 400],
])('%s is answered %i, and no secret', async (path, expected) => {
  const { status, body, headers } = await ask(path);
  expect([status, body]).toEqual([expected, `${expected}\n`]);
  expect(headers['content-security-policy']).toBe("default-src 'none'");
});

test('a page that has not changed is not sent again', async () => {
  const { headers } = await ask('/');
  const again = { 'if-none-match': String(headers.etag) };
  expect(await ask('/', 'GET', again)).toMatchObject({ status: 304, body: '' });
  writeFileSync(join(above, 'src', 'index.html'), '<p>changed</p>');
  expect(await ask('/', 'GET', again)).toMatchObject({ status: 200, body: '<p>changed</p>' });
});

test('HEAD is the head alone, other methods are not allowed', async () => {
  expect(await ask('/', 'HEAD')).toMatchObject({
    ...{ status: 200, body: '', headers: { 'content-length': '9' } },
  });
  for (const method of ['POST', 'PUT', 'DELETE']) expect((await ask('/', method)).status).toBe(405);
});

test('config.json says where the WebSocket is', async () => {
  const { headers, body } = await ask('/config.json');
  expect(headers['content-type']).toBe('application/json');
  expect(JSON.parse(body)).toEqual({ websocket: 'ws://here/dev', stage: 'dev', auth: 'guest' });
});

test('a new plan counts from then on', async () => {
  site.update({ ...plan(), headers: {}, index: 'x.json' });
  const { headers } = await ask('/');
  expect(headers['content-type']).toBe('application/json');
  expect(headers['content-security-policy']).toBeUndefined();
});
