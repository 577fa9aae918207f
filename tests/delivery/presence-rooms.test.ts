// Somebody in as many rooms as one may be: all are told in time, and one that cannot be told fails the execution, alone.
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import type { Json, States } from '../../local/machines/asl.ts';
import { Failure } from '../../local/machines/failure.ts';
import { run } from '../../local/machines/run.ts';
import { LIMITS } from '../../shared/src/protocol.ts';

const FOLDER = '../../workflows/';
const read = (file: string) => readFileSync(new URL(FOLDER + file, import.meta.url), 'utf8');
const MAX_GRACE_S = Number(
  /PresenceGraceSeconds:[\s\S]*?MaxValue: (\d+)/.exec(read('template.yaml'))?.[1],
);
const LAST_SEEN = '2026-01-01T10:00:00.000Z';
/** The longest that an Express workflow may run. */
const EXPRESS_S = 5 * 60;

/** One execution for Ann, who was shown in these rooms and is in none any more; nobody can be told in those that are `deaf`. */
async function leaves(
  rooms: string[],
  { deaf = [], isLapsed = false }: { deaf?: string[]; isLapsed?: boolean } = {},
) {
  const source = read('statemachine/presence-change.asl.json');
  const filled = source.replaceAll(/\$\{(\w+)\}/g, (_, name: string) =>
    name === 'GraceSeconds' ? String(MAX_GRACE_S) : name,
  );
  const told: string[] = [];
  const seen: string[] = [];
  const away = new Set<string>();
  let wokenAtMs = 0;
  let sleeping: (() => void)[] = [];
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
    return { Count: 0, ScannedCount: 0, Items: [] };
  };
  const sleep = (ms: number) =>
    new Promise<void>((done) => {
      // Whoever sleeps by now sleeps side by side: the clock moves once for all of them.
      if (sleeping.length === 0)
        setImmediate(() => {
          wokenAtMs += ms;
          const woken = sleeping;
          sleeping = [];
          for (const wake of woken) wake();
        });
      sleeping.push(done);
    });
  const who = { userId: 'ann', nickname: 'Ann', at: LAST_SEEN };
  const detail = { ...who, rooms, isLapsed, rememberUntil: 1 };
  const clock = { now: () => wokenAtMs, random: () => 0, sleep };
  const context = { Execution: { Id: 'e', Input: { detail } } };
  const scope = { context, signal: new AbortController().signal, previous: 0 };
  const world = { region: 'eu-west-1', clock, record: () => 0, task };
  const machine = JSON.parse(filled) as States;
  const error = await run(machine, { detail }, scope, world).then(
    () => undefined,
    (thrown: unknown) => (thrown instanceof Failure ? thrown.name : thrown),
  );
  return { told, seen, error, tookS: wokenAtMs / 1000 };
}

const ROOMS = Array.from({ length: LIMITS.rooms }, (_, at) => `room-${at}`);

test('a dozen rooms are told after one grace', async () => {
  const dozen = ROOMS.slice(0, 12);
  const { told, tookS, error, seen } = await leaves(dozen);
  expect(new Set(seen)).toEqual(new Set([new Date(MAX_GRACE_S * 1000).toISOString()]));
  expect(error).toBeUndefined();
  expect(told.toSorted()).toEqual(dozen.toSorted());
  expect(tookS).toBe(MAX_GRACE_S);
});

test("all rooms that one may be in are told in half an execution's life, at the longest grace", async () => {
  const { told, tookS, error } = await leaves(ROOMS);
  expect(error).toBeUndefined();
  expect(told.toSorted()).toEqual(ROOMS.toSorted());
  expect(tookS).toBeLessThanOrEqual(EXPRESS_S / 2);
});

test('a room that cannot be told fails the execution, after the others were told', async () => {
  const [deaf = '', ...others] = ROOMS.slice(0, 5);
  const { told, error } = await leaves([deaf, ...others], { deaf: [deaf] });
  expect(told.toSorted()).toEqual(others.toSorted());
  expect(error).toBe('RoomUntold');
});

test('a ghost, whose lease has ended, is given no grace more, and was seen last when it ended', async () => {
  const { told, tookS, seen } = await leaves(['room'], { isLapsed: true });
  expect([told, tookS]).toEqual([['room'], 0]);
  expect(seen).toEqual([LAST_SEEN]);
});
