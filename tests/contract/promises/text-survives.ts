// Promise: the words arrive as they were written, whatever they look like to a machine on the way.
import { describe, expect, test } from '@jest/globals';
import { join } from '../client.ts';
import type { Stage } from '../promises.ts';
import { storedMessages } from '../stored.ts';

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: text, not a template
const WORDS: [what: string, text: string][] = [
  ['backslashes', '\\ \\\\ C:\\new\\table \\u0041 \\"'],
  ['quotes', `"double" 'single' \`back\` "$.detail"`],
  ['a JSONPath', '$.detail.text $$.Execution.Id $'],
  ['an intrinsic', "States.Format('{}', $.detail.text) {% $states.input %}"],
  ['braces and substitutions', '{} {0} {{mustache}} <detail> ${AWS::Region} #{x} %s %d'],
  ['JSON', '{"action":"sendmessage","message":"inner"}'],
  ['lines and tabs', 'first\nsecond\r\n\tthird\u2028fourth'],
  ['leading and trailing space', '  in the middle  '],
  ['HTML', '<script>alert(1)</script><img src=x onerror=alert(2)>&amp;'],
  ['right-to-left words', 'שלום עולם مرحبا \u202eoverride\u202c'],
  ['emoji of many parts', '👩‍👩‍👧‍👦 🏳️‍🌈 🇦🇹 👍🏽 é é'],
  ['control characters', 'nul \u0000 bell \u0007 escape \u001b[31m delete \u007f'],
  ['the names of an object', '__proto__ constructor toString'],
  ['4,000 emoji', '🙂'.repeat(4000)],
];
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: text, not a template

export function textSurvives({ chat, aws, tables }: Stage): void {
  describe('a message with', () => {
    test.each(WORDS)('%s arrives exactly', async (_what, text) => {
      const [alice, plain] = await Promise.all([
        join(chat().websocket),
        join(chat().websocket, 'plain'),
      ]);
      const messageId = alice.says(text);
      expect((await alice.hears(messageId)).message).toBe(text);
      expect((await plain.hears(messageId)).message).toBe(text);
      if (!tables) return;
      const stored = (await storedMessages(aws())).find((one) => one.messageId === messageId);
      expect(stored?.text).toBe(text);
    });
  });
}
