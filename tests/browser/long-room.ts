// A lobby of as many messages as one likes, stored nowhere: the wire answers for the server.
import type { Wire } from './wire.ts';

const LIMIT = 100;
/** Noon: no second of the first hours crosses a day in any zone near it. */
const FIRST_AT = Date.UTC(2026, 10, 20, 12);

interface Question {
  action: string;
  room: string;
  before?: number;
  ranges?: [number, number][];
  limit?: number;
  n?: number;
}

/** The message with this number: one voice, ten a second, `number <seq>`. */
export const told = (seq: number, more: object = {}) => ({
  type: 'message',
  room: 'lobby',
  seq,
  messageId: `m${seq}`,
  userId: 'u1',
  nickname: 'Grace',
  message: `number ${seq}`,
  timestamp: new Date(FIRST_AT + seq * 100).toISOString(),
  ...more,
});

/** From now on the server has `head` messages; it takes none. */
export function longRoom(wire: Wire, head: number): void {
  const numbers = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, n) => told(from + n));
  const history = ({ room, before, ranges, limit = LIMIT, n }: Question) => {
    const answer = { type: 'history', n, room, void: [], head };
    if (ranges) {
      const [[from, to] = [1, 1]] = ranges;
      const end = Math.min(to, from + LIMIT - 1);
      const more = end < to || ranges.length > 1;
      return { ...answer, items: numbers(from, end), from, to: end, more };
    }
    const to = (before ?? head + 1) - 1;
    const from = Math.max(1, to - limit + 1);
    return { ...answer, items: numbers(from, to), from, to, more: from > 1 };
  };
  wire.instead((frame) => {
    const question = JSON.parse(frame) as Question;
    if (question.action === 'history') wire.inject(history(question));
    if (question.action !== 'ping') return;
    const now = new Date().toISOString();
    wire.inject({ type: 'pong', n: question.n, now, heads: { lobby: head }, present: {} });
  });
  wire.inject(told(head));
}
