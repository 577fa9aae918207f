// @ts-check
// One call to the server: a socket from its opening to its end, with hello said and welcome awaited.
import { askAgain } from './backoff.js';
import { GATEWAY_ERROR, readFrame } from './frame.js';

/** @typedef {import('./frame.js').ServerFrame} ServerFrame */
/** @typedef {{ send(frame: object): void, hangUp(): void, fail(): void }} Call */

const SUBPROTOCOL = 'chat.v1';
const CONNECT_MS = 15_000;
const WELCOME_MS = 10_000;
/** Hellos on one socket that API Gateway itself may refuse: a new socket would cost a throttled stage a handshake more. */
const MOST_REFUSED = 6;
/** More before a welcome than any busy room brings in ten seconds; what is let go is fetched like any other loss. */
const MOST_EARLY = 2_000;

/**
 * After `hangUp` nothing is told any more, whatever the socket still says.
 * @param {{ url: string, openSocket: import('./line.js').OpenSocket, clock: import('./line.js').Clock, fraction: () => number, hello: object,
 *   greeting: () => void, welcomed: (frame: import('./frame.js').Welcome, early: ServerFrame[]) => void,
 *   said: (frame: ServerFrame) => void, ended: () => void }} options
 *   early: what came before the welcome; said: everything after it, and before it what refuses the hello; what API Gateway itself refuses is said again
 * @returns {Call}
 */
export function openCall({
  url,
  openSocket,
  clock,
  fraction,
  hello,
  greeting,
  welcomed,
  said,
  ended,
}) {
  let over = false;
  let isWelcome = false;
  let refusals = 0;
  /** @type {ServerFrame[]} */
  const early = [];
  let cancel = clock.after(CONNECT_MS, fail);

  /** @type {import('./line.js').SocketEvents} */
  const events = {
    opened() {
      if (over) return;
      sayHello();
      greeting();
    },
    heard(text) {
      const frame = over ? null : readFrame(text);
      if (frame) hear(frame);
    },
    closed: fail,
  };
  const socket = open();

  function open() {
    try {
      return openSocket(url, [SUBPROTOCOL], events);
    } catch {
      // A browser forbids it, such as ws:// from an https:// page. Told later: the caller has no call yet.
      cancel();
      cancel = clock.after(0, fail);
      return null;
    }
  }

  function sayHello() {
    cancel();
    cancel = clock.after(WELCOME_MS, fail);
    socket?.send(JSON.stringify(hello));
  }

  function sayHelloLater() {
    refusals += 1;
    if (refusals === MOST_REFUSED) return fail();
    cancel();
    cancel = clock.after(askAgain(refusals, fraction()), sayHello);
  }

  /** @param {ServerFrame} frame */
  function hear(frame) {
    if (!isWelcome && frame.type === 'error' && frame.code === GATEWAY_ERROR)
      return sayHelloLater();
    const isRefusal = frame.type === 'error' && frame.ref === null;
    if (isWelcome || frame.type === 'replaced' || isRefusal) said(frame);
    else if (frame.type !== 'welcome') {
      if (early.length < MOST_EARLY) early.push(frame);
    } else {
      isWelcome = true;
      cancel();
      welcomed(frame, early.splice(0));
    }
  }

  function hangUp() {
    if (over) return;
    over = true;
    cancel();
    socket?.close();
  }

  function fail() {
    if (over) return;
    hangUp();
    ended();
  }

  return { send: (frame) => socket?.send(JSON.stringify(frame)), hangUp, fail };
}
