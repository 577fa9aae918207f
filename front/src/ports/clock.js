// @ts-check
// The browser's time and timers, behind the two verbs the core knows.

/** @type {import('../core/line.js').Clock} */
export const clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
