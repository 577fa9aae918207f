// A port: taken for this machine only, refused by flag, given back whole.
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import { Refusal } from '../refusal.ts';
import { hangUp, listen } from './listen.ts';

const programs = { origins: [], linked: false };

test('port 0 picks a free one, on the loopback address', async () => {
  const { server, port } = await listen('--port', 0);
  expect(server.address()).toMatchObject({ address: '127.0.0.1', port });
  await hangUp(server);
});

test('a port that is taken is refused by its flag, with a way out', async () => {
  const { server, port } = await listen('--port', 0);
  const taken = listen('--aws-port', port);
  await expect(taken).rejects.toThrow(Refusal);
  await expect(taken).rejects.toThrow(
    `flags: --aws-port = ${port}: this port is taken; try --aws-port 0`,
  );
  await hangUp(server);
});

test('hanging up ends connections that are open, and frees the port', async () => {
  const { server, port } = await listen('--port', 0);
  const client = connect(port, '127.0.0.1');
  await Promise.all([once(client, 'connect'), once(server, 'connection')]);
  const closed = once(client, 'close');
  await hangUp(server);
  await closed;
  await hangUp((await listen('--port', port)).server);
});

test('a request that comes before anybody answers is answered then; later ones at once, and once', async () => {
  const { server, port, open } = await listen('--port', 0);
  const early = fetch(`http://127.0.0.1:${port}/early`);
  await once(server, 'request');
  open({ ...programs, answer: (req, res) => void res.end(req.url) });
  expect(await (await early).text()).toBe('/early');
  expect(await (await fetch(`http://127.0.0.1:${port}/late`)).text()).toBe('/late');
  await hangUp(server);
});

test('a WebSocket that comes so early is told 503, and keeps no port from closing', async () => {
  const { server, port } = await listen('--port', 0);
  const headers = { Connection: 'Upgrade', Upgrade: 'websocket' };
  const handshake = request({ host: '127.0.0.1', port, headers }).end();
  const [response] = await once(handshake, 'response');
  expect(response.statusCode).toBe(503);
  response.resume();
  await hangUp(server);
});

const page = 'http://127.0.0.1:3000';
const link = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

/** The status and text that a request with these headers gets at a port that links lead to. */
async function answerTo(method: string, headers: Record<string, string>) {
  const { server, port, open } = await listen('--port', 0);
  open({ origins: [page], linked: true, answer: (_, res) => void res.end('answered') });
  const asked = request({ host: '127.0.0.1', port, method, headers }).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  const body = await text(response);
  await hangUp(server);
  return [response.statusCode, body];
}

test.each<[string, string, Record<string, string>]>([
  ['a link of another site', 'GET', { 'sec-fetch-site': 'cross-site', ...link }],
  ['a link of another port', 'GET', { 'sec-fetch-site': 'same-site', ...link }],
  ['what the page loads', 'GET', { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'no-cors' }],
  ['what the page asks', 'POST', { 'sec-fetch-site': 'same-site', origin: page }],
])('%s is answered', async (_, method, headers) => {
  expect(await answerTo(method, headers)).toEqual([200, 'answered']);
});

test.each<[string, string, Record<string, string>, string]>([
  ['a rebound name', 'GET', { host: 'evil.example:3000' }, 'Host "evil.example:3000"'],
  ['a user before a name', 'GET', { host: 'localhost@evil.example' }, 'Host "localhost@'],
  ['a script of another site', 'GET', { 'sec-fetch-site': 'cross-site' }, 'Sec-'],
  [
    'a frame',
    'GET',
    { 'sec-fetch-site': 'same-site', ...link, 'sec-fetch-dest': 'iframe' },
    'Sec-',
  ],
  ['what a browser may say one day', 'GET', { 'sec-fetch-site': 'other' }, 'Sec-'],
  ['a form of another site', 'POST', { origin: 'http://evil.example', ...link }, 'Origin "http'],
  ['a form without a name', 'POST', { origin: 'null', ...link }, 'Origin "null"'],
  ['a form of an old browser', 'POST', { 'sec-fetch-site': 'cross-site', ...link }, 'Sec-'],
  ['two origins', 'GET', { origin: `${page}, ${page}` }, 'Origin "http'],
])('%s is refused', async (_, method, headers, why) => {
  expect(await answerTo(method, headers)).toEqual([403, expect.stringContaining(why)]);
});

test('a WebSocket’s Origin is its service’s to judge, a rebound name is refused before', async () => {
  const { server, port, open } = await listen('--port', 0);
  const origins: unknown[] = [];
  open({
    ...programs,
    answer: (_, res) => void res.end(),
    upgrade(req, socket) {
      origins.push(req.headers.origin);
      const line = 'HTTP/1.1 418 Teapot\r\nContent-Length: 0\r\n\r\n';
      socket.end(line, () => void socket.destroy());
    },
  });
  const status = async (more: Record<string, string>) => {
    const headers = { connection: 'Upgrade', upgrade: 'websocket', ...more };
    const [response] = await once(request({ host: '127.0.0.1', port, headers }).end(), 'response');
    response.resume();
    return response.statusCode;
  };
  expect(await status({ origin: 'http://evil.example' })).toBe(418);
  expect(await status({ host: 'evil.example' })).toBe(403);
  expect(origins).toEqual(['http://evil.example']);
  await hangUp(server);
});

/** The status that a request under Docker's name for this machine gets. */
async function answerToContainer(
  [method, path, headers]: [string, string, Record<string, string>],
  own: { readByContainers?: string[] },
) {
  const { server, port, open } = await listen('--port', 0);
  open({ ...programs, origins: [page], ...own, answer: (_, res) => void res.end() });
  const asked = request({
    ...{ host: '127.0.0.1', port, method, path },
    headers: { host: 'host.docker.internal:4566', ...headers },
  }).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  response.resume();
  await hangUp(server);
  return response.statusCode;
}
const own = { readByContainers: ['/keys'] };

test.each<[string, [string, string, Record<string, string>], number]>([
  ['an SDK in a container posts', ['POST', '/', {}], 200],
  ['it deletes', ['DELETE', '/dev/@connections/a', {}], 200],
  ['it reads what it may', ['GET', '/keys', {}], 200],
  ['it reads anything else', ['GET', '/2015-03-31/functions/', {}], 403],
  ['a query makes another path', ['GET', '/keys?a', {}], 403],
  // A network whose DNS answers for that name may show a page from it: what a browser posts has that page's Origin.
  ['a page posts', ['POST', '/', { origin: 'http://host.docker.internal:4566' }], 403],
  ['a page without an origin posts', ['POST', '/', { origin: 'null' }], 403],
  ['a longer name', ['POST', '/', { host: 'host.docker.internal.evil.example' }], 403],
])('under Docker’s name for this machine: %s', async (_, asked, status) => {
  expect(await answerToContainer(asked, own)).toBe(status);
});

test('a port that is not opened to containers answers nothing under that name, and none opens a WebSocket', async () => {
  expect(await answerToContainer(['POST', '/', {}], {})).toBe(403);
  const { server, port, open } = await listen('--port', 0);
  open({ ...programs, ...own, answer: () => undefined, upgrade: (_, socket) => socket.destroy() });
  const headers = { host: 'host.docker.internal', Connection: 'Upgrade', Upgrade: 'websocket' };
  const handshake = request({ host: '127.0.0.1', port, path: '/keys', headers }).end();
  const [response] = (await once(handshake, 'response')) as [IncomingMessage];
  expect(response.statusCode).toBe(403);
  response.resume();
  await hangUp(server);
});
