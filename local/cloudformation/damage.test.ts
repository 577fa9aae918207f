// Templates damaged at random: whatever is wrong with them, the answer is a plan or a refusal, never another error.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Refusal } from '../refusal.ts';
import { type Files, planOf } from '../testing/templates.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const ASL = 'workflows/statemachine/message-distribution.asl.json';
const STACKS = ['shared', 'api', 'workflows', 'front'].map((stack) => `${stack}/template.yaml`);

const INTACT: Files = Object.fromEntries(
  [...STACKS, ASL].map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]),
);

const damage = fc.record({
  file: fc.constantFrom(...STACKS, ASL),
  place: fc.nat(),
  into: fc.constantFrom(
    ...['', '~', '[]', '{}', '[1, 2]', '-1', "'('", 'true', '!Ref Nobody', '!Sub []', '!If [a]'],
    ...['!GetAtt A', '!Select [x, []]', '*alias', '{ Ref: [] }', '<<: 1', '{ __proto__: 1 }'],
  ),
  how: fc.constantFrom('drop', 'value', 'indent'),
});

/** Drops one line, replaces what follows its colon, or moves it to the right. */
function damaged({
  file,
  place,
  into,
  how,
}: typeof damage extends fc.Arbitrary<infer D> ? D : never) {
  const lines = (INTACT[file] ?? '').split('\n');
  const at = place % lines.length;
  const line = lines[at] ?? '';
  if (how === 'drop') lines.splice(at, 1);
  else lines[at] = how === 'indent' ? `  ${line}` : line.replace(/:.*/, `: ${into}`);
  return { ...INTACT, [file]: lines.join('\n') };
}

test('a damaged template is planned or refused', () => {
  fc.assert(
    fc.property(damage, (wound) => {
      try {
        expect(planOf(damaged(wound)).stage).toBe('dev');
      } catch (error) {
        expect(error).toBeInstanceOf(Refusal);
      }
    }),
    { numRuns: 200 },
  );
});
