// Every interleaving of comings, goings and the executions that they start, in any order: the room's last word is the truth (I12).
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Aws } from '../../local/aws.ts';
import type { Json, States } from '../../local/machines/asl.ts';
import { run } from '../../local/machines/run.ts';
import { performTask } from '../../local/machines/tasks.ts';
import type { Call, Program } from './script.ts';
import { type Fact, type Player, type State, search } from './search.ts';
import type { Attribute } from './tables-model.ts';

const NAMES: Record<string, string> = { ConnectionsTable: 'Connections', GraceSeconds: '15' };
type Flow = Record<string, { Next?: string; [field: string]: unknown }>;

function readMachine() {
  const file = '../../workflows/statemachine/presence-change.asl.json';
  const source = readFileSync(new URL(file, import.meta.url), 'utf8');
  const filled = source.replace(/\$\{(\w+)\}/g, (_, name: string) => NAMES[name] ?? name);
  const machine = JSON.parse(filled) as {
    States: { EachRoom: { ItemProcessor: { States: Flow } } };
  };
  return { machine, flow: machine.States.EachRoom.ItemProcessor.States };
}

const word = (value: Attribute | undefined) => (value && 'S' in value ? value.S : '');

/** Time is told by what was read: later than the last change that was shown, as any two machines' clocks have it here. */
function logicalClock(aws: Aws): { aws: Aws; now(): number } {
  let now = 1;
  return {
    now: () => now,
    aws: {
      async call(service, action, input, principal) {
        const output = await aws.call(service, action, input, principal);
        const { Item } = output as { Item?: { shownAt?: { S: string } } };
        const shownMs = Date.parse(Item?.shownAt?.S ?? '');
        if (!Number.isNaN(shownMs)) now = Math.max(now, shownMs + 1);
        return output;
      },
    },
  };
}

/** One execution, for an event of Ann's. Opened or closed, it only looks. */
function execution(machine: object, isLapsed = false): Program {
  const seen = { at: 'now', isLapsed, rememberUntil: 1 };
  const detail = { userId: 'ann', nickname: 'Ann', rooms: ['r'], ...seen };
  const identity = {
    principal: { name: 'm', policy: [] },
    executionArn: 'e',
    stateMachineArn: 'm',
  };
  return async (aws, signal) => {
    const time = logicalClock(aws);
    const clock = { now: time.now, random: () => 0, sleep: async () => {} };
    const task = (resource: string, parameters: Json) =>
      performTask(resource, parameters, { aws: time.aws, ...identity });
    const context = { Execution: { Id: 'e', Input: { detail } } };
    const world = { region: 'eu-west-1', clock, record: () => 0, task };
    const scope = { context, signal, previous: 0 };
    await run(machine as unknown as States, { detail }, scope, world);
  };
}

/** One of Ann's connections enters the roster, or is out of it: an entry whose lease has ended is none. */
const writes = (connectionId: string, isHere: boolean): Program => {
  const Item = {
    pk: { S: 'roster#r' },
    sk: { S: `ann#${connectionId}` },
    leaseUntil: { S: isHere ? '9999' : '0000' },
    nickname: { S: 'Ann' },
  };
  return async (aws) => {
    const principal = { name: 'm', policy: [] };
    await aws.call('dynamodb', 'PutItem', { TableName: 'Connections', Item }, principal);
  };
};

const LASTS = ['goes', 'comes', 'returns after her lease'] as const;
type Last = (typeof LASTS)[number];

const after = (name: string) => (state: State) => state.ended[name] !== undefined;

/** She comes, goes, and comes again on another connection, in whatever order the writes and the executions arrive. */
function players(machine: object, last: Last): Player[] {
  const moves: [string, Program, string?][] = [
    ['comes', writes('c1', true)],
    ['goes', writes('c1', false), 'comes'],
  ];
  if (last !== 'goes') moves.push(['returns', writes('c2', true), 'comes']);
  return moves.flatMap(([name, program, cause]) => [
    { name, program, ...(cause === undefined ? {} : { when: after(cause) }) },
    {
      ...{ name: `${name}, told`, when: after(name) },
      program: execution(machine, last === 'returns after her lease' && name === 'goes'),
    },
  ]);
}

function heard({ input }: Call): Fact {
  const { frame } = JSON.parse(String(input.Payload));
  return { kind: 'presence', ...frame };
}

const told = ({ facts }: State) =>
  facts.toSorted((a, b) => (String(a.at) < String(b.at) ? -1 : 1)).map(({ online }) => online);

function always(state: State): void {
  const times = state.facts.map(({ at }) => at);
  if (new Set(times).size < times.length) throw new Error('I12: of two words one is the later');
}

function converged(state: State): void {
  const words = told(state);
  if (words.some((online, at) => online === words[at - 1] || (at === 0 && !online)))
    throw new Error('only a real change is told');
  const entries = Object.values(state.tables).filter(({ pk }) => word(pk) === 'roster#r');
  const isHere = entries.some(({ leaseUntil }) => word(leaseUntil) === '9999');
  if ((words.at(-1) ?? false) !== isHere)
    throw new Error('I12: after quiescence the last word is the truth');
}

async function broken(machine: object, last: Last) {
  const cast = players(machine, last);
  const survivors = cast.map(({ name }) => name);
  const rules = { players: cast, survivors, always, heard, atEnd: converged };
  const found = await search(rules);
  process.stdout.write(`${last}: ${found.interleavings} interleavings, ${found.states} states\n`);
  return found.violation;
}

describe('I12: connect, disconnect and reconnect in any order', () => {
  test.each(LASTS)('she %s last', async (last) => {
    expect(await broken(readMachine().machine, last)).toBeUndefined();
  });
});

describe('planted bugs are caught', () => {
  const PLANTED: Record<string, (flow: Flow) => void> = {
    'no look after the telling': ({ TellRoom }) => {
      if (TellRoom) TellRoom.Next = 'Settled';
    },
    'a change that was shown by another meanwhile': ({ Show }) => {
      if (Show === undefined) return;
      const { TableName, Item } = Show.Parameters as { [field: string]: unknown };
      Show.Parameters = { TableName, Item };
    },
  };
  test.each(Object.entries(PLANTED))('%s', async (_, plant) => {
    const { machine, flow } = readMachine();
    plant(flow);
    const found = (await broken(machine, 'goes')) ?? (await broken(machine, 'comes'));
    expect(found?.promise).toMatch(/I12|real change/);
  });
});
