// Runs a definition: one state after another, with Retry and Catch around each.
import type { Json, JsonObject, State, States } from './asl.ts';
import { asFailure, Failure, matches, runtimeFailure } from './failure.ts';
import type { Recorder } from './history.ts';
import { get, put } from './paths.ts';
import { fill } from './payload-template.ts';
import { retries } from './retry.ts';
import { perform } from './states.ts';
import type { Clock } from './timeout.ts';

/** What an execution needs from outside. */
export interface World {
  region: string;
  clock: Clock;
  record: Recorder;
  task(resource: string, parameters: Json): Promise<Json>;
}

/** Where in an execution we are: Map iterations and Parallel branches have their own. */
export interface Scope {
  /** The context object, `$$`. */
  context: JsonObject;
  signal: AbortSignal;
  /** Id of the last event of this line of events. */
  previous: number;
}

/** Bytes of JSON that a state may take or give: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export const MOST_PAYLOAD_BYTES = 262_144;

export function checkSize(name: string, value: Json): Json {
  if (Buffer.byteLength(JSON.stringify(value)) <= MOST_PAYLOAD_BYTES) return value;
  throw new Failure(
    'States.DataLimitExceeded',
    `The state/task '${name}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  );
}

function select(
  path: string | null | undefined,
  value: Json,
  { context }: Scope,
  field: string,
): Json {
  if (path === undefined) return value;
  return path === null ? {} : get(path, value, context, field);
}

function placeResult(path: string | null | undefined, input: Json, result: Json): Json {
  if (path === undefined) return result;
  if (path === null) return input;
  try {
    return put(path, input, result);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Failure(
      'States.ResultPathMatchFailure',
      `ResultPath '${path}' does not fit the input`,
    );
  }
}

interface Step {
  output: Json;
  next: string | undefined;
}

async function attempt(
  name: string,
  state: State,
  input: Json,
  scope: Scope,
  world: World,
): Promise<Step> {
  const selected = select(state.InputPath, input, scope, 'InputPath');
  const effective =
    state.Parameters === undefined ? selected : fill(state.Parameters, selected, scope.context);
  const done = await perform(name, state, effective, scope, world);
  const result =
    state.ResultSelector === undefined
      ? done.result
      : fill(state.ResultSelector, done.result, scope.context);
  const placed = placeResult(state.ResultPath, input, result);
  const output = checkSize(name, select(state.OutputPath, placed, scope, 'OutputPath'));
  return { output, next: done.next ?? state.Next };
}

async function visit(
  name: string,
  state: State,
  input: Json,
  scope: Scope,
  world: World,
): Promise<Step> {
  const left = retries(state.Retry ?? [], world.clock.random);
  const EnteredTime = new Date(world.clock.now()).toISOString();
  for (let RetryCount = 0; ; RetryCount++) {
    scope.context = { ...scope.context, State: { EnteredTime, Name: name, RetryCount } };
    try {
      return await attempt(name, state, input, scope, world);
    } catch (thrown) {
      scope.signal.throwIfAborted();
      const failure = asFailure(thrown);
      const delayMs = left.delayMs(failure.name);
      if (delayMs !== undefined) {
        await world.clock.sleep(delayMs, scope.signal);
        continue;
      }
      const catcher = state.Catch?.find(({ ErrorEquals }) => matches(ErrorEquals, failure.name));
      if (!catcher) throw failure;
      const caught = { Error: failure.name, Cause: failure.message };
      const output = placeResult(catcher.ResultPath, input, caught);
      return { output: checkSize(name, output), next: catcher.Next };
    }
  }
}

/** The output of the machine for this input. Rejects with a Failure, or with the signal's reason. */
export async function run(machine: States, input: Json, scope: Scope, world: World): Promise<Json> {
  const note = (type: string, name: string, json: Record<string, Json>) => {
    scope.previous = world.record(type, scope.previous, { text: { name }, json });
  };
  let name: string | undefined = machine.StartAt;
  let data = input;
  while (name !== undefined) {
    scope.signal.throwIfAborted();
    const state: State | undefined = machine.States[name];
    if (!state) throw runtimeFailure(`there is no state '${name}'`);
    note(`${state.Type}StateEntered`, name, { input: data });
    const step: Step = await visit(name, state, data, scope, world);
    note(`${state.Type}StateExited`, name, { output: step.output });
    data = step.output;
    name = step.next;
  }
  return data;
}
