// Faults on request: which misbehaviour there is, and what is refused as none.

import type { GatewayFaults } from './apigateway/faults.ts';
import type { TableFaults } from './dynamodb/tables.ts';
import type { Faults as BusFaults } from './eventbridge/faults.ts';
import { Refusal } from './refusal.ts';

export interface Faults {
  bus?: BusFaults;
  gateway?: GatewayFaults;
  tables?: TableFaults;
}

/** The empty value of every fault: says what there is, and what each is made of. */
const NO_FAULTS: Required<Faults> = {
  bus: { copies: 1, delayMs: [0, 0], dropRate: 0, seed: 1 },
  gateway: {
    loseDisconnects: false,
    goneRate: 0,
    throttleRate: 0,
    postsPerS: 0,
    cutRate: 0,
    seed: 1,
  },
  tables: { throttleRate: 0, seed: 1 },
};

/** Services that are not named stay without faults; a fault that is not named is none. Throws a Refusal. */
export function readFaults(flag: string, json: string): Faults {
  let given: unknown;
  try {
    given = JSON.parse(json);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Refusal('flags', flag, json, 'is not JSON');
  }
  const services = entriesOf(flag, NO_FAULTS, given).map(([service, value, none, path]) => {
    const faults = entriesOf(path, Object(none), value).map(([name, fault, like, where]) => {
      const why = whyNot(name, fault, like);
      if (why !== undefined) throw new Refusal('flags', where, fault, why);
      return [name, fault];
    });
    return [service, { ...Object(none), ...Object.fromEntries(faults) }];
  });
  return Object.fromEntries(services);
}

/** Name, value, value in the model, and path of each; a name that the model lacks is refused. */
function entriesOf(
  path: string,
  model: object,
  given: unknown,
): [string, unknown, unknown, string][] {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new Refusal('flags', path, given, 'is an object');
  return Object.entries(given).map(([name, value]) => {
    const where = `${path}.${name}`;
    if (Object.hasOwn(model, name))
      return [name, value, (model as Record<string, unknown>)[name], where];
    const known = Object.keys(model).join(', ');
    throw new Refusal('flags', where, value, `is unknown; there is ${known}`);
  });
}

function whyNot(name: string, fault: unknown, like: unknown): string | undefined {
  if (Array.isArray(like)) {
    const [least, most, ...more] = Array.isArray(fault) ? fault : [];
    if (isAmount(least) && isAmount(most) && least <= most && more.length === 0) return undefined;
    return 'is the least and the most, e.g. [0, 500]';
  }
  if (typeof fault !== typeof like) return `is not like ${JSON.stringify(like)}`;
  if (name.endsWith('Rate'))
    return Number(fault) >= 0 && Number(fault) <= 1 ? undefined : 'is 0 to 1';
  if (typeof like === 'number' && !Number.isSafeInteger(fault)) return 'is a whole number';
  const isCount = name === 'copies' || name === 'postsPerS';
  return isCount && !isAmount(fault) ? 'is not negative' : undefined;
}

const isAmount = (value: unknown): value is number => typeof value === 'number' && value >= 0;
