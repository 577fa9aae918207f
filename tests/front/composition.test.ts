// Proves that the page refuses what the server would refuse, and by the same measure.
import { describe, expect, test } from '@jest/globals';
import { compose } from '../../front/src/core/composition.js';
import { parseClientFrame } from '../../shared/src/protocol/parse.ts';

const taken = (message: string) => {
  try {
    parseClientFrame(JSON.stringify({ action: 'sendmessage', room: 'lobby', message }));
    return true;
  } catch {
    return false;
  }
};

describe('a message', () => {
  test.each([
    ['', 'empty'],
    [' \n ', 'empty'],
    ['\u200b\u2060', 'invisible'],
    ['\u00ad\u202e\u0007', 'invisible'],
    ['x'.repeat(4_001), 'tooLong'],
    ['"'.repeat(4_000), null],
    ['\u0001x'.repeat(2_000), null],
    ['\u0001'.repeat(3_999), 'invisible'],
    [`x${'\u0001'.repeat(3_999)}`, 'tooHeavy'],
    ['🦊'.repeat(4_000), null],
    ['\u200bhi', null],
  ])('%j', (draft, problem) => {
    const { text, problem: found } = compose(draft, 'lobby');
    expect(found).toBe(problem);
    if (found !== 'tooHeavy') expect(taken(text)).toBe(found === null);
  });

  test('tells what is left, and below zero what is too much', () => {
    expect(compose(`${'x'.repeat(10_000)} `, 'lobby').left).toBe(-6_000);
    expect(compose('🦊', 'lobby').left).toBe(3_999);
  });
});
