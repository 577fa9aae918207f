// One entry of a pattern's array: which single values it accepts (content filters of EventBridge).
import { BlockList, isIP } from 'node:net';
import { wildcard } from './wildcard-filter.ts';

/** Accepts or refuses one string, number, boolean or null of an event. */
export type LeafTest = (value: unknown) => boolean;

type Refuse = (why: string) => Error;
type Operator = (operand: unknown, refuse: Refuse) => LeafTest;

/** The range `numeric` can compare exactly, from EventBridge's "comparison operators" page. */
const LARGEST = 5e9;

/**
 * Compiles one entry of a pattern's array; `'absent'` for `{"exists": false}`, which is about the field, not a value.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function leafTest(entry: unknown, refuse: Refuse): LeafTest | 'absent' {
  if (typeof entry !== 'object' || entry === null) return (value) => value === entry;
  const [only, ...more] = Object.entries(entry);
  if (Array.isArray(entry) || !only || more.length > 0)
    throw refuse('an entry must be a value or an object with one operator');
  const [name, operand] = only;
  if (name === 'exists') return exists(operand, refuse);
  const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
  if (!operator) throw refuse(`unrecognized match type ${name}`);
  return operator(operand, refuse);
}

const OPERATORS: Record<string, Operator> = {
  prefix: (operand, refuse) => affix(operand, refuse, (value, part) => value.startsWith(part)),
  suffix: (operand, refuse) => affix(operand, refuse, (value, part) => value.endsWith(part)),
  'equals-ignore-case': equalsIgnoreCase,
  wildcard: (operand, refuse) => wildcard(text(operand, refuse), refuse),
  'anything-but': anythingBut,
  numeric,
  cidr,
};

const NEGATABLE = new Set(['prefix', 'suffix', 'equals-ignore-case', 'wildcard']);

function exists(operand: unknown, refuse: Refuse): LeafTest | 'absent' {
  if (operand === true) return () => true;
  if (operand === false) return 'absent';
  throw refuse('"exists" must be true or false');
}

function affix(
  operand: unknown,
  refuse: Refuse,
  has: (value: string, part: string) => boolean,
): LeafTest {
  if (typeof operand !== 'object' || operand === null) {
    const part = text(operand, refuse);
    return (value) => typeof value === 'string' && has(value, part);
  }
  const [only, ...more] = Object.entries(operand);
  if (only?.[0] !== 'equals-ignore-case' || more.length > 0)
    throw refuse('"prefix" and "suffix" take a string or {"equals-ignore-case": string}');
  const part = text(only[1], refuse).toLowerCase();
  return (value) => typeof value === 'string' && has(value.toLowerCase(), part);
}

function equalsIgnoreCase(operand: unknown, refuse: Refuse): LeafTest {
  const wanted = text(operand, refuse).toLowerCase();
  return (value) => typeof value === 'string' && value.toLowerCase() === wanted;
}

function anythingBut(operand: unknown, refuse: Refuse): LeafTest {
  if (typeof operand === 'object' && operand !== null && !Array.isArray(operand)) {
    const [only, ...more] = Object.entries(operand);
    const operator = only && NEGATABLE.has(only[0]) ? OPERATORS[only[0]] : undefined;
    if (!only || !operator || more.length > 0) throw refuse('unsupported "anything-but" operator');
    const refused = listOf(only[1], refuse).map((part) => {
      if (text(part, refuse) === '') throw refuse(`"anything-but" with an empty ${only[0]}`);
      return operator(part, refuse);
    });
    return (value) => !refused.some((test) => test(value));
  }
  const refused = listOf(operand, refuse);
  const kinds = new Set(refused.map((value) => typeof value));
  if (kinds.size !== 1 || !(kinds.has('string') || kinds.has('number')))
    throw refuse('"anything-but" takes strings or numbers, not both');
  return (value) => !refused.includes(value);
}

function numeric(operand: unknown, refuse: Refuse): LeafTest {
  const terms = Array.isArray(operand) ? operand : [];
  const pairs: [string, number][] = [];
  for (let i = 0; i < terms.length; i += 2) pairs.push([terms[i], number(terms[i + 1], refuse)]);
  const [[first, a] = ['', 0], second, ...more] = pairs;
  const isRange = first.startsWith?.('>') && second?.[0]?.startsWith?.('<');
  if (!COMPARE[first] || more.length > 0 || (second && !isRange))
    throw refuse('"numeric" takes ["=", n], or one bound, or a lower then an upper bound');
  if (second && a >= second[1]) throw refuse('"numeric": the bottom must be less than the top');
  const tests = pairs.map(([sign, bound]) => {
    const compare = Object.hasOwn(COMPARE, sign) ? COMPARE[sign] : undefined;
    if (!compare) throw refuse(`unrecognized numeric operator ${sign}`);
    return (value: number) => compare(value, bound);
  });
  return (value) => typeof value === 'number' && tests.every((test) => test(value));
}

const COMPARE: Record<string, (value: number, bound: number) => boolean> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

function cidr(operand: unknown, refuse: Refuse): LeafTest {
  const [, address = '', bits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text(operand, refuse)) ?? [];
  const family = (value: string) => (isIP(value) === 6 ? 'ipv6' : 'ipv4');
  if (!isIP(address) || Number(bits) > (isIP(address) === 6 ? 128 : 32))
    throw refuse('"cidr" takes an address, "/" and a mask length');
  const range = new BlockList();
  range.addSubnet(address, Number(bits), family(address));
  return (value) =>
    typeof value === 'string' && isIP(value) > 0 && range.check(value, family(value));
}

function text(value: unknown, refuse: Refuse): string {
  if (typeof value !== 'string') throw refuse('this operator takes a string');
  return value;
}

function number(value: unknown, refuse: Refuse): number {
  if (typeof value === 'number' && Math.abs(value) <= LARGEST) return value;
  throw refuse(`"numeric" compares numbers from -${LARGEST} to ${LARGEST}`);
}

function listOf(operand: unknown, refuse: Refuse): unknown[] {
  const list = Array.isArray(operand) ? operand : [operand];
  if (list.length === 0) throw refuse('an empty list is not allowed');
  return list;
}
