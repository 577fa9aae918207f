// @ts-check
// Who is writing in a room, and saying so oneself: throttled on the way out, forgotten on the way in when nothing follows.

/** @typedef {{ userId: string, nickname: string }} Typist */

/** A typist who stopped without a word is believed so long. */
const HOLDS_MS = 12_000;
/** So often others are told, which is sooner than they forget. */
const EVERY_MS = 10_000;
/** Writing that is over sooner is not told: each word of it costs one of the frames that a person may send. */
const BEGINS_MS = 1_000;
/** So long after a message its writing may still be told: the two go different ways, and the message may be first. */
const OVERTAKEN_MS = 2_000;

/**
 * @param {{ name: string, clock: import('./line.js').Clock, send: (frame: object) => boolean, isMe: (userId: string) => boolean,
 *   changed: (typists: Typist[]) => void }} ports
 */
export function createTypists({ name, clock, send, isMe, changed }) {
  /** @type {Map<string, Typist & { cancel: () => void }>} */
  const typing = new Map();
  /** When each one's last message came. @type {Map<string, number>} */
  const cameAt = new Map();
  let saidAt = Number.NEGATIVE_INFINITY;
  let isOn = false;
  /** Between the first key and the word of it. */
  let waits = false;
  let giveUp = () => {};

  const list = () => [...typing.values()].map(({ userId, nickname }) => ({ userId, nickname }));

  /** @param {string} userId */
  function stop(userId) {
    typing.get(userId)?.cancel();
    if (typing.delete(userId)) changed(list());
  }

  /** @param {boolean} on */
  function tell(on) {
    const isDue = on ? clock.now() - saidAt >= EVERY_MS : isOn;
    if (!isDue || !send({ action: 'typing', room: name, on })) return;
    isOn = on;
    if (on) saidAt = clock.now();
  }

  function forget() {
    giveUp();
    waits = false;
  }

  function sent() {
    forget();
    isOn = false;
    saidAt = Number.NEGATIVE_INFINITY;
  }

  return {
    /** @param {boolean} on whether one's own draft grows; `false` when it is emptied, which does not make the next sooner */
    say(on) {
      if (!on) {
        forget();
        tell(false);
      } else if (isOn) tell(true);
      else if (!waits) {
        waits = true;
        giveUp = clock.after(BEGINS_MS, () => {
          waits = false;
          tell(true);
        });
      }
    },
    /** The draft is sent: the message itself tells others that its writing has ended. */
    sent,
    /** @param {Typist & { on: boolean }} frame */
    hear({ userId, nickname, on }) {
      if (isMe(userId)) return;
      if (!on) return stop(userId);
      if (clock.now() - (cameAt.get(userId) ?? Number.NEGATIVE_INFINITY) < OVERTAKEN_MS) return;
      const known = typing.get(userId);
      known?.cancel();
      const cancel = clock.after(HOLDS_MS, () => stop(userId));
      typing.set(userId, { userId, nickname, cancel });
      if (!known) changed(list());
    },
    /** What they were writing has come. @param {string} userId */
    came(userId) {
      cameAt.set(userId, clock.now());
      stop(userId);
    },
    list,
    /** Nothing is known without a line. */
    clear() {
      sent();
      cameAt.clear();
      for (const userId of [...typing.keys()]) stop(userId);
    },
  };
}
