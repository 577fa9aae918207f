// Proves what the panel says of people: in which order, how long ago, and which nicknames are refused before anybody is asked.
import { describe, expect, test } from '@jest/globals';
import { ago } from '../../front/src/core/ago.js';
import { checkIntroduction, nicknameProblem } from '../../front/src/core/introduction.js';
import { partnerFrom } from '../../front/src/core/partner.js';
import { arrangePeople } from '../../front/src/core/people.js';
import { presenceOf } from '../../front/src/ui/person-row.js';
import { en } from '../../front/src/words/en.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('how long ago', () => {
  test('somebody was seen is said by the server’s clock, as the time of it is', () => {
    const at = '2026-11-21T07:30:00.000Z';
    const now = () => Date.parse(at) + 2 * HOUR;
    const gone = { userId: 'u', nickname: 'Ada', online: false, at };
    const seen = presenceOf(gone, { words: en.people, locale: 'en', now });
    expect(seen).toBe(en.people.seen('2 hours ago'));
  });

  test.each([
    [59 * SECOND, null],
    [-3 * HOUR, null],
    [MINUTE, '1 minute ago'],
    [59 * MINUTE + 59 * SECOND, '59 minutes ago'],
    [HOUR, '1 hour ago'],
    [23 * HOUR, '23 hours ago'],
    [DAY, 'yesterday'],
    [29 * DAY, '29 days ago'],
    [400 * DAY, 'last year'],
  ])('%j ms is %j', (passed, said) => {
    expect(ago(passed, 'en-GB')).toBe(said);
  });

  test('is said in the language of the reader', () => {
    expect(ago(5 * MINUTE, 'ar')).toMatch(/^قبل .+دقائق$/);
  });
});

describe('the people of a room', () => {
  const member = (nickname: string, online: boolean, second = 0) => ({
    ...{ userId: `u_${nickname}`, nickname, online },
    at: new Date(Date.UTC(2026, 10, 21, 7, 30, second)).toISOString(),
  });
  const names = (people: { nickname: string }[]) => people.map(({ nickname }) => nickname);

  test('are oneself, then who is here by name, then who left last', () => {
    const members = [
      member('zoe', true),
      member('guest-10', true),
      member('Émile', true),
      member('guest-9', true),
      member('gone early', false, 1),
      { ...member('gone unseen', false), at: '' },
      member('gone late', false, 9),
    ];
    const { here, away } = arrangePeople(members, { me: 'u_zoe', locale: 'en' });
    expect(names(here)).toEqual(['zoe', 'Émile', 'guest-9', 'guest-10']);
    expect(names(away)).toEqual(['gone unseen', 'gone late', 'gone early']);
  });
});

describe('the one with whom a direct conversation is', () => {
  const ada = { userId: 'u_ada', nickname: 'Ada' };
  const told = (online: boolean, second: number) => ({
    ...{ ...ada, online },
    at: new Date(Date.UTC(2026, 10, 21, 7, 30, second)).toISOString(),
  });
  const other = { ...told(true, 59), userId: 'u_grace' };

  test('is here if any room says so, however old its word', () => {
    expect(partnerFrom(ada, [[told(false, 9), other], [told(true, 1)]])).toEqual(told(true, 1));
  });

  test('was seen last when the latest word has it', () => {
    expect(partnerFrom(ada, [[told(false, 1)], [other, told(false, 9)]])).toEqual(told(false, 9));
  });

  test('was here, nobody knows until when, if the network went meanwhile', () => {
    const unknown = { ...told(false, 0), at: '' };
    for (const rosters of [
      [told(false, 9), unknown],
      [unknown, told(false, 9)],
    ])
      expect(partnerFrom(ada, [rosters])).toEqual(unknown);
  });

  test('has neither where no room tells of them', () => {
    expect(partnerFrom(ada, [[other], []])).toEqual({ ...ada, online: false, at: '' });
  });
});

describe('a nickname', () => {
  test.each([
    ['ada', null],
    ['🦊'.repeat(32), null],
    ['', 'empty'],
    [' \t', 'empty'],
    ['🦊'.repeat(33), 'tooLong'],
    ['a\u202eb', 'unseemly'],
    ['a\u0000b', 'unseemly'],
    ['a\ud800', 'unseemly'],
  ])('%j has the problem %j, and hello agrees', (nickname, problem) => {
    expect(nicknameProblem(nickname)).toBe(problem);
    const hello = () => checkIntroduction({ nickname, rooms: [] });
    if (problem === null) expect(hello).not.toThrow();
    else expect(hello).toThrow(RangeError);
  });
});
