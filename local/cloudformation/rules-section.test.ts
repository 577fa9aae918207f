// Rules: parameters that do not go together are refused before anything starts.
import { expect, test } from '@jest/globals';
import { answerOf, outputOf, refusalOf } from '../testing/templates.ts';

const sections = (assertion: string, condition = '!Equals [!Ref Mode, closed]') => `Parameters:
  Mode: { Type: String, Default: open }
  Key: { Type: String, Default: none }
Rules:
  ClosedHasKey:
    RuleCondition: ${condition}
    Assertions:
      - Assert: ${assertion}
        AssertDescription: Mode closed needs Key.
`;
const HAS_KEY = '!Not [!Equals [!Ref Key, none]]';
const refusal = (text: string, parameters = {}) =>
  refusalOf({ 'shared/template.yaml': outputOf('x', text) }, { parameters }).message;

test('an assertion that does not hold is refused at its line, in the words of the template', () => {
  const said = refusal(sections(HAS_KEY), { Mode: 'closed' });
  expect(said).toMatch(/^shared\/template\.yaml:8:\d+: Rules\.ClosedHasKey\.Assertions\[0\]/);
  expect(said).toContain('Mode closed needs Key.');
});

test('a rule whose condition is false, and one whose assertion holds, let the stack be', () => {
  expect(answerOf('x', sections(HAS_KEY))).toBe('x');
  expect(answerOf('x', sections(HAS_KEY), { parameters: { Mode: 'closed', Key: 'k' } })).toBe('x');
});

test('what this machine does not know of rules is refused by name', () => {
  const closed = { Mode: 'closed' };
  expect(refusal(sections('!Contains [[a], b]'), closed)).toContain('Contains');
  expect(refusal(`${sections(HAS_KEY)}    Colour: red\n`)).toContain('Rules.ClosedHasKey.Colour');
});
