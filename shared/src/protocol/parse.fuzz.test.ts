// Every field of every action, made hostile one at a time: refused by its name, or taken as it stands.

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { EVERY_ACTION, HOSTILE } from '../../../tests/product/every-action.ts';
import { type ErrorCode, Refused } from './errors.ts';
import { ACTIONS, parseClientFrame } from './parse.ts';

const FIELDS = ACTIONS.flatMap((action) =>
  Object.keys(EVERY_ACTION[action] ?? {}).map((field) => [action, field] as const),
);
/** Codes that speak of one field by themselves. */
const OF_A_FIELD: ErrorCode[] = [
  'MessageEmpty',
  'MessageTooLong',
  'UnsupportedVersion',
  'FrameTooLarge',
];

/** The frame that was taken, or how it was refused. Throws what is no Refused. */
function read(frame: object): object | Refused {
  try {
    return parseClientFrame(JSON.stringify(frame));
  } catch (error) {
    if (error instanceof Refused) return error;
    throw error;
  }
}

const like = fc
  .oneof(
    fc.constantFrom(...HOSTILE),
    fc.anything({ withNullPrototype: true, withSparseArray: true, maxDepth: 3 }),
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.jsonValue(),
  )
  .filter((value) => {
    try {
      return JSON.stringify(value) !== undefined;
    } catch {
      return false;
    }
  });

test('there is a sound frame of every action, and it is taken whole', () => {
  for (const action of ACTIONS) {
    const frame = { action, ...EVERY_ACTION[action] };
    expect(read(frame)).toEqual(frame);
  }
});

describe('a hostile value', () => {
  test.each(FIELDS)('in %s.%s is refused by name, or read back as itself', (action, field) => {
    fc.assert(
      fc.property(like, (value) => {
        const seen = read({ action, ...EVERY_ACTION[action], [field]: value });
        if (seen instanceof Refused) {
          if (!OF_A_FIELD.includes(seen.code))
            expect(seen).toMatchObject({ field: expect.any(String) });
          return;
        }
        expect(Object.getPrototypeOf(seen)).toBe(Object.prototype);
        expect(read(seen)).toEqual(seen);
        for (const known of Object.keys(seen))
          expect([
            'action',
            ...Object.keys(EVERY_ACTION[action] ?? {}),
            'to',
            'before',
            'token',
          ]).toContain(known);
      }),
      { numRuns: 300 },
    );
  });
});

test.each(ACTIONS)('%s without any one field is taken, or refused for that field', (action) => {
  for (const field of Object.keys(EVERY_ACTION[action] ?? {})) {
    const { [field]: _, ...rest } = EVERY_ACTION[action] ?? {};
    const seen = read({ action, ...rest });
    if (seen instanceof Refused) expect(seen).toMatchObject({ code: 'BadField', field });
    else expect(seen).not.toHaveProperty(field);
  }
});
