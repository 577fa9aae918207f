// @ts-check
// The leader's part among tabs: it has the socket's line, tells the others what that says, and does what they ask.
import { createKeptWelcome } from './kept-welcome.js';

/** @typedef {import('./line.js').LineStatus} LineStatus */
/** @typedef {import('./line.js').Line} Line */
/** @typedef {import('./tab-message.js').ServerFrame} ServerFrame */
/** @typedef {ReturnType<typeof createLeading>} Leading */

/** A tab that is looked at asks once a second; after this nobody is looking, and pings may be rare. */
const UNSEEN_MS = 5_000;

/**
 * @param {{ leader: import('./tab-message.js').Leader, clock: import('./line.js').Clock,
 *   openLine: (ears: import('./line.js').Ears) => Line, post: (message: import('./tab-message.js').TabMessage) => void,
 *   changed: (status: LineStatus) => void, heard: (frame: ServerFrame) => void }} ports
 */
export function createLeading({ leader, clock, openLine, post, changed, heard }) {
  let ended = false;
  let isSeen = true;
  let cancelUnseen = () => {};
  const kept = createKeptWelcome();
  let told = 0;
  const line = openLine({
    changed: (status) => ended || lineChanged(status),
    heard: (frame) => ended || lineHeard(frame),
    nudged: () => {},
  });

  function tell(status = line.status()) {
    post({ ...leader, kind: 'status', status, told, welcome: kept.welcome() });
  }

  /** @param {LineStatus} status */
  function lineChanged(status) {
    if (status.state !== 'live') kept.clear();
    tell(status);
    changed({ ...status, leads: true });
  }

  /** @param {ServerFrame} frame */
  function lineHeard(frame) {
    kept.hear(frame);
    told += 1;
    post({ ...leader, kind: 'frame', frame });
    heard(frame);
  }

  function othersLook() {
    cancelUnseen();
    if (!isSeen) line.visible(true);
    cancelUnseen = clock.after(UNSEEN_MS, () => line.visible(isSeen));
  }

  return {
    line,
    tell: () => tell(),
    /** @param {import('./tab-message.js').Request} request another tab's */
    hear(request) {
      if (request.kind === 'ask') {
        othersLook();
        tell();
      } else if (request.kind === 'send') line.send(request.frame);
      else if (request.kind === 'urge') line[request.verb]();
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
