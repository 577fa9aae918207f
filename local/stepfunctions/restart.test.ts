// A stop in the middle of executions: the next start runs them again, and only them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { silent } from '../log.ts';
import { plan } from '../testing/state-machine.ts';
import { type Machines, type MachinesDeps, startMachines } from './state-machines.ts';

const PATIENCE_MS = 10_000;
const LOOK = { Type: 'Task', Resource: 'arn:aws:states:::dynamodb:getItem', End: true };
const look = plan({ A: { ...LOOK, Parameters: { 'TableName.$': '$.table' } } });
const stateMachineArn = look.arn;
const forever = new Promise<never>(() => {});

let folder: string;
const started: Machines[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'machines-'));
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((machines) => machines.stop()));
  rmSync(folder, { recursive: true });
});

function start(answer: () => unknown, more: Partial<MachinesDeps> = {}, plans = [look]) {
  const tables: unknown[] = [];
  const lines: string[] = [];
  const note = (line: string) => void lines.push(line);
  const machines = startMachines(plans, {
    aws: {
      async call(_service, _action, { TableName }) {
        tables.push(TableName);
        await answer();
        return {};
      },
    },
    log: { ...silent, warn: note, say: note },
    ...{ region: 'eu-west-1', account: '000000000000', folder },
    ...more,
  });
  started.push(machines);
  const run = (table: string) =>
    machines.call('StartExecution', {
      ...{ stateMachineArn, name: table, input: JSON.stringify({ table }) },
    });
  return { machines, tables, lines, run };
}

test('what a stop cut off runs again with its name and input; what had ended does not', async () => {
  let answer: () => unknown = () => ({});
  const first = start(() => answer());
  await first.run('done');
  expect(await first.machines.settled(PATIENCE_MS)).toBe(true);
  answer = () => forever;
  await first.run('cut');
  await first.machines.stop();
  expect(first.lines).toEqual([
    'machine: 1 executions were still running; they start again with the next run',
  ]);

  const second = start(() => ({}));
  expect(await second.machines.settled(PATIENCE_MS)).toBe(true);
  expect(second.tables).toEqual(['cut']);
  expect(
    (await second.machines.call('ListExecutions', { stateMachineArn })).executions,
  ).toMatchObject([{ name: 'cut', status: 'SUCCEEDED' }]);
  await second.machines.stop();

  const third = start(() => ({}));
  expect(await third.machines.settled(PATIENCE_MS)).toBe(true);
  expect(third.tables).toEqual([]);
});

test('an execution that is cut off twice runs a third time, once', async () => {
  const first = start(() => forever);
  await first.run('cut');
  await first.machines.stop();
  const second = start(() => forever);
  expect(await second.machines.settled(1)).toBe(false);
  await second.machines.stop();
  const third = start(() => ({}));
  expect(await third.machines.settled(PATIENCE_MS)).toBe(true);
  expect(third.tables).toEqual(['cut']);
});

test('a stop in the very moment in which it starts again leaves it there once', async () => {
  const first = start(() => forever);
  await first.run('cut');
  await first.machines.stop();
  for (let turns = 0; turns < 8; turns += 1) {
    const { machines } = start(() => forever);
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
    await machines.stop();
  }
  const last = start(() => ({}));
  expect(await last.machines.settled(PATIENCE_MS)).toBe(true);
  expect(last.tables).toEqual(['cut']);
  await last.machines.stop();
  const after = start(() => ({}));
  expect(await after.machines.settled(PATIENCE_MS)).toBe(true);
  expect(after.tables).toEqual([]);
});

test('executions of the last run wait until the tasks can be called', async () => {
  const first = start(() => forever);
  await first.run('cut');
  await first.machines.stop();
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  const second = start(() => ({}), { ready });
  expect(await second.machines.settled(1)).toBe(false);
  expect(second.tables).toEqual([]);
  resolve();
  await ready;
  expect(await second.machines.settled(PATIENCE_MS)).toBe(true);
  expect(second.tables).toEqual(['cut']);
});

test('who stops an execution by hand does not find it running again', async () => {
  const first = start(() => forever);
  const { executionArn } = await first.run('unwanted');
  await first.machines.call('StopExecution', { executionArn });
  await first.machines.stop();
  const second = start(() => ({}));
  expect(await second.machines.settled(PATIENCE_MS)).toBe(true);
  expect(second.tables).toEqual([]);
});

test('an execution whose machine is gone is dropped with a warning that names both', async () => {
  const first = start(() => forever);
  await first.run('orphan');
  await first.machines.stop();
  const second = start(() => ({}), {}, []);
  expect(await second.machines.settled(PATIENCE_MS)).toBe(true);
  expect(second.lines.join()).toContain(`${stateMachineArn} is gone; orphan is dropped`);
});
