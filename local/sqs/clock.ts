// The queues' clock, so that tests can move time by hand.

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs `then` after so many milliseconds; the result cancels it. */
  after(ms: number, then: () => void): () => void;
}

export const realClock: Clock = {
  now: Date.now,
  after(ms, then) {
    const timer = setTimeout(then, ms);
    return () => clearTimeout(timer);
  },
};
