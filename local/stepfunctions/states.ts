// What each type of state does with its effective input.
import type { Json, State } from './asl.ts';
import { holds } from './choice.ts';
import { asFailure, Failure, runtimeFailure } from './failure.ts';
import { each } from './fan-out.ts';
import { type Details, taskEvents } from './history.ts';
import { get } from './paths.ts';
import { fill, value } from './payload-template.ts';
import { checkSize, type Scope, type World } from './run.ts';
import { within } from './timeout.ts';

/** The raw result, and the next state where the state itself decides. */
export interface Done {
  result: Json;
  next?: string | undefined;
}

type Perform = (
  name: string,
  state: State,
  input: Json,
  scope: Scope,
  world: World,
) => Done | Promise<Done>;

/** An Express execution lives 5 minutes at most, and so does a task, whatever its TimeoutSeconds. */
export const MOST_EXECUTION_S = 300;

function count(
  field: string,
  path: string | undefined,
  input: Json,
  scope: Scope,
): number | undefined {
  if (path === undefined) return undefined;
  const found = get(path, input, scope.context, field);
  if (typeof found === 'number' && Number.isInteger(found) && found >= 0) return found;
  throw runtimeFailure(
    `The JSONPath '${path}' specified for '${field}' is not a non-negative integer`,
  );
}

async function task(
  name: string,
  state: State,
  input: Json,
  scope: Scope,
  world: World,
): Promise<Done> {
  const resource = state.Resource ?? '';
  const names = taskEvents(resource, world.region);
  const note = (type: string, details?: Details) => {
    scope.previous = world.record(type, scope.previous, details);
  };
  const timeoutS =
    state.TimeoutSeconds ??
    count('TimeoutSecondsPath', state.TimeoutSecondsPath, input, scope) ??
    MOST_EXECUTION_S;
  note(...names.scheduled(checkSize(name, input)));
  note(names.started);
  try {
    const late = () => new Failure('States.Timeout', '');
    const result = await within(
      Math.min(timeoutS, MOST_EXECUTION_S) * 1000,
      scope.signal,
      late,
      () => world.task(resource, input),
    );
    note(...names.succeeded(checkSize(name, result)));
    return { result };
  } catch (thrown) {
    scope.signal.throwIfAborted();
    const failure = asFailure(thrown);
    note(...names.failed(failure.name, failure.message));
    throw failure;
  }
}

async function wait(
  _: string,
  state: State,
  input: Json,
  scope: Scope,
  world: World,
): Promise<Done> {
  const seconds = state.Seconds ?? count('SecondsPath', state.SecondsPath, input, scope);
  const until =
    state.Timestamp ??
    (state.TimestampPath && get(state.TimestampPath, input, scope.context, 'TimestampPath'));
  const ms = seconds === undefined ? Date.parse(String(until)) - world.clock.now() : seconds * 1000;
  if (Number.isNaN(ms)) throw runtimeFailure('TimestampPath does not lead to a timestamp');
  await world.clock.sleep(Math.max(0, ms), scope.signal);
  return { result: input };
}

async function map(
  name: string,
  state: State,
  input: Json,
  scope: Scope,
  world: World,
): Promise<Done> {
  const { ItemProcessor: machine, ItemSelector: selector } = state;
  const items = get(state.ItemsPath ?? '$', input, scope.context, 'ItemsPath');
  if (!machine || !Array.isArray(items))
    throw runtimeFailure(`Reference path '${state.ItemsPath ?? '$'}' must point to array.`);
  const jobs = items.map((Value, Index) => {
    const context = { ...scope.context, Map: { Item: { Index, Value } } };
    const own = selector === undefined ? Value : fill(selector, input, context);
    return { machine, input: own, context };
  });
  const most =
    state.MaxConcurrency ?? count('MaxConcurrencyPath', state.MaxConcurrencyPath, input, scope);
  return { result: checkSize(name, await each('Map', name, jobs, most, scope, world)) };
}

async function parallel(
  name: string,
  state: State,
  input: Json,
  scope: Scope,
  world: World,
): Promise<Done> {
  const jobs = (state.Branches ?? []).map((machine) => ({
    machine,
    input,
    context: scope.context,
  }));
  return { result: checkSize(name, await each('Parallel', name, jobs, 0, scope, world)) };
}

function choose(_: string, state: State, input: Json, { context }: Scope): Done {
  const rule = state.Choices?.find((candidate) => holds(candidate, input, context));
  const next = rule?.Next ?? state.Default;
  if (next !== undefined) return { result: input, next };
  throw new Failure('States.NoChoiceMatched', 'No choice rule matched and there is no Default.');
}

function fail(_: string, state: State, input: Json, { context }: Scope): never {
  const read = (path: string | undefined, field: string, otherwise: string | undefined) =>
    path === undefined ? (otherwise ?? '') : String(value(path, input, context, field));
  throw new Failure(
    read(state.ErrorPath, 'ErrorPath', state.Error),
    read(state.CausePath, 'CausePath', state.Cause),
  );
}

const PERFORM: Record<State['Type'], Perform> = {
  Task: task,
  Wait: wait,
  Map: map,
  Parallel: parallel,
  Choice: choose,
  Fail: fail,
  Pass: (_, state, input) => ({ result: state.Result === undefined ? input : state.Result }),
  Succeed: (_, __, input) => ({ result: input }),
};

/** Does what the state does, once. Rejects with a Failure. */
export const perform: Perform = (name, state, input, scope, world) =>
  PERFORM[state.Type](name, state, input, scope, world);
