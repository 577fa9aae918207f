// Proves that no lost answer bars the way for what is asked next, and that what was taken back is not asked later.
import { expect, test } from '@jest/globals';
import { createDoorway } from '../../front/src/core/doorway.js';
import { fakeClock, settled } from './workbench.ts';

const ROOMS = { action: 'rooms' };
const joined = (room: string) => ({ type: 'joined' as const, room, head: 0 });
const joining = (room: string) => ({ action: 'join', room });

function start() {
  const { clock, live } = fakeClock();
  const sent: object[] = [];
  const doorway = createDoorway({
    clock,
    fraction: () => 0.5,
    send: (frame) => sent.push(frame) > 0,
  });
  doorway.line(true);
  const { ask, heard, refused, line } = doorway;
  return { ask, heard, refused, line, live, sent };
}

test('a question whose answer is lost is asked again on the same line, and answered', async () => {
  const { ask, heard, live, sent } = start();
  const answer = ask(joining('tea'), 'joined');
  await live(9_999);
  expect(sent).toEqual([joining('tea')]);
  await live(1);
  expect(sent).toEqual([joining('tea'), joining('tea')]);
  heard(joined('tea'));
  expect(await answer).toEqual(joined('tea'));
  await live(60_000);
  expect(sent).toHaveLength(2);
});

test('one that is never answered is given up after three times, and the next is asked', async () => {
  const { ask, heard, live, sent } = start();
  const first = ask(ROOMS, 'rooms');
  const given = expect(first).rejects.toMatchObject({ name: 'NoAnswer' });
  const second = ask(joining('tea'), 'joined');
  await live(30_000);
  await given;
  expect(sent).toEqual([ROOMS, ROOMS, ROOMS, joining('tea')]);
  heard(joined('tea'));
  expect(await second).toEqual(joined('tea'));
});

test('a line that is down costs no try', async () => {
  const { ask, heard, line, live, sent } = start();
  line(false);
  const answer = ask(joining('tea'), 'joined');
  await live(3_600_000);
  line(true);
  expect(sent).toEqual([joining('tea')]);
  heard(joined('tea'));
  expect(await answer).toEqual(joined('tea'));
});

test('who follows into a room is answered by their own answer, not by what is told of a leave', async () => {
  const { ask, heard } = start();
  const answer = ask({ ...joining('tea'), follow: true }, 'joined');
  expect(heard({ type: 'left', room: 'tea' })).toBe(false);
  expect(heard({ type: 'left', room: 'tea', follow: true })).toBe(true);
  expect(await answer).toEqual({ type: 'left', room: 'tea', follow: true });
});

test('what is told of a leave answers no join', async () => {
  const { ask, heard } = start();
  const answer = ask(joining('tea'), 'joined');
  expect(heard({ type: 'left', room: 'tea', follow: true })).toBe(false);
  expect(heard(joined('tea'))).toBe(true);
  expect(await answer).toEqual(joined('tea'));
});

test('what was taken back while the line was down is never asked', async () => {
  const { ask, line, sent } = start();
  line(false);
  const regretted = new AbortController();
  const answer = ask(joining('tea'), 'joined', regretted.signal);
  regretted.abort();
  await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
  line(true);
  await settled();
  expect(sent).toEqual([]);
});

test('what was taken back on its way is not asked again, and its refusal is nobody else’s', async () => {
  const { ask, heard, refused, sent } = start();
  const regretted = new AbortController();
  const first = ask(joining('den'), 'joined', regretted.signal);
  const second = ask(joining('tea'), 'joined');
  regretted.abort();
  await expect(first).rejects.toMatchObject({ name: 'AbortError' });
  const no = { type: 'error' as const, ref: null, retry: false, afterMs: 0, message: 'No.' };
  refused({ ...no, code: 'NoSuchRoom' });
  expect(sent).toEqual([joining('den'), joining('tea')]);
  heard(joined('tea'));
  expect(await second).toEqual(joined('tea'));
});

test('what was taken back on its way and never answered makes room after one wait', async () => {
  const { ask, live, sent } = start();
  const regretted = new AbortController();
  const first = ask(joining('den'), 'joined', regretted.signal);
  regretted.abort();
  await expect(first).rejects.toMatchObject({ name: 'AbortError' });
  void ask(joining('tea'), 'joined');
  await live(10_000);
  expect(sent).toEqual([joining('den'), joining('tea')]);
});

const refusal = { type: 'error' as const, ref: null, retry: true, message: '' };

test('a question that the gateway refuses is asked again later and ever later, until it is answered', async () => {
  const { ask, heard, refused, live, sent } = start();
  const answer = ask(joining('tea'), 'joined');
  for (const [at, wait] of [750, 1_500, 3_000, 6_000].entries()) {
    refused({ ...refusal, code: 'GatewayError', afterMs: 0 });
    await live(wait - 1);
    expect(sent).toHaveLength(at + 1);
    await live(1);
    expect(sent).toHaveLength(at + 2);
  }
  heard(joined('tea'));
  expect(await answer).toEqual(joined('tea'));
});

test('what is asked meanwhile does not hurry it, and waits its turn', async () => {
  const { ask, heard, refused, live, sent } = start();
  const first = ask(joining('tea'), 'joined');
  refused({ ...refusal, code: 'GatewayError', afterMs: 0 });
  const second = ask(ROOMS, 'rooms');
  await live(749);
  expect(sent).toEqual([joining('tea')]);
  await live(1);
  heard(joined('tea'));
  expect(await first).toEqual(joined('tea'));
  expect(sent).toEqual([joining('tea'), joining('tea'), ROOMS]);
  heard({ type: 'rooms', rooms: [], prefix: '', after: '', more: false });
  await second;
});

test('a new line does not wait for what was refused on the old one', async () => {
  const { ask, refused, line, live, sent } = start();
  void ask(joining('tea'), 'joined');
  refused({ ...refusal, code: 'GatewayError', afterMs: 0 });
  line(false);
  line(true);
  expect(sent).toHaveLength(2);
  await live(5_000);
  expect(sent).toHaveLength(2);
});
