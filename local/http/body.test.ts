// A body: read up to the limit, and whatever a client does with the rest, nothing grows, hangs or falls.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { AwsError } from '../endpoint/aws-error.ts';
import { bodyOf } from './body.ts';
import { hangUp, listen, type Port } from './listen.ts';

const LIMIT = 10;
let port: Port;
let seen: Promise<unknown>;
let heard: (outcome: unknown) => void;

beforeEach(async () => {
  seen = new Promise((resolve) => {
    heard = resolve;
  });
  port = await listen('--port', 0);
  port.open({
    origins: [],
    linked: false,
    answer(req, res) {
      bodyOf(req, LIMIT)
        .then((body) => body?.toString() ?? 'too large')
        .then(
          (text) => {
            heard(text);
            res.end(text);
          },
          (error: unknown) => {
            heard(error);
            res.destroy();
          },
        );
    },
  });
});
afterEach(() => hangUp(port.server));

function send(...lines: string[]): Socket {
  const socket = connect(port.port, '127.0.0.1').setEncoding('utf8');
  socket.on('error', () => undefined);
  socket.write(['POST / HTTP/1.1', 'Host: localhost', ...lines].join('\r\n'));
  return socket;
}
const sized = (length: number, body: string) => send(`Content-Length: ${length}`, '', body);
const answerOf = async (socket: Socket) => {
  const [head] = await once(socket, 'data');
  socket.destroy();
  return String(head).split('\r\n\r\n')[1];
};

test.each([
  ['nothing', () => sized(0, ''), ''],
  ['as much as the limit', () => sized(10, '0123456789'), '0123456789'],
  ['one byte more', () => sized(11, '01234567890'), 'too large'],
  ['a length beyond the limit, and no body yet', () => sized(1e12, ''), 'too large'],
  [
    'chunks that never end',
    () => send('Transfer-Encoding: chunked', '', 'b', '01234567890', ''),
    'too large',
  ],
])('%s', async (_, sent, expected) => {
  expect(await answerOf(sent())).toContain(expected);
  expect(await seen).toBe(expected);
});

test('a client that leaves in the middle is an error of its own', async () => {
  const socket = sized(5, 'abc');
  await once(port.server, 'request');
  socket.destroy();
  expect(await seen).toBeInstanceOf(AwsError);
  expect(await seen).toMatchObject({ code: 'RequestAbortedException', status: 400 });
});

test('what is too large is taken in, so that the client hears the answer and its line is good', async () => {
  const body = 'x'.repeat(3_000_000);
  const url = `http://127.0.0.1:${port.port}`;
  expect(await (await fetch(url, { method: 'POST', body })).text()).toBe('too large');
  expect(await (await fetch(url, { method: 'POST', body: 'again' })).text()).toBe('again');
});
