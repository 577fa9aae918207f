// The invariants of the delivery contract, each under random histories of faults, against a server at its worst.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { seededChance } from './chance.ts';
import { hostileServer } from './hostile-server.ts';
import { person } from './person.ts';
import { fakeClock, settled } from './workbench.ts';

const MINUTE = 60_000;
/** Slow enough that many crashes fall between reading, writing and sending. */
const DISK_MS = 2_000;
const WHO = [0, 1, 2] as const;

type Step =
  | { do: 'say' | 'cut' | 'deafen' | 'crash'; who: number }
  | { do: 'wait'; ms: number }
  | { do: 'pushes' | 'door'; off: boolean };

const who = fc.constantFrom(...WHO);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('say' as const), who }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.integer({ min: 1, max: 30_000 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('cut' as const, 'deafen' as const, 'crash' as const),
      who,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('pushes' as const, 'door' as const),
      off: fc.boolean(),
    }),
  },
);
const histories = { seed: fc.integer(), steps: fc.array(step, { maxLength: 40 }) };

/** Lives through the steps, heals, and waits until everything that can come has come. */
async function live(seed: number, steps: Step[]) {
  const { clock, live: pass } = fakeClock();
  const chance = seededChance(seed);
  const server = hostileServer(clock, chance);
  const world = { clock, chance, openSocket: server.openSocket };
  const people = ['ada', 'grace', 'bot'].map((name) =>
    person(name, world, name === 'bot' ? 'cursor' : 'latest', DISK_MS),
  );
  const [, , bot] = people;
  if (!bot) throw new Error('There is no bot.');
  const replies = (text: string) => (text.startsWith('ada') ? `re: ${text}` : null);
  const faults: unknown[] = [];
  const read = () => void bot.reads(replies).catch((error) => faults.push(error));
  read();
  await pass(2_000);
  for (const one of steps) {
    const someone = people['who' in one ? one.who : 0];
    if (!someone) throw new Error('There is nobody.');
    if (one.do === 'say') someone.say();
    else if (one.do === 'cut') server.cut(someone.clientId());
    else if (one.do === 'deafen') server.deafen(someone.clientId());
    else if (one.do === 'wait') await pass(one.ms);
    else if (one.do === 'pushes') server.faults.dropsPushes = one.off;
    else if (one.do === 'door') server.faults.refusesAll = one.off;
    else {
      await someone.crash();
      if (someone === bot) read();
    }
  }
  Object.assign(server.faults, {
    frames: false,
    crashes: false,
    dropsPushes: false,
    refusesAll: false,
  });
  await pass(4 * MINUTE);
  // What is stored last lets history fence every number below it, once it is a minute old.
  server.say('the last word');
  await pass(3 * MINUTE);
  for (const one of people.slice(0, 2)) await pageBack(one, pass);
  return { server, people, bot, faults, world, pass };
}

/** Scrolls up to the beginning. */
async function pageBack(one: ReturnType<typeof person>, pass: (ms: number) => Promise<void>) {
  for (let more = true; more; ) {
    const answer = one.room().older();
    await pass(1_000);
    more = await answer;
  }
}

function invariant(
  name: string,
  holds: (end: Awaited<ReturnType<typeof live>>) => void | Promise<void>,
) {
  test(name, () =>
    fc.assert(
      fc.asyncProperty(histories.seed, histories.steps, async (seed, steps) => {
        const end = await live(seed, steps);
        expect(end.faults).toEqual([]);
        await holds(end);
      }),
      { numRuns: 100 },
    ),
  );
}

const stored = (rows: { seq: number | null; key: string }[]) =>
  rows.map(({ seq, key }) => [seq, key]);

