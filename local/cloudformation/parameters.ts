// A template's parameters: what was given or their Default, checked as CloudFormation checks them.
import { checkAllowed, noted } from './allow-list.ts';
import { Cursor } from './cursor.ts';
import type { Source, Value } from './source.ts';

const ATTRIBUTES = {
  Type: 'read',
  Default: 'read',
  AllowedValues: 'read',
  AllowedPattern: 'read',
  MinLength: 'read',
  MaxLength: 'read',
  MinValue: 'read',
  MaxValue: 'read',
  ...noted('Description ConstraintDescription NoEcho'),
} as const;

const TYPES = ['String', 'Number', 'CommaDelimitedList'] as const;

/** Strings, or lists of strings for CommaDelimitedList. @throws Refusal for a value that is missing or not allowed. */
export function readParameters(source: Source, given: Record<string, string>): Map<string, Value> {
  const section = new Cursor(source, ['Parameters'], source.data.Parameters);
  return new Map(section.entries().map(([name, declared]) => [name, read(name, declared, given)]));
}

function read(name: string, declared: Cursor, given: Record<string, string>): Value {
  checkAllowed(declared, ATTRIBUTES);
  const type = declared.at('Type').oneOf(TYPES);
  if (!Object.hasOwn(given, name) && !declared.at('Default').present)
    throw declared.refuse('has no Default and was given no value');
  const value =
    given[name] ??
    declared
      .at('Default')
      .items()
      .map((item) => item.text())
      .join(',');
  const wrong = (why: string) => declared.source.refuse(declared.path, value, why);
  const limit = (key: string, fallback: number) =>
    declared.at(key).present ? Number(declared.at(key).text()) : fallback;

  const allowed = declared.at('AllowedValues').texts();
  if (type === 'Number') {
    const number = Number(value);
    if (value.trim() === '' || Number.isNaN(number)) throw wrong('is not a number');
    if (number < limit('MinValue', -Infinity) || number > limit('MaxValue', Infinity))
      throw wrong('is outside MinValue and MaxValue');
  }
  const items =
    type === 'CommaDelimitedList' ? value.split(',').map((item) => item.trim()) : [value];
  const pattern = patternOf(declared.at('AllowedPattern'));
  for (const item of items) {
    if (allowed.length > 0 && !allowed.includes(item))
      throw wrong(`is not one of AllowedValues: ${allowed.join(', ')}`);
    if (!pattern.test(item)) throw wrong(`does not match AllowedPattern ${pattern.source}`);
  }
  if (value.length < limit('MinLength', 0) || value.length > limit('MaxLength', Infinity))
    throw wrong('is shorter than MinLength or longer than MaxLength');
  return type === 'CommaDelimitedList' ? items : value;
}

function patternOf(allowed: Cursor): RegExp {
  try {
    return new RegExp(`^(?:${allowed.text('[^]*')})$`);
  } catch (error) {
    throw allowed.refuse(error instanceof Error ? error.message : `${error}`);
  }
}
