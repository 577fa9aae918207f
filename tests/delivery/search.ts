// The search: every order in which several programs' AWS calls can reach the tables, each state visited once.
import { createHash } from 'node:crypto';
import { AwsError } from '../../local/endpoint/aws-error.ts';
import { type Answer, begin, type Call, type Place, type Program } from './script.ts';
import { perform, type Tables } from './tables-model.ts';

/** Something somebody was shown, or that was put aside. A set: hearing it twice changes nothing. */
export type Fact = Record<string, string | number | boolean | undefined>;

export interface State {
  tables: Tables;
  facts: Fact[];
  /** What has ended, by name: its value, or its error. */
  ended: Record<string, { value?: unknown; error?: string }>;
}

export interface Player {
  name: string;
  program: Program;
  /** May it begin? Without it, at any time. */
  when?: (state: State) => boolean;
  /** How many of its writes may happen and yet be answered with a 500. */
  lostAnswers?: number;
}

export interface Rules {
  players: Player[];
  tables?: Tables;
  /** Throws where the state breaks a promise. Asked of every state. */
  always(state: State): void;
  /** Players that never crash; when they have ended, the others crashed wherever they stand. */
  survivors: string[];
  /** Throws where a run may not end like this. */
  atEnd(state: State): void;
  /** What a call to a function or a queue shows to whom; nothing if it changes nothing. */
  heard(call: Call): Fact | undefined;
  /** Whether the call commutes with every call of all the others: then no order but one needs to be looked at. */
  isAlone?(call: Call): boolean;
  /** The tables' own rules; those of the state machines' calls if absent. */
  perform?: typeof perform;
}

export interface Found {
  states: number;
  /** Different orders of calls that lead to an end, with everybody running as far as they can. */
  interleavings: bigint;
  /** The first broken promise, with the calls that led to it. */
  violation?: { promise: string; trace: string[] };
}

const INVOKED = { StatusCode: 200, Payload: '{"delivered":1,"cursor":null,"grow":null}' };
const LOST = { error: 'InternalServerError' };

interface Seat {
  player: Player;
  place: Place;
  lostAnswers: number;
}

class Broken extends Error {
  readonly trace: string[];
  constructor(promise: string, trace: string[]) {
    super(promise);
    this.trace = trace;
  }
}

function serve(state: State, call: Call, rules: Pick<Rules, 'heard' | 'perform'>): [State, Answer] {
  if (call.service !== 'dynamodb') {
    const fact = rules.heard(call);
    return [fact === undefined ? state : withFacts(state, [fact]), { output: INVOKED }];
  }
  try {
    const [tables, output] = (rules.perform ?? perform)(state.tables, call.action, call.input);
    return [{ ...state, tables }, { output }];
  } catch (error) {
    if (error instanceof AwsError) return [state, { error: error.code }];
    throw error;
  }
}

function withFacts(state: State, more: Fact[]): State {
  const facts = new Map([...state.facts, ...more].map((fact) => [JSON.stringify(fact), fact]));
  const sorted = [...facts].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, fact]) => fact);
  return { ...state, facts: sorted };
}

function seated(state: State, seats: Seat[]): State {
  const ended = seats.flatMap(({ player, place }) => (place.end ? [[player.name, place.end]] : []));
  const shown = seats.flatMap(({ place }) =>
    Array.isArray(place.end?.value) ? (place.end.value as Fact[]) : [],
  );
  return withFacts({ ...state, ended: Object.fromEntries(ended) }, shown);
}

/** A hash: the text of a state is some kilobytes, and all of them are kept. */
const keyOf = ({ tables, facts }: State, seats: Seat[]) => {
  const state = [
    Object.entries(tables).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    facts,
    seats.map(({ place, lostAnswers }) => [place.id, lostAnswers]),
  ];
  return createHash('sha256').update(JSON.stringify(state)).digest('base64');
};

/** Walks all of it. */
export async function search(rules: Rules): Promise<Found> {
  const known = new Map<string, bigint>();
  const mustEnd = new Set(rules.survivors);

  function judge(state: State, trace: string[]): void {
    try {
      rules.always(state);
      if ([...mustEnd].every((name) => state.ended[name])) rules.atEnd(state);
    } catch (error) {
      throw new Broken(error instanceof Error ? error.message : String(error), trace);
    }
  }

  async function walk(before: State, seats: Seat[], trace: string[]): Promise<bigint> {
    const state = seated(before, seats);
    const key = keyOf(state, seats);
    const counted = known.get(key);
    if (counted !== undefined) return counted;
    judge(state, trace);
    let paths = 0n;
    const alone = seats.findIndex(({ place }) => place.call && rules.isAlone?.(place.call));
    for (const [index, seat] of seats.entries()) {
      if (alone !== -1 && index !== alone) continue;
      const { call } = seat.place;
      if (!call || seat.player.when?.(state) === false) continue;
      const [after, answer] = serve(state, call, rules);
      const mayLose = seat.lostAnswers > 0 && after.tables !== state.tables;
      for (const told of mayLose ? [answer, LOST] : [answer]) {
        const next = { ...seat, place: await seat.place.after(told) };
        if (told === LOST) next.lostAnswers -= 1;
        const outcome = 'error' in told ? ` ${told.error}` : '';
        const step = `${seat.player.name}: ${call.action} ${JSON.stringify(call.input)}${outcome}`;
        paths += await walk(after, seats.with(index, next), [...trace, step]);
      }
    }
    const total = paths === 0n ? 1n : paths;
    known.set(key, total);
    return total;
  }

  const seats: Seat[] = [];
  for (const player of rules.players)
    seats.push({
      player,
      place: await begin(player.program),
      lostAnswers: player.lostAnswers ?? 0,
    });
  const start: State = { tables: rules.tables ?? {}, facts: [], ended: {} };
  try {
    const interleavings = await walk(start, seats, []);
    return { states: known.size, interleavings };
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    const { message: promise, trace } = error;
    return { states: known.size, interleavings: 0n, violation: { promise, trace } };
  }
}

/** Walks at random, from the start to where everybody has ended; answers the first broken promise, and how many calls were made. */
export async function wander(
  rules: Rules,
  walks: number,
  fraction: () => number,
): Promise<{ calls: number; violation?: Found['violation'] }> {
  let calls = 0;
  for (let walk = 0; walk < walks; walk += 1) {
    const trace: string[] = [];
    let seats: Seat[] = [];
    for (const player of rules.players)
      seats.push({ player, place: await begin(player.program), lostAnswers: 0 });
    let state = seated({ tables: rules.tables ?? {}, facts: [], ended: {} }, seats);
    try {
      for (;;) {
        rules.always(state);
        const ready = seats.filter(
          ({ place, player }) => place.call && player.when?.(state) !== false,
        );
        const seat = ready[Math.floor(fraction() * ready.length)];
        if (seat?.place.call === undefined) break;
        const { call } = seat.place;
        const [after, answer] = serve(state, call, rules);
        trace.push(`${seat.player.name}: ${call.action} ${JSON.stringify(call.input)}`);
        calls += 1;
        const place = await seat.place.after(answer);
        seats = seats.map((one) => (one === seat ? { ...one, place } : one));
        state = seated(after, seats);
      }
      rules.atEnd(state);
    } catch (error) {
      const promise = error instanceof Error ? error.message : String(error);
      return { calls, violation: { promise, trace } };
    }
  }
  return { calls };
}
