// Somebody in as many rooms as one may be: all are told in time, and one that cannot be told fails the execution, alone.
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import type { Json, States } from '../../local/stepfunctions/asl.ts';
import { Failure } from '../../local/stepfunctions/failure.ts';
import { run } from '../../local/stepfunctions/run.ts';
import { LIMITS } from '../../shared/src/protocol/limits.ts';

const FOLDER = '../../workflows/';
const read = (file: string) => readFileSync(new URL(FOLDER + file, import.meta.url), 'utf8');
const LAST_SEEN = '2026-01-01T10:00:00.000Z';
/** When the execution runs, which the queue has held back. */
const NOW = '2026-01-01T10:00:15.000Z';

/** One execution for Ann, who was shown in these rooms and is in none any more; nobody can be told in those that are `deaf`. */
async function leaves(
  rooms: string[],
  { deaf = [], cause = 'closed' as 'closed' | 'lapsed' | 'opened' } = {} as {
    deaf?: string[];
    cause?: 'closed' | 'lapsed' | 'opened';
  },
) {
  const source = read('statemachine/presence-change.asl.json');
  const filled = source.replaceAll(/\$\{(\w+)\}/g, '$1');
  const told: string[] = [];
  const seen: string[] = [];
  const away = new Set<string>();
  const later: Json[] = [];
  const task = async (resource: string, parameters: Json): Promise<Json> => {
    const text = JSON.stringify(parameters);
    const room = rooms.find((one) => text.includes(`#${one}"`) || text.includes(`:${one}"`)) ?? '';
    if (resource.endsWith('getItem'))
      return {
        Item: { shown: { S: away.has(room) ? 'offline' : 'online' }, shownAt: { S: 'then' } },
      };
    if (resource.endsWith('putItem')) {
      away.add(room);
      seen.push(/"seenAt":\{"S":"(.*?)"/.exec(text)?.[1] ?? 'never');
    }
    if (resource.endsWith('lambda:invoke')) {
      if (deaf.includes(room)) throw new Failure('Lambda.ServiceException', room);
      told.push(room);
    }
    if (resource.endsWith('sqs:sendMessage')) later.push(parameters);
    return { Count: 0, ScannedCount: 0, Items: [] };
  };
  const who = { userId: 'ann', nickname: 'Ann', at: LAST_SEEN };
  const detail = { ...who, rooms, isLapsed: cause === 'lapsed', rememberUntil: 1 };
  const input = { detail, ...(cause === 'closed' ? { hasWaited: true } : {}) };
  const waits: number[] = [];
  const sleep = async (ms: number) => void waits.push(ms);
  const clock = { now: () => Date.parse(NOW), random: () => 0, sleep };
  const context = { Execution: { Id: 'e', Input: input } };
  const scope = { context, signal: new AbortController().signal, previous: 0 };
  const world = { region: 'eu-west-1', clock, record: () => 0, task };
  const machine = JSON.parse(filled) as States;
  const error = await run(machine, input, scope, world).then(
    () => undefined,
    (thrown: unknown) => (thrown instanceof Failure ? thrown.name : thrown),
  );
  return { told, seen, error, later, waits };
}

const ROOMS = Array.from({ length: LIMITS.rooms }, (_, at) => `room-${at}`);

test('all rooms that one may be in are told after the grace, and nothing in the execution waits', async () => {
  const { told, waits, later, error, seen } = await leaves(ROOMS);
  expect(new Set(seen)).toEqual(new Set([NOW]));
  expect(error).toBeUndefined();
  expect(told.toSorted()).toEqual(ROOMS.toSorted());
  expect([waits, later]).toEqual([[], []]);
});

test('an execution that came of an opening and finds nobody leaves the look to the queue, room by room', async () => {
  const { told, waits, later } = await leaves(['a', 'b'], { cause: 'opened' });
  expect([told, waits]).toEqual([[], []]);
  const detail = { userId: 'ann', nickname: 'Ann', at: LAST_SEEN, isLapsed: false };
  const event = (room: string) => ({
    ...{ 'detail-type': 'ConnectionGone', source: 'chat.workflows' },
    detail: { ...detail, rooms: [room], rememberUntil: 1 },
  });
  expect(later).toEqual(
    ['a', 'b'].map((room) => ({ QueueUrl: 'GraceQueue', MessageBody: event(room) })),
  );
});

test('a room that cannot be told fails the execution, after the others were told', async () => {
  const [deaf = '', ...others] = ROOMS.slice(0, 5);
  const { told, error } = await leaves([deaf, ...others], { deaf: [deaf] });
  expect(told.toSorted()).toEqual(others.toSorted());
  expect(error).toBe('RoomUntold');
});

test('a ghost, whose lease has ended, is given no grace more, and was seen last when it ended', async () => {
  const { told, later, seen } = await leaves(['room'], { cause: 'lapsed' });
  expect([told, later]).toEqual([['room'], []]);
  expect(seen).toEqual([LAST_SEEN]);
});
