// @ts-check
// The leader's part among tabs: it has the socket's line, tells the others what that says, and does what they ask.
import { outranks, readLeader } from './tab-message.js';

/** @typedef {import('./line.js').LineStatus} LineStatus */
/** @typedef {import('./line.js').Line} Line */
/** @typedef {import('./tab-message.js').ServerFrame} ServerFrame */
/** @typedef {ReturnType<typeof createLeading>} Leading */

/** A tab that is looked at asks once a second; after this nobody is looking, and pings may be rare. */
const UNSEEN_MS = 5_000;
/** A tab that thaws may take the connection for a moment before it yields: its `replaced` is no other browser's. */
const YIELD_MS = 10_000;

/**
 * @param {{ leader: import('./tab-message.js').Leader, keep: import('./tabs.js').Keep, clock: import('./line.js').Clock,
 *   openLine: (ears: import('./line.js').Ears) => Line, post: (message: import('./tab-message.js').TabMessage) => void,
 *   changed: (status: LineStatus) => void, heard: (frame: ServerFrame) => void, deposed: () => void }} ports
 *   deposed: storage says that another tab leads by now; told once the line has done its step
 */
export function createLeading({ leader, keep, clock, openLine, post, changed, heard, deposed }) {
  let ended = false;
  let isSeen = true;
  let yieldedAt = Number.NEGATIVE_INFINITY;
  let cancelUnseen = () => {};
  /** @type {ServerFrame | null} */
  let welcome = null;
  const line = openLine({
    changed: (status) => ended || lineChanged(status),
    heard: (frame) => ended || lineHeard(frame),
    nudged: () => {},
  });

  function tell() {
    post({ ...leader, kind: 'status', status: line.status(), welcome });
  }

  /** @param {LineStatus} status */
  function lineChanged(status) {
    // When a frozen leader thaws, its line's events outrun the news, and it would fight its successor.
    if (outranks(readLeader(keep.read('leader')), leader)) return void clock.after(0, deposed);
    if (status.state !== 'live') welcome = null;
    if (status.state === 'replaced' && clock.now() - yieldedAt < YIELD_MS) return takeBack();
    post({ ...leader, kind: 'status', status, welcome });
    changed({ ...status, leads: true });
  }

  /** @param {ServerFrame} frame */
  function lineHeard(frame) {
    if (frame.type === 'welcome') welcome = frame;
    post({ ...leader, kind: 'frame', frame });
    heard(frame);
  }

  /** Once for each yield, so that two browsers with one identity cannot fight for ever. */
  function takeBack() {
    yieldedAt = Number.NEGATIVE_INFINITY;
    clock.after(0, () => ended || line.useHere());
  }

  function othersLook() {
    cancelUnseen();
    if (!isSeen) line.visible(true);
    cancelUnseen = clock.after(UNSEEN_MS, () => line.visible(isSeen));
  }

  return {
    line,
    tell,
    /** @param {import('./tab-message.js').Request} request another tab's */
    hear(request) {
      if (request.kind === 'ask') {
        othersLook();
        tell();
      } else if (request.kind === 'send') line.send(request.frame);
      else if (request.kind === 'urge') line[request.verb]();
      else if (request.kind === 'yield') {
        yieldedAt = clock.now();
        if (line.status().state === 'replaced') takeBack();
      }
    },
    /** @param {boolean} is whether somebody looks at this tab */
    visible(is) {
      isSeen = is;
      line.visible(is);
    },
    stop() {
      ended = true;
      cancelUnseen();
      line.stop();
    },
  };
}
