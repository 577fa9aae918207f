// @ts-check
// The line: one greeted socket at a time, opened again whenever it falls, exchanged before the server cuts it.
import { firstTry, fullJitter, rotateAfter } from './backoff.js';
import { openCall } from './call.js';
import { createCredentials } from './credentials.js';
import { createHeartbeat } from './heartbeat.js';
import { createRenewal } from './renewal.js';

/** @typedef {import('./frame.js').ServerFrame} ServerFrame */
/** @typedef {'idle' | 'connecting' | 'greeting' | 'live' | 'waiting' | 'replaced' | 'signed-out' | 'closed'} LineState
 *   replaced: this identity speaks elsewhere, until `useHere`; signed-out: nobody gives a token, until `useHere` or `wake`;
 *   closed: for good, `reason` says why */
/** @typedef {{ state: LineState, retryAt: number | null, online: boolean, reason: string | null, code?: string, leads: boolean }} LineStatus
 *   code: what `reason` says in English, the server's or `SomebodyElse`; retryAt: clock milliseconds of the next try; leads: whether this tab's outbox sends */
/** @typedef {{ send(text: string): void, close(): void }} Socket */
/** @typedef {{ opened(): void, heard(text: string): void, closed(): void }} SocketEvents */
/** @typedef {(url: string, protocols: string[], events: SocketEvents) => Socket} OpenSocket */
/** @typedef {{ now(): number, elapsed?(): number, after(ms: number, run: () => void): () => void }} Clock
 *   elapsed: milliseconds that go on alike when `now` is set; `after` returns its cancel */
/** @typedef {{ changed(status: LineStatus): void, heard(frame: ServerFrame): void, nudged(): void }} Ears */
/** @typedef {{ start(): void, stop(): void, send(frame: object): boolean, tryNow(): void, useHere(): void, wake(): void,
 *   visible(is: boolean): void, distrust(): void, status(): LineStatus, nudge(): void }} Line */
/** @typedef {{ url: string, openSocket: OpenSocket, clock: Clock, fraction: () => number, isOnline: () => boolean,
 *   identity: import('./identity.js').Identity, hello: () => object,
 *   credentials?: import('./credentials.js').AskCredentials }} LinePorts hello: nickname and rooms; credentials: instead of the identity's secret */

/** `navigator.onLine` can be wrong (a server on this machine needs no network), so offline still tries, rarely. */
const OFFLINE_RETRY_MS = 15_000;
/** A line that fell sooner than this after its welcome counts as a failure: else a server that drops is hammered. */
const SHORT_LIFE_MS = 10_000;
const ROTATE_AGAIN_MS = 5 * 60_000;
/** The server has lost this connection's row: only a new hello helps. */
const FORGOTTEN = new Set(['HelloFirst', 'NotConnected']);
/** No retry on this socket helps, but a hello on a new one does. */
const TAKEN = 'ConnectionTaken';

