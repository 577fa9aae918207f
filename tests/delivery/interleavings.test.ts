// Every interleaving of executions that may crash after any call: the promises of the claim, the sequence and the tombstone.
//
// A crash is an execution that is never scheduled again. So every state the search visits is also the end of a run in
// which everybody else crashed where they stood, and it is judged as one.
import { afterAll, describe, expect, test } from '@jest/globals';
import { execution, readDefinition } from './cast.ts';
import { always, heard, kept, readInFull, reuseIsTold } from './invariants.ts';
import { PLANTED } from './mutations.ts';
import { reader } from './reader.ts';
import type { Program } from './script.ts';
import { type Found, type Player, type Rules, type State, search } from './search.ts';

const definition = readDefinition();
const explored: Record<string, string> = {};

/** The promise that some interleaving breaks, if one does. */
async function broken(rules: Omit<Rules, 'always' | 'heard'>): Promise<Found['violation']> {
  const found = await search({ always, heard, ...rules });
  const name = expect.getState().currentTestName ?? '';
  explored[name] = `${found.interleavings} interleavings in ${found.states} states`;
  return found.violation;
}

const player = (name: string, program: Program, more: Partial<Player> = {}): Player => ({
  ...{ name, program },
  ...more,
});
const heardOf = (messageId: string) => (state: State) =>
  state.facts.some((fact) => fact.kind === 'frame' && fact.messageId === messageId);
const seqOf = (state: State, messageId: string) =>
  Number(state.facts.find((fact) => fact.kind === 'frame' && fact.messageId === messageId)?.seq);

/** An execution, its double from the bus, and a resend that runs to its end at any time. */
const thrice = (of = definition): Player[] => [
  player('first', execution(of)),
  player('double', execution(of)),
  player('resend', execution(of, { at: 5 })),
];
/** A message, another user's, and a reader that fences what it misses; then a resend. */
const fenced = (of = definition, isCareless = false): Player[] => [
  player('first', execution(of)),
  player('bob', execution(of, { messageId: 'm2', userId: 'bob' })),
  player('reader', reader({ isCareless })),
  player('resend', execution(of, { at: 5 })),
];
const redriven = (of = definition): Player[] => [
  player('first', execution(of)),
  player('resend', execution(of, { at: 5 })),
  player('redrive', execution(of, { redrive: true })),
];
const otherWords = (of = definition): Player[] => [
  player('first', execution(of)),
  player('other words', execution(of, { text: 'ho', at: 5 })),
];

afterAll(() => {
  process.stdout.write(`${JSON.stringify(explored, null, 2)}\n`);
});

describe('every interleaving, and every crash after every call', () => {
  test('I1, I2, I11: one message by event, double and resend is stored once, told once, under one number', async () => {
    expect(await broken({ players: thrice(), survivors: ['resend'], atEnd: kept })).toBeUndefined();
  });

  test('I1, I2: a write that happened and was answered with a 500 is not repeated as a second message', async () => {
    const players = [
      player('first', execution(definition), { lostAnswers: 2 }),
      player('resend', execution(definition, { at: 5 }), { lostAnswers: 1 }),
    ];
    expect(await broken({ players, survivors: ['resend'], atEnd: kept })).toBeUndefined();
  });

  test('I4, I5: no told message is ever void, no told void ever a message, and a put after its tombstone takes a new number', async () => {
    expect(await broken({ players: fenced(), survivors: ['resend'], atEnd: kept })).toBeUndefined();
  });

  test('I4: the last reader is told every number up to the head, as a message or as void', async () => {
    const players = [
      player('first', execution(definition)),
      player('resend', execution(definition, { at: 5 })),
      player('bob', execution(definition, { messageId: 'm2', userId: 'bob' })),
      player('last', reader(), { when: ({ ended }) => Boolean(ended.resend && ended.bob) }),
    ];
    const atEnd = (state: State) => {
      kept(state);
      kept(state, 'm2', 'bob');
      readInFull(state, 'last');
    };
    const survivors = ['resend', 'bob', 'last'];
    expect(await broken({ players, survivors, atEnd })).toBeUndefined();
  });

  test('I11: a redrive beside a resend tells every screen the same', async () => {
    expect(
      await broken({ players: redriven(), survivors: ['redrive'], atEnd: kept }),
    ).toBeUndefined();
  });

  test('I3: other words under the same messageId are never stored; their sender alone is told MessageIdReused', async () => {
    const survivors = ['first', 'other words'];
    const atEnd = reuseIsTold;
    expect(await broken({ players: otherWords(), survivors, atEnd })).toBeUndefined();
  });

  test('the same messageId from two users is two messages', async () => {
    const players = [
      player('ann', execution(definition)),
      player('bob', execution(definition, { userId: 'bob', text: 'ho' })),
    ];
    const atEnd = (state: State) => {
      kept(state);
      kept(state, 'm1', 'bob');
    };
    expect(await broken({ players, survivors: ['ann', 'bob'], atEnd })).toBeUndefined();
  });

  test('I6, I7: what is said after a tick stands below it, whoever says it, though the first is resent and holes are fenced', async () => {
    const players = [
      player('first', execution(definition)),
      player('resend', execution(definition, { at: 5 })),
      player('reader', reader()),
      player('next', execution(definition, { messageId: 'm2' }), { when: heardOf('m1') }),
      player('reply', execution(definition, { messageId: 'm3', userId: 'bob' }), {
        when: heardOf('m2'),
      }),
    ];
    const atEnd = (state: State) => {
      const [first, next, reply] = ['m1', 'm2', 'm3'].map((id) => seqOf(state, id));
      if (first === undefined || next === undefined || reply === undefined) return;
      if (!(first < next && next < reply)) throw new Error('I6, I7: the order of saying is kept');
    };
    const survivors = ['resend', 'next', 'reply'];
    expect(await broken({ players, survivors, atEnd })).toBeUndefined();
  });
});

describe('planted bugs are caught', () => {
  test.each(Object.entries(PLANTED))('%s', async (_, plant) => {
    const plays: [Player[], string[], (state: State) => void][] = [
      [otherWords(plant()), ['first', 'other words'], reuseIsTold],
      [redriven(plant()), ['redrive'], kept],
      [thrice(plant()), ['resend'], kept],
      [fenced(plant()), ['resend'], kept],
    ];
    const found: Found[] = [];
    for (const [players, survivors, atEnd] of plays) {
      found.push(await search({ always, heard, players, survivors, atEnd }));
      if (found.at(-1)?.violation) break;
    }
    expect(found.at(-1)?.violation?.promise).toMatch(/^I\d+: /);
  });

  test('a reader that writes its tombstone without a condition', async () => {
    const players = fenced(definition, true);
    const found = await search({ always, heard, players, survivors: ['resend'], atEnd: kept });
    expect(found.violation?.promise).toMatch(/^I(4|11): /);
  });
});
