// Every interleaving of comings, goings and the executions that they start, in any order: the room's last word is the truth (I12).
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Aws } from '../../local/endpoint/aws.ts';
import type { Json, States } from '../../local/stepfunctions/asl.ts';
import { run } from '../../local/stepfunctions/run.ts';
import { performTask } from '../../local/stepfunctions/tasks.ts';
import type { Call, Program } from './script.ts';
import { type Fact, type Player, type State, search } from './search.ts';
import type { Attribute } from './tables-model.ts';

const NAMES: Record<string, string> = { ConnectionsTable: 'Connections' };
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

/** What an execution is for: a coming, a going that the queue has held back for the grace, or one without a grace. */
type Cause = 'opened' | 'closed' | 'lapsed';

/** One execution, for an event of Ann's, and those of the messages that it sends to the queue. It only looks. */
function execution(machine: object, cause: Cause): Program {
  const seen = { at: 'now', isLapsed: cause === 'lapsed', rememberUntil: 1 };
  const detail = { userId: 'ann', nickname: 'Ann', rooms: ['r'], ...seen };
  const identity = {
    principal: { name: 'm', policy: [] },
    executionArn: 'e',
    stateMachineArn: 'm',
  };
  return async (aws, signal) => {
    const time = logicalClock(aws);
    const clock = { now: time.now, random: () => 0, sleep: async () => {} };
    const inputs: Json[] = [{ detail, ...(cause === 'closed' ? { hasWaited: true } : {}) }];
    const task = async (resource: string, parameters: Json): Promise<Json> => {
      if (!resource.endsWith('sqs:sendMessage'))
        return performTask(resource, parameters, { aws: time.aws, ...identity });
      const { MessageBody } = parameters as { MessageBody: { [field: string]: Json } };
      inputs.push({ ...MessageBody, hasWaited: true });
      return {};
    };
    const world = { region: 'eu-west-1', clock, record: () => 0, task };
    // Whatever else happens can come between two of them, as between any two calls.
    for (const input of inputs) {
      const context = { Execution: { Id: 'e', Input: input } };
      await run(machine as unknown as States, input, { context, signal, previous: 0 }, world);
    }
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
function players(machine: object, last: Last, isDoubled: boolean): Player[] {
  const moves: [string, Program, string?][] = [
    ['comes', writes('c1', true)],
    ['goes', writes('c1', false), 'comes'],
  ];
  if (last !== 'goes') moves.push(['returns', writes('c2', true), 'comes']);
  return moves.flatMap(([name, program, cause]) => {
    const gone = last === 'returns after her lease' ? 'lapsed' : 'closed';
    const look = execution(machine, name === 'goes' ? gone : 'opened');
    const tellings = name === 'goes' && isDoubled ? ['told', 'told again'] : ['told'];
    return [
      { name, program, ...(cause === undefined ? {} : { when: after(cause) }) },
      ...tellings.map((telling) => ({
        ...{ name: `${name}, ${telling}`, when: after(name), program: look },
      })),
    ];
  });
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

async function broken(machine: object, last: Last, isDoubled = false) {
  const cast = players(machine, last, isDoubled);
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

  test('she goes last, and the queue delivers her going twice', async () => {
    expect(await broken(readMachine().machine, 'goes', true)).toBeUndefined();
  });
});

describe('planted bugs are caught', () => {
  const PLANTED: Record<string, (flow: Flow) => void> = {
    'no look after the telling': ({ TellRoom }) => {
      if (TellRoom) TellRoom.Next = 'Settled';
    },
    'nobody looks later': ({ LookLater }) => {
      if (LookLater) Object.assign(LookLater, { Type: 'Pass', Resource: undefined });
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
