// @ts-check
// One line for all tabs of a browser: the tab that holds the lock leads and has the socket, the others speak through it.
import { createLeading } from './leading.js';
import { outranks, readLeader, readTabMessage } from './tab-message.js';
import { createWatch } from './watch.js';

/** @typedef {import('./line.js').LineStatus} LineStatus */
/** @typedef {import('./line.js').Line} Line */
/** @typedef {import('./line.js').Ears} Ears */
/** @typedef {import('./tab-message.js').TabMessage} TabMessage */
/** @typedef {{ read(key: string): unknown, write(key: string, value: unknown): void }} Keep */

/**
 * The same face as `line.js`, for each tab. After a leader's end the next one connects, and every tab hears a welcome again.
 * @param {{ tab: string, name: string, openLock: import('../ports/locks.js').OpenLock,
 *   openChannel: import('../ports/channel.js').OpenChannel, keep: Keep, clock: import('./line.js').Clock,
 *   openLine: (ears: Ears) => Line }} ports tab: unlike any other's; name: one for each server;
 *   keep: one for all tabs, it holds who leads; openLine: the line with the socket
 * @param {Ears} ears
 * @returns {Line}
 */
export function createTabs({ tab, name, openLock, openChannel, keep, clock, openLine }, ears) {
  /** @type {import('../ports/locks.js').Lock | null} */
  let lock = null;
  /** @type {import('../ports/channel.js').Channel | null} */
  let channel = null;
  /** @type {import('./leading.js').Leading | null} while this tab leads */
  let leading = null;
  let leader = { from: '', term: 0 };
  /** @type {LineStatus} */
  let status = { state: 'idle', retryAt: null, online: true, reason: null, leads: false };
  // The leader repeats its welcome for those who come late, or were deaf: a frozen tab loses what the channel brings.
  let isWelcomed = false;
  let heardFrames = 0;
  let isSeen = true;

  const watch = createWatch({
    clock,
    isWanted: () => isSeen,
    ask: () => post({ kind: 'ask' }),
    silent: () => follow(true),
  });

  /** @param {TabMessage} message */
  function post(message) {
    channel?.post(message);
  }

  /** @param {LineStatus} next */
  function become(next) {
    const isSame =
      next.state === status.state &&
      next.retryAt === status.retryAt &&
      next.online === status.online &&
      next.reason === status.reason &&
      next.code === status.code &&
      next.leads === status.leads;
    status = next;
    if (!isSame) ears.changed(next);
  }

  /** @param {boolean} steal from a leader who does not answer */
  function follow(steal) {
    watch.start();
    lock?.ask({ granted: lead, lost: fall }, steal);
  }

  function lead() {
    watch.stop();
    leader = { from: tab, term: Math.max(readLeader(keep.read('leader')).term, leader.term) + 1 };
    keep.write('leader', leader);
    const { heard } = ears;
    leading = createLeading({ leader, clock, openLine, post, changed: lineChanged, heard });
    leading.visible(isSeen);
    leading.line.start();
  }

  /** @param {LineStatus} next */
  function lineChanged(next) {
    // A leader that thaws may hear that it was replaced before it hears by whom: by another tab is no news to show.
    if (next.state === 'replaced' && outranks(readLeader(keep.read('leader')), leader)) fall();
    else become(next);
  }

  /** Another leads: this tab's socket must not live beside the other's. */
  function fall() {
    if (!leading) return;
    leading.stop();
    leading = null;
    become({ ...status, state: 'connecting', retryAt: null, leads: false });
    follow(false);
  }

  /** @param {unknown} data */
  function hear(data) {
    const message = readTabMessage(data);
    if (message === null) return;
    if (message.kind === 'nudge') ears.nudged();
    else if (message.kind === 'status' || message.kind === 'frame') hearLeader(message);
    else leading?.hear(message);
  }

  /** @param {import('./tab-message.js').StatusMessage | import('./tab-message.js').FrameMessage} message */
  function hearLeader(message) {
    if (outranks(leader, message)) return leading?.tell();
    fall();
    if (outranks(message, leader)) {
      isWelcomed = false;
      heardFrames = 0;
    }
    leader = { from: message.from, term: message.term };
    watch.heard();
    if (message.kind === 'frame') {
      heardFrames += 1;
      hearFrame(message.frame);
    } else hearStatus(message);
  }

  /** @param {import('./tab-message.js').StatusMessage} message */
  function hearStatus({ status: next, told, welcome }) {
    become({ ...next, leads: false });
    if (status.state !== 'live') isWelcomed = false;
    else if (welcome && (!isWelcomed || told !== heardFrames)) {
      hearFrame(welcome);
      ears.nudged();
    }
    heardFrames = told;
  }

  /** @param {import('./tab-message.js').ServerFrame} frame */
  function hearFrame(frame) {
    if (frame.type === 'welcome') isWelcomed = true;
    ears.heard(frame);
  }

  /** @param {import('./tab-message.js').Verb} verb */
  function urge(verb) {
    if (leading) return leading.line[verb]();
    post({ kind: 'urge', verb });
    watch.wake();
  }

  return {
    start() {
      channel = openChannel(name, hear);
      lock = openLock(name);
      become({ ...status, state: 'connecting', retryAt: null, leads: false });
      follow(false);
    },
    stop() {
      watch.stop();
      leading?.stop();
      leading = null;
      lock?.release();
      channel?.close();
      lock = channel = null;
      become({ ...status, state: 'idle', retryAt: null, leads: false });
    },
    send(frame) {
      if (leading) return leading.line.send(frame);
      if (status.state !== 'live') return false;
      post({ kind: 'send', frame });
      watch.wake();
      return true;
    },
    nudge() {
      post({ kind: 'nudge' });
      watch.wake();
    },
    visible(is) {
      isSeen = is;
      leading?.visible(is);
      if (is) watch.wake();
    },
    tryNow: () => urge('tryNow'),
    useHere: () => urge('useHere'),
    wake: () => urge('wake'),
    distrust: () => urge('distrust'),
    status: () => status,
  };
}
