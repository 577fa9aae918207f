// A crowd is a number: above a hundred connections a coming is written down, so that it is known, and told to nobody.
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import type { Json, States } from '../../local/stepfunctions/asl.ts';
import { run } from '../../local/stepfunctions/run.ts';

const FILE = '../../workflows/statemachine/presence-change.asl.json';

/** One execution in a room of so many connections, where Ann, who was not shown, is, and of so many rows; answers the tasks it did. */
async function execution(connections: number, rows: number): Promise<string[]> {
  const source = readFileSync(new URL(FILE, import.meta.url), 'utf8');
  const machine = JSON.parse(source.replaceAll(/\$\{(\w+)\}/g, '$1')) as States;
  const did: string[] = [];
  let isShown = false;
  const task = async (resource: string, parameters: Json): Promise<Json> => {
    const name = resource.split(':').slice(-2).join(':');
    const isOfOne = JSON.stringify(parameters).includes(':user');
    did.push(name === 'dynamodb:query' ? `${name} ${isOfOne ? 'of Ann' : 'of all'}` : name);
    if (name === 'dynamodb:putItem') isShown = true;
    if (name === 'dynamodb:getItem')
      return isShown ? { Item: { shown: { S: 'online' }, shownAt: { S: 'now' } } } : {};
    const Items = [{ nickname: { S: 'Ann' } }];
    return isOfOne ? { Count: 1, Items } : { Count: connections, ScannedCount: rows };
  };
  const seen = { at: 'now', isLapsed: false, rememberUntil: 1 };
  const detail = { userId: 'ann', nickname: 'Ann', rooms: ['r'], ...seen };
  const clock = { now: () => 1, random: () => 0, sleep: async () => {} };
  const context = { Execution: { Id: 'e', Input: { detail } } };
  const scope = { context, signal: new AbortController().signal, previous: 0 };
  await run(machine, { detail }, scope, { region: 'eu-west-1', clock, record: () => 0, task });
  return did;
}

const LOOKED = ['dynamodb:getItem', 'dynamodb:query of Ann'];
const SHOWN = [...LOOKED, 'dynamodb:putItem', 'dynamodb:query of all'];

test.each([
  [100, 100, [...SHOWN, 'lambda:invoke', ...LOOKED]],
  [100, 199, [...SHOWN, 'lambda:invoke', ...LOOKED]],
  [101, 101, [...SHOWN, ...LOOKED]],
  [60, 200, [...SHOWN, ...LOOKED]],
])('%d connections among the first %d rows of the roster', async (connections, rows, tasks) => {
  expect(await execution(connections, rows)).toEqual(tasks);
});
