// Proves which words are completed while one writes, what is offered for them, and the text that comes of it.
import { describe, expect, test } from '@jest/globals';
import {
  closedAt,
  completed,
  emojiFor,
  peopleFor,
  wishAt,
} from '../../front/src/core/completion.js';
import { mentionable, type Person } from '../../front/src/core/mentionable.js';

/** `|` is the caret. */
const at = (marked: string): [string, number] => [marked.replace('|', ''), marked.indexOf('|')];
const wish = (marked: string) => {
  const found = wishAt(...at(marked));
  return found && [found.kind, found.query];
};

describe('a wish', () => {
  test.each([
    [':sm|', ['emoji', 'sm']],
    ['well :+1|', ['emoji', '+1']],
    ['(:he| and more', ['emoji', 'he']],
    ['@|', ['mention', '']],
    ['hi @ad|', ['mention', 'ad']],
    ['line\n@ז|', ['mention', 'ז']],
    ['مرحبا @سا|', ['mention', 'سا']],
  ])('is in %j', (marked, expected) => {
    expect(wish(marked)).toEqual(expected);
  });

  test.each([
    ':|',
    ':)|',
    ':s|',
    'at 10:30|',
    'https://a|',
    'ada@example|',
    '@ada |',
    'std::map|',
    '|:smile',
  ])('is not in %j', (marked) => {
    expect(wish(marked)).toBeNull();
  });
});

describe('what is offered', () => {
  const people = ['Ada', 'Grace Hopper', 'ada-2', 'Žofie', 'Ada'].map((nickname) => ({ nickname }));

  test('is each person once, the best fit first, whatever the case', () => {
    expect(peopleFor(people, 'ADA').map(({ insert }) => insert)).toEqual(['@Ada', '@ada-2']);
    expect(peopleFor(people, 'hop').map(({ name }) => name)).toEqual(['Grace Hopper']);
    expect(peopleFor(people, 'žo').map(({ name }) => name)).toEqual(['Žofie']);
    expect(peopleFor(people, 'nobody')).toEqual([]);
  });

  test('to mention: who spoke last, then who is there, by the names of now, and never oneself', () => {
    const [ada, grace, alan, lin] = ['ada', 'grace', 'alan', 'lin'].map((nickname) => ({
      userId: `u_${nickname}`,
      nickname,
    })) as [Person, Person, Person, Person];
    const room = {
      items: () => [ada, grace, lin, ada, { ...alan, nickname: 'turing' }, grace],
      roster: () => [lin, ada, { userId: 'u_new', nickname: 'new' }, alan],
    };
    expect(mentionable(room, 'u_ada').map(({ nickname }) => nickname)).toEqual([
      'grace',
      'alan',
      'lin',
      'new',
    ]);
  });

  test('is never more than eight', () => {
    const crowd = Array.from({ length: 100 }, (_, n) => ({ nickname: `guest-${n}` }));
    expect(peopleFor(crowd, 'guest')).toHaveLength(8);
  });

  test('is the emoji of that very name before those that only begin with it', () => {
    const emoji = new Map([
      ['heart_eyes', '😍'],
      ['heart', '❤️'],
      ['broken_heart', '💔'],
    ]);
    expect(emojiFor(emoji, 'heart').map(({ sign }) => sign)).toEqual(['❤️', '😍', '💔']);
  });
});

describe('what comes of it', () => {
  const taken = (marked: string, insert: string) => {
    const found = wishAt(...at(marked));
    return found && completed(at(marked)[0], found, insert);
  };

  test('replaces the word, and leaves a gap to go on in', () => {
    expect(taken('hi @ad|', '@ada')).toEqual({ text: 'hi @ada ', caret: 8 });
    expect(taken('hi :smi| there', '😄')).toEqual({ text: 'hi 😄 there', caret: 6 });
  });

  test('an emoji whose name is closed by its colon is found whole', () => {
    expect(closedAt(...at('so :tada:|'))).toEqual({
      kind: 'emoji',
      query: 'tada',
      from: 3,
      to: 9,
    });
    expect(closedAt(...at('10:30:|'))).toBeNull();
  });
});