/** @param {LinePorts & Ears} ports @returns {Line} */
export function createLine(ports) {
  const { clock, fraction, isOnline, identity, changed, heard } = ports;
  /** @type {LineStatus} */
  let status = { state: 'idle', retryAt: null, online: true, reason: null, leads: true };
  /** The one that is live. @type {import('./call.js').Call | null} */
  let current = null;
  /** The one that is to be. @type {import('./call.js').Call | null} */
  let next = null;
  let failures = 0;
  let shortLives = 0;
  let spreadMs = 1_000;
  let liveSince = 0;
  let liveEpoch = 0;
  /** The highest epoch said on any of this client's sockets. */
  let epochSaid = 0;
  /** The live socket was told that this client's own next one took over. */
  let isOutdone = false;
  /** The epoch that the user's word must exceed. @type {number | null} */
  let toOvertake = null;
  let elsewhere = 0;
  let cancelRetry = () => {};
  let cancelRotation = () => {};

  const heartbeat = createHeartbeat({
    clock,
    fraction,
    ping: (n) => send({ action: 'ping', n }),
    dead: () => lost(),
  });

  const toDial = createCredentials(ports);
  const renewal = createRenewal({
    ...{ clock, fraction, credentials: createCredentials(ports) },
    say: (given) => send(helloWith(given, liveEpoch)),
    signedOut: () => signOut(),
    unanswered: () => lost(),
  });

  /** @param {import('./credentials.js').Given} given @param {number} epoch */
  const helloWith = (given, epoch) => {
    const { clientId } = identity;
    return { action: 'hello', v: 1, clientId, epoch, ...given, ...ports.hello() };
  };

  /** @param {LineState} state @param {Partial<LineStatus>} [more] */
  function become(state, more = {}) {
    status = { state, retryAt: null, online: true, reason: null, leads: true, ...more };
    changed(status);
  }

  function hangUp() {
    cancelRetry();
    cancelRotation();
    heartbeat.stop();
    toDial.forget();
    renewal.stop();
    const calls = [current, next];
    current = null;
    next = null;
    isOutdone = false;
    for (const call of calls) call?.hangUp();
  }

  function dial() {
    const failed = () => (current ? giveUpRotation() : lost());
    toDial.ask({ given: place, none: () => signOut(), failed });
  }

  /** @param {import('./credentials.js').Given} given */
  function place(given) {
    const epoch = toOvertake === null ? identity.nextEpoch() : identity.overtake(toOvertake);
    const hello = helloWith(given, epoch);
    const call = openCall({ ...ports, hello, greeting, welcomed, said, ended });
    next = call;

    function greeting() {
      epochSaid = Math.max(epochSaid, epoch);
      if (call === next && !current) become('greeting');
    }
    /** @param {import('./frame.js').Welcome} frame @param {ServerFrame[]} early */
    function welcomed(frame, early) {
      if (call !== next) return;
      // What is kept here to be sent, and how far was read, is another's.
      if (ports.credentials && !identity.isOf(frame.userId))
        return end('Somebody else signed in: what is kept here is not theirs.', 'SomebodyElse');
      const rotated = current !== null;
      current?.hangUp();
      current = call;
      next = null;
      toOvertake = null;
      isOutdone = false;
      failures = 0;
      spreadMs = frame.spreadMs;
      if (!rotated) liveSince = clock.now();
      liveEpoch = epoch;
      renewal.start(frame.authForMs);
      heartbeat.start(frame.pingAfterMs, frame.leaseMs);
      rotateIn(rotateAfter(fraction()));
      if (!rotated) become('live');
      heard({ ...frame, rotated });
      for (const one of early) heard(one);
    }
    /** @param {ServerFrame} frame */
    function said(frame) {
      // Without the winner's epoch: an older socket lost to this client's own newer one.
      if (frame.type === 'replaced') return replaced(call, frame.epoch ?? epoch + 1);
      if (call === next) return refused(call, frame);
      if (call !== current) return;
      heartbeat.heard(frame.type);
      if (frame.type === 'welcome') renewal.start(frame.authForMs);
      // The road may double a welcome; it is no return from an absence then.
      heard(frame.type === 'welcome' ? { ...frame, rotated: true } : frame);
      if (frame.type !== 'error') return;
      if (FORGOTTEN.has(frame.code)) lost();
      else if (frame.code === 'AuthExpired') renewal.now();
      else if (frame.code === 'BadToken' && renewal.isUnderWay()) signOut(frame.message);
      else if (frame.retry && frame.ref === null) renewal.refused(frame.afterMs);
    }
    function ended() {
      if (call === next && current) giveUpRotation();
      else if (call === current && next) {
        // The new one is being greeted: the old one's end is what was asked for.
        current = null;
        heartbeat.stop();
        become('greeting');
      } else if (call === current || call === next) lost();
    }
  }

  /** An error instead of a welcome. @param {import('./call.js').Call} call @param {ServerFrame} frame */
  function refused(call, frame) {
    if (frame.type !== 'error') return;
    if (frame.retry || frame.code === TAKEN) return call.fail();
    if (frame.code === 'BadToken') return signOut(frame.message);
    end(frame.message, frame.code);
  }

  /** @param {string} reason @param {string} code */
  function end(reason, code) {
    hangUp();
    become('closed', { reason, code });
  }

  /** @param {string | null} [reason] */
  function signOut(reason = null) {
    hangUp();
    become('signed-out', { reason });
  }

  /** @param {import('./call.js').Call} call @param {number} winner the epoch that took over */
  function replaced(call, winner) {
    if (call !== next && call !== current) return;
    if (winner > epochSaid) {
      elsewhere = winner;
      hangUp();
      become('replaced');
    } else if (call === next) call.fail();
    else if (next) isOutdone = true;
    // Its own hello took over, and came to nothing: nobody else is there.
    else lost();
  }

  function giveUpRotation() {
    if (isOutdone) return lost();
    next = null;
    rotateIn(Math.round(ROTATE_AGAIN_MS * (0.5 + fraction() / 2)));
  }

  /** @param {number} ms */
  function rotateIn(ms) {
    cancelRotation();
    cancelRotation = clock.after(ms, dial);
  }

  function connect() {
    hangUp();
    become('connecting');
    dial();
  }

  function lost() {
    const lived = current !== null || status.state === 'live';
    hangUp();
    if (lived) shortLives = clock.now() - liveSince < SHORT_LIFE_MS ? shortLives + 1 : 0;
    else failures += 1;
    const online = isOnline();
    const wait = online ? onlineWait() : Math.round(OFFLINE_RETRY_MS * (1 + fraction()));
    cancelRetry = clock.after(wait, connect);
    become('waiting', { retryAt: clock.now() + wait, online });
  }

  function onlineWait() {
    if (failures === 0) return firstTry(spreadMs, shortLives, fraction());
    return fullJitter(failures, fraction());
  }

  /** @param {object} frame @returns {boolean} whether a socket took it; not whether it arrived */
  function send(frame) {
    if (!current) return false;
    current.send(frame);
    return true;
  }

  function tryNow() {
    if (status.state === 'waiting') connect();
  }

  return {
    send,
    start() {
      if (status.state === 'idle') connect();
    },
    stop() {
      hangUp();
      become('idle');
    },
    tryNow,
    useHere() {
      if (status.state === 'signed-out') return connect();
      if (status.state !== 'replaced') return;
      toOvertake = elsewhere;
      connect();
    },
    wake() {
      heartbeat.wake();
      if (status.state === 'signed-out') connect();
      tryNow();
    },
    visible: (is) => heartbeat.visible(is),
    distrust() {
      const isTrying = ['live', 'connecting', 'greeting', 'waiting'].includes(status.state);
      // Offline already: the next try is put off no further.
      if (isTrying && status.online) lost();
    },
    status: () => status,
    nudge() {},
  };
}
