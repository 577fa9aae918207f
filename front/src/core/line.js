// @ts-check
// The line: one socket at a time, opened again whenever it falls, with a state that can be shown.
import { fullJitter } from './backoff.js';

/** @typedef {'idle' | 'connecting' | 'live' | 'waiting' | 'offline'} LineState */
/** @typedef {{ state: LineState, retryAt: number | null }} LineStatus retryAt: clock milliseconds of the next try */
/** @typedef {{ send(text: string): void, close(): void }} Socket */
/** @typedef {{ opened(): void, heard(text: string): void, closed(): void }} SocketEvents */
/** @typedef {(url: string, events: SocketEvents) => Socket} OpenSocket */
/** @typedef {{ now(): number, after(ms: number, run: () => void): () => void }} Clock `after` returns its cancel */

const FIRST_TRY_WINDOW_MS = 1_000;
const CONNECT_TIMEOUT_MS = 15_000;
/** An open that lasts this long, or one frame from the server, proves that the line works. */
const PROOF_MS = 10_000;
/** API Gateway closes a connection that was silent for 10 minutes. */
const KEEP_ALIVE_MS = 5 * 60_000;
/** `navigator.onLine` can be wrong (a server on this machine needs no network), so offline still tries, rarely. */
const OFFLINE_RETRY_MS = 15_000;

/**
 * @param {{ openSocket: OpenSocket, clock: Clock, fraction: () => number, isOnline: () => boolean,
 *   changed: (status: LineStatus) => void, heard: (text: string) => void }} ports
 */
export function createLine({ openSocket, clock, fraction, isOnline, changed, heard }) {
  let url = '';
  /** @type {LineStatus} */
  let status = { state: 'idle', retryAt: null };
  /** @type {Socket | null} */
  let socket = null;
  // Events of an older socket may still arrive; only those of the current generation count.
  let generation = 0;
  let failures = 0;
  let cancelTimer = () => {};
  let cancelProof = () => {};
  let cancelKeepAlive = () => {};

  /** @param {LineState} state @param {number | null} [retryAt] */
  function become(state, retryAt = null) {
    status = { state, retryAt };
    changed(status);
  }

  function drop() {
    generation += 1;
    cancelTimer();
    cancelProof();
    cancelKeepAlive();
    const old = socket;
    socket = null;
    old?.close();
  }

  function proven() {
    failures = 0;
  }

  function keepAlive() {
    cancelKeepAlive();
    cancelKeepAlive = clock.after(KEEP_ALIVE_MS, () => send('{"action":"ping"}'));
  }

  function connect() {
    drop();
    const mine = generation;
    const current = () => mine === generation;
    become('connecting');
    cancelTimer = clock.after(CONNECT_TIMEOUT_MS, lost);
    socket = openSocket(url, {
      opened() {
        if (!current()) return;
        cancelTimer();
        cancelProof = clock.after(PROOF_MS, proven);
        keepAlive();
        become('live');
      },
      heard(text) {
        if (!current()) return;
        proven();
        keepAlive();
        heard(text);
      },
      closed() {
        if (current()) lost();
      },
    });
  }

  function lost() {
    drop();
    const online = isOnline();
    const wait = online ? onlineWait() : OFFLINE_RETRY_MS * (1 + fraction());
    failures += 1;
    cancelTimer = clock.after(wait, connect);
    become(online ? 'waiting' : 'offline', clock.now() + wait);
  }

  function onlineWait() {
    if (failures === 0) return Math.round(fraction() * FIRST_TRY_WINDOW_MS);
    return fullJitter(failures, fraction());
  }

  /** @param {string} text @returns {boolean} whether the socket took it; not whether it arrived */
  function send(text) {
    if (status.state !== 'live' || !socket) return false;
    socket.send(text);
    keepAlive();
    return true;
  }

  return {
    send,
    /** @param {string} address */
    start(address) {
      url = address;
      failures = 0;
      connect();
    },
    stop() {
      drop();
      become('idle');
    },
    /** The user, `online` or a visible page asks: no more waiting. */
    tryNow() {
      if (status.state === 'waiting' || status.state === 'offline') connect();
    },
    /** The network went, or the server left every resend unanswered: this socket is not to be trusted. */
    distrust() {
      if (status.state === 'live' || status.state === 'connecting') lost();
    },
    status: () => status,
  };
}
