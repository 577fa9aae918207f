// Parameters: given, defaulted, checked.
import { expect, test } from '@jest/globals';
import { answerOf, outputOf, refusalOf } from '../testing/templates.ts';

const declared = (attributes: string) => `Parameters:\n  Size: { ${attributes} }\n`;

test('a value given wins over the default', () => {
  const size = declared('Type: Number, Default: 1');
  expect(answerOf('!Ref Size', size)).toBe('1');
  expect(answerOf('!Ref Size', size, { parameters: { Size: '2' } })).toBe('2');
});

test('Stage is the stage of the plan, whatever its default', () => {
  const stage = 'Parameters:\n  Stage: { Type: String, Default: dev }\n';
  expect(answerOf('!Ref Stage', stage, { stage: 'prod' })).toBe('prod');
});

test.each([
  ['Type: String', undefined, 'has no Default'],
  ['Type: Number', 'many', 'is not a number'],
  ['Type: Number, MaxValue: 5', '6', 'outside'],
  ['Type: String, AllowedValues: [s, m]', 'xl', 'AllowedValues: s, m'],
  ["Type: String, AllowedPattern: '[a-z]+'", 'a1', 'AllowedPattern'],
  ['Type: String, MinLength: 3', 'ab', 'MinLength'],
  ['Type: AWS::SSM::Parameter::Value<String>', 'x', 'is not supported'],
  ['Type: String, Colour: red', 'x', 'is not supported'],
])('{ %s } given %s is refused: %s', (attributes, value, why) => {
  const files = { 'shared/template.yaml': outputOf('x', declared(attributes)) };
  const refusal = refusalOf(files, value === undefined ? {} : { parameters: { Size: value } });
  expect(refusal.message).toContain(why);
  expect(refusal.message).toMatch(/^shared\/template\.yaml:2:\d+: Parameters\.Size/);
});

test('a value for a parameter that no template declares is refused', () => {
  expect(refusalOf({}, { parameters: { Sise: '1' } }).message).toContain('declared by no template');
});
