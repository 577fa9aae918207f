// What a Map gives back stays small: Step Functions ends an execution whose state gives more than 256 KiB, and no Catch sees it.
// https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html, States.DataLimitExceeded
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import type { Json, States } from '../../local/stepfunctions/asl.ts';
import { Failure } from '../../local/stepfunctions/failure.ts';
import { run } from '../../local/stepfunctions/run.ts';
import { LIMITS } from '../../shared/src/protocol/limits.ts';

interface State {
  Type: string;
  Next?: string;
  End?: boolean;
  Result?: unknown;
  ResultPath?: string | null;
  ItemProcessor?: Machine;
  Branches?: Machine[];
}
interface Machine {
  StartAt: string;
  States: Record<string, State>;
}

const read = (name: string) => {
  const file = `../../workflows/statemachine/${name}.asl.json`;
  const source = readFileSync(new URL(file, import.meta.url), 'utf8');
  return JSON.parse(source.replaceAll(/\$\{(\w+)\}/g, '$1')) as Machine;
};
const MACHINES = ['message-distribution', 'presence-change'];

const inside = ({ ItemProcessor, Branches = [] }: State) =>
  ItemProcessor ? [ItemProcessor] : Branches;
/** Every Map and Parallel, however deep. */
const fanOuts = (machine: Machine): [string, State][] =>
  Object.entries(machine.States).flatMap(([name, state]) => {
    const machines = inside(state);
    return machines.length ? [[name, state], ...machines.flatMap(fanOuts)] : [];
  });

const ALL = MACHINES.flatMap((name) => fanOuts(read(name)));

test.each(ALL)(
  'each iteration of %s gives back a constant, or only what its own Map does',
  (_, state) => {
    for (const { States } of inside(state)) {
      const last = Object.entries(States).filter(
        ([, { Type, End }]) => End === true || Type === 'Succeed',
      );
      expect(last.length).toBeGreaterThan(0);
      for (const [name, { Type, Result, ResultPath = '$', ...more }] of last) {
        const isConstant = Type === 'Pass' && Result !== undefined;
        const isInner = inside({ Type, ...more }).length > 0;
        expect([name, isConstant || isInner, ResultPath]).toEqual([name, true, '$']);
      }
    }
  },
);

const MOST_SHARDS = 32;
const message = {
  ...{ messageId: 'm1', room: 'r', userId: 'ann', nickname: 'Ann', sentAt: '2026-12-01T00:00:00Z' },
  // A frame has at most 16 KB; these letters have two bytes each.
  ...{ text: 'é'.repeat(8_000), topics: ['user:ann', 'user:bob'] },
};
const rooms = Array.from({ length: LIMITS.rooms }, (_, n) => `room ${n} ${'x'.repeat(30)}`);
const shards = String(MOST_SHARDS);
const gone = { userId: 'ann', nickname: 'Ann', rooms, at: 'now', isLapsed: true, rememberUntil: 1 };
const each = Array.from({ length: MOST_SHARDS }, (_, shard) => shard);
const INPUTS: Record<string, { input: object; iterations: number }> = {
  Broadcast: {
    input: { detail: message, place: { seq: '1', shards } },
    iterations: message.topics.length * MOST_SHARDS,
  },
  EachShard: {
    input: { topic: 'room:r', seq: '1', shards, message, each },
    iterations: MOST_SHARDS,
  },
  EachRoom: {
    input: { detail: gone, change: { waited: true, graced: true } },
    iterations: rooms.length,
  },
};

type Answer = (resource: string) => Json;
const fails = () => {
  throw new Failure('Lambda.TooManyRequestsException', 'x'.repeat(1_000));
};
const ANSWERS: [string, Answer][] = [
  ['tells everybody', () => ({ Payload: { cursor: null, grow: null }, Count: 0, Items: [] })],
  [
    'grows',
    () => ({ Payload: { cursor: null, grow: { from: '32', to: '64' } }, Count: 0, Items: [] }),
  ],
  ['fails', (resource) => (resource.includes('sqs') ? {} : fails())],
];

/** The Map's own result, before ResultSelector and ResultPath drop it: AWS does not say when it measures. */
async function resultOf(name: string, state: State, answer: Answer): Promise<Json> {
  const { ResultPath: _, ...rest } = state;
  const { ResultSelector: __, Catch: ___, Next: ____, ...alone } = rest as Record<string, unknown>;
  const machine = { StartAt: name, States: { [name]: { ...alone, End: true } } };
  const input = INPUTS[name]?.input as Json;
  const clock = { now: () => 1, random: () => 0, sleep: async () => {} };
  const scope = {
    context: { Execution: { Id: 'e', Input: input } },
    ...{ signal: new AbortController().signal, previous: 0 },
  };
  const task = async (resource: string) => answer(resource);
  const world = { region: 'eu-west-1', clock, record: () => 0, task };
  return run(machine as unknown as States, input, scope, world);
}

test('every Map has its largest input here', () => {
  expect(Object.keys(INPUTS).sort()).toEqual(ALL.map(([name]) => name).sort());
});

test.each(ALL.flatMap((map) => ANSWERS.map((answer) => [...map, ...answer] as const)))(
  '%s gives back a few bytes for each iteration of its largest input (%#)',
  async (name, state, _, answer) => {
    const bytes = Buffer.byteLength(JSON.stringify(await resultOf(name, state, answer)));
    expect(bytes).toBeLessThan(16 * (INPUTS[name]?.iterations ?? 0));
  },
);
