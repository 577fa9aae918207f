// Tests of a connection's two clocks and of the token bucket, on a clock the test turns.
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { WebSocket } from 'ws';
import { openConnection } from './connection.ts';
import { awsLimits } from './limits.ts';
import { tokenBucket } from './token-bucket.ts';

const MINUTE = 60_000;

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
});
afterEach(() => {
  jest.useRealTimers();
});

function connect() {
  const ws = Object.assign(new EventEmitter(), {
    bufferedAmount: 0,
    send: () => undefined,
    close: () => undefined,
    terminate: () => undefined,
  });
  const ends: [number, string][] = [];
  const connection = openConnection(
    {
      connectionId: 'L0SM9cOFvHcCIhw=',
      apiId: 'abcd1234',
      stage: 'dev',
      domainName: 'chat.example',
      connectedAt: Date.now(),
      sourceIp: '127.0.0.1',
    },
    ws as unknown as WebSocket,
    new PassThrough(),
    awsLimits,
    { message() {}, trouble() {}, passed() {}, ended: (_connection, ...end) => ends.push(end) },
  );
  return { ws, connection, ends };
}

test('an untouched connection goes away after ten minutes', () => {
  const { ends } = connect();
  jest.advanceTimersByTime(10 * MINUTE - 1);
  expect(ends).toEqual([]);
  jest.advanceTimersByTime(1);
  expect(ends).toEqual([[1001, 'Going away']]);
});

test.each<[string, (line: ReturnType<typeof connect>) => unknown]>([
  ['a message in', ({ ws }) => ws.emit('message', Buffer.from('{}'), false)],
  ['a message out', ({ connection }) => connection.send('{}')],
  ['a ping', ({ ws }) => ws.emit('ping', Buffer.alloc(0))],
])('%s starts the ten minutes anew and is the last activity', (_what, touch) => {
  const line = connect();
  jest.advanceTimersByTime(9 * MINUTE);
  touch(line);
  expect(line.connection.lastActiveAt()).toBe(line.connection.facts.connectedAt + 9 * MINUTE);
  jest.advanceTimersByTime(9 * MINUTE);
  expect(line.ends).toEqual([]);
  jest.advanceTimersByTime(MINUTE);
  expect(line.ends).toEqual([[1001, 'Going away']]);
});

test('a busy connection goes away after two hours', () => {
  const { connection, ends } = connect();
  for (let minute = 0; minute < 119; minute += 1) {
    jest.advanceTimersByTime(MINUTE);
    connection.send('{}');
  }
  expect(ends).toEqual([]);
  jest.advanceTimersByTime(MINUTE);
  expect(ends).toEqual([[1001, 'Going away']]);
});

test('a connection that ended takes no more and ends no second time', () => {
  const { ws, connection, ends } = connect();
  connection.close(1000, 'Connection Closed Normally');
  ws.emit('close', 1005, Buffer.alloc(0));
  jest.advanceTimersByTime(180 * MINUTE);
  expect(connection.send('{}')).toBe(false);
  expect(ends).toEqual([[1000, 'Connection Closed Normally']]);
});

test('the token bucket lets its burst through at once, then refills at its rate up to the burst', () => {
  let now = 0;
  const mayPass = tokenBucket({ perS: 500, burst: 1_000 }, () => now);
  const passed = (tries: number) => Array.from({ length: tries }, mayPass).filter(Boolean).length;
  expect(passed(1_001)).toBe(1_000);
  now += 10;
  expect(passed(6)).toBe(5);
  now += 60_000;
  expect(passed(1_001)).toBe(1_000);
});