describe('after any history of faults', () => {
  invariant('I1: what was promised is stored and on every screen', ({ server, people }) => {
    const kept = new Set(server.stored().map((one) => one.messageId));
    for (const { promised } of people) {
      expect(promised.filter(({ messageId }) => !kept.has(messageId))).toEqual([]);
    }
    for (const one of people.slice(0, 2)) {
      expect(new Set(one.view().rows.map((row) => row.key))).toEqual(kept);
    }
  });

  invariant('I2: no messageId appears twice, in history or on a screen', ({ server, people }) => {
    const lists = [
      server.stored().map((one) => one.messageId),
      ...people.map((one) => one.view().rows.map((row) => row.key)),
    ];
    for (const list of lists) expect(list.length).toBe(new Set(list).size);
  });

  invariant('I3: nothing appears that nobody said', ({ server, people }) => {
    const real = new Map(server.stored().map((one) => [one.messageId, one.message]));
    for (const one of people) {
      for (const row of one.view().rows) expect(real.get(row.key)).toBe(row.text);
    }
  });

  invariant(
    'I4: a place holds one message everywhere, and no hole is left but void ones',
    ({ server, people }) => {
      expect(server.open()).toEqual([]);
      const places = new Map(server.stored().map((one) => [one.seq, one.messageId]));
      for (const one of people) {
        for (const row of one.view().rows) expect(places.get(row.seq ?? 0)).toBe(row.key);
      }
    },
  );

  invariant(
    'I5: what is rendered never runs backwards, and a reader skips nothing',
    ({ server, people, bot }) => {
      for (const one of people) expect(one.view().wrongs).toEqual([]);
      const first = bot.read[0] ?? 0;
      const since = server.stored().filter((one) => one.seq >= first);
      // A crash may hand out again the one message that it interrupted.
      const read = bot.read.filter((seq, at) => seq !== bot.read[at - 1]);
      expect(read).toEqual(first === 0 ? [] : since.map((one) => one.seq));
    },
  );

  invariant(
    'I6: one sender’s messages keep the order they were written in',
    ({ server, people }) => {
      for (const { name } of people) {
        const numbers = server
          .stored()
          .filter((one) => one.message.startsWith(`${name} `))
          .map((one) => Number(one.message.split(' ')[1]));
        expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
      }
    },
  );

  invariant('I7: a reply stands below what it answers, once for each', ({ server, bot }) => {
    const seqs = new Map(server.stored().map((one) => [one.message, one.seq]));
    const replies = server.stored().filter((one) => one.message.startsWith('re: '));
    for (const reply of replies) {
      expect(reply.seq).toBeGreaterThan(seqs.get(reply.message.slice('re: '.length)) ?? Number.NaN);
    }
    const questions = server
      .stored()
      .filter((one) => one.message.startsWith('ada') && one.seq >= (bot.read[0] ?? Infinity));
    const answered = replies.map((one) => one.message.slice('re: '.length));
    expect(answered.toSorted()).toEqual(questions.map((one) => one.message).toSorted());
  });

  invariant(
    'I9: every list equals history, and a fresh client’s',
    async ({ server, people, world, pass }) => {
      const fresh = person('fresh', world);
      await pass(10_000);
      await pageBack(fresh, pass);
      const history = server.stored().map((one) => [one.seq, one.messageId]);
      for (const one of [...people.slice(0, 2), fresh]) {
        expect(stored(one.view().rows)).toEqual(history);
      }
    },
  );

  invariant('I10: the outbox empties', async ({ people }) => {
    await settled();
    for (const one of people) {
      expect([...one.storage.entries.values()]).toEqual([]);
      expect(one.view().rows.filter((row) => row.state !== 'sent')).toEqual([]);
    }
  });

  invariant(
    'I11: a message’s place is the one it was stored at, however often it is told',
    ({ server, people }) => {
      const places = new Map(server.stored().map((one) => [one.messageId, one.seq]));
      for (const one of people) {
        for (const row of one.view().rows) expect(row.seq).toBe(places.get(row.key));
        expect(one.view().wrongs).toEqual([]);
      }
    },
  );

  invariant('I13: each client has one live connection', ({ server, people }) => {
    for (const one of people) {
      expect(one.chat().status().state).toBe('live');
      expect(server.live(one.clientId())).toHaveLength(1);
    }
  });
});

test('I7: a bot that is killed at any moment answers each question once', () => {
  const moment = fc.integer({ min: 0, max: 15_000 });
  return fc.assert(
    fc.asyncProperty(
      histories.seed,
      fc.array(moment, { minLength: 1, maxLength: 4 }),
      async (seed, kills) => {
        const killed = kills.flatMap((ms): Step[] => [
          { do: 'wait', ms },
          { do: 'crash', who: 2 },
        ]);
        const said: Step[] = [
          { do: 'say', who: 0 },
          { do: 'say', who: 0 },
        ];
        // First it must be there: what was said before it came is no question to it.
        const { server, bot } = await live(seed, [{ do: 'wait', ms: 90_000 }, ...said, ...killed]);
        const stored = server.stored();
        const first = bot.read[0] ?? Infinity;
        const asked = stored.filter((one) => one.message.startsWith('ada') && one.seq >= first);
        const replies = stored.map((one) => one.message).filter((text) => text.startsWith('re: '));
        expect(replies).toEqual(asked.map((one) => `re: ${one.message}`));
      },
    ),
    { numRuns: 150 },
  );
});

test('I13: a door that takes nobody in is knocked at a bounded rate', async () => {
  const { clock, live: pass } = fakeClock();
  const chance = seededChance(7);
  const server = hostileServer(clock, chance);
  server.faults.refusesAll = true;
  const { chat } = person('ada', { clock, chance, openSocket: server.openSocket });
  await pass(60 * MINUTE);
  expect(server.connects()).toBeLessThan(60 * 4);
  await chat().close();
});
