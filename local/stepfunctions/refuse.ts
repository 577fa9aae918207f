// Refuses, by file and path, whatever a definition holds that this machine does not run, before it runs.
import type { MachinePlan } from '../cloudformation/plan.ts';
import { Refusal } from '../refusal.ts';
import type { Definition } from './asl.ts';
import * as fields from './fields.ts';
import { refuseExpressions } from './refuse-expressions.ts';
import { isSupported, SUPPORTED } from './tasks.ts';

export type Part = Record<string, unknown>;
/** Makes the Refusal of a value at a path. */
export type Report = (path: string, value: unknown, why: string) => Refusal;

const part = (value: unknown): Part =>
  typeof value === 'object' && value !== null ? (value as Part) : {};
const parts = (value: unknown): Part[] => (Array.isArray(value) ? value.map(part) : []);

function check(value: Part, allowed: Record<string, fields.Check>, path: string, report: Report) {
  fields.checkFields(value, allowed, (field, found, why) => report(`${path}.${field}`, found, why));
}

function checkErrors(path: string, handlers: Part[], report: Report): void {
  handlers.forEach(({ ErrorEquals }, i) => {
    const names = Array.isArray(ErrorEquals) ? ErrorEquals : [];
    const at = `${path}[${i}].ErrorEquals`;
    for (const name of names)
      if (
        typeof name !== 'string' ||
        (name.startsWith('States.') && !fields.STATES_ERRORS.has(name))
      )
        throw report(at, name, 'is no error name of AWS; `States.` is reserved');
    if (names.includes('States.ALL') && (names.length > 1 || i < handlers.length - 1))
      throw report(at, names, 'States.ALL must stand alone, in the last of them');
  });
}

function checkState(name: string, state: Part, path: string, report: Report): void {
  const type = String(state.Type);
  const allowed = Object.hasOwn(fields.STATE, type) ? fields.STATE[type] : undefined;
  if (!allowed) throw report(`${path}.Type`, state.Type, 'is no type of state');
  if (name.length > 80) throw report(path, name, 'a state name has at most 80 characters');
  check(state, allowed, path, report);
  for (const field of fields.REQUIRED[type] ?? [])
    if (!(field in state)) throw report(path, state, `${field} is missing`);
  if ('Next' in allowed && 'Next' in state === 'End' in state)
    throw report(path, { Next: state.Next, End: state.End }, 'needs exactly one of Next and End');
  if (type === 'Task' && !isSupported(String(state.Resource)))
    throw report(
      `${path}.Resource`,
      state.Resource,
      `is not supported; these are: ${SUPPORTED.join(', ')}`,
    );
  const times = ['Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath'].filter((f) => f in state);
  if (type === 'Wait' && times.length !== 1)
    throw report(path, times, 'needs exactly one time to wait');
  for (const [i, retrier] of parts(state.Retry).entries())
    check(retrier, fields.RETRIER, `${path}.Retry[${i}]`, report);
  for (const [i, catcher] of parts(state.Catch).entries())
    check(catcher, fields.CATCHER, `${path}.Catch[${i}]`, report);
  checkErrors(`${path}.Retry`, parts(state.Retry), report);
  checkErrors(`${path}.Catch`, parts(state.Catch), report);
  refuseExpressions(state, path, report);
}

function targets(state: Part): [string, unknown][] {
  const of = (field: string) =>
    parts(state[field]).map(({ Next }, i): [string, unknown] => [`${field}[${i}].Next`, Next]);
  const own = ['Next', 'Default'].flatMap((field): [string, unknown][] =>
    field in state ? [[field, state[field]]] : [],
  );
  return [...own, ...of('Catch'), ...of('Choices')];
}

function checkFlow(machine: Part, states: Part, path: string, report: Report): void {
  const reached = new Set<unknown>();
  const walk = (at: string, name: unknown): void => {
    if (typeof name !== 'string' || !Object.hasOwn(states, name))
      throw report(at, name, 'there is no such state');
    if (reached.has(name)) return;
    reached.add(name);
    for (const [field, next] of targets(part(states[name])))
      walk(`${path}States.${name}.${field}`, next);
  };
  walk(`${path}StartAt`, machine.StartAt);
  for (const name of Object.keys(states))
    if (!reached.has(name)) throw report(`${path}States.${name}`, undefined, 'no state leads here');
}

function checkMachine(machine: Part, path: string, seen: Set<string>, report: Report): void {
  const states = part(machine.States);
  checkFlow(machine, states, path, report);
  for (const [name, value] of Object.entries(states)) {
    const state = part(value);
    const at = `${path}States.${name}`;
    if (seen.has(name)) throw report(at, name, 'a state name is unique in the whole definition');
    seen.add(name);
    checkState(name, state, at, report);
    if (state.Type === 'Map') {
      const inner = part(state.ItemProcessor);
      check(inner, fields.ITEM_PROCESSOR, `${at}.ItemProcessor`, report);
      check(
        part(inner.ProcessorConfig),
        fields.PROCESSOR_CONFIG,
        `${at}.ItemProcessor.ProcessorConfig`,
        report,
      );
      checkMachine(inner, `${at}.ItemProcessor.`, seen, report);
    }
    for (const [i, branch] of parts(state.Branches).entries()) {
      check(branch, fields.BRANCH, `${at}.Branches[${i}]`, report);
      checkMachine(branch, `${at}.Branches[${i}].`, seen, report);
    }
  }
}

/** The definition, once nothing in it is unknown. Throws a Refusal that names file, path and value. */
export function accept({ definition, definitionFile, type, origin }: MachinePlan): Definition {
  if (type !== 'EXPRESS')
    throw new Refusal(origin.file, `${origin.path}.Type`, type, 'only EXPRESS machines run here');
  const report: Report = (path, value, why) => new Refusal(definitionFile, path, value, why);
  fields.checkFields(definition, fields.DEFINITION, report);
  checkMachine(definition, '', new Set(), report);
  return definition as unknown as Definition;
}
