// @ts-check
// The public face: connect, say, hear. All that a page, a bot or a test needs.
import { defaultPorts } from '../ports/defaults.js';
import { frameOf } from './composition.js';
import { createIdentity, idForOccasion, mintMessageId } from './identity.js';
import { checkIntroduction } from './introduction.js';
import { createLine } from './line.js';
import { createListeners } from './listeners.js';
import { createOutbox } from './outbox.js';
import { createRoom } from './room.js';
import { createRoomFace } from './room-face.js';

/** @typedef {import('./line.js').LineStatus} LineStatus */
/** @typedef {import('./line.js').Ears} Ears */
/** @typedef {import('./room-face.js').RoomFace} RoomFace */
/** @typedef {{ openSocket: import('./line.js').OpenSocket, clock: import('./line.js').Clock, fraction: () => number,
 *   randomBytes: import('./identity.js').RandomBytes, digest: import('./identity.js').Digest, isOnline: () => boolean, keep: import('./identity.js').Keep,
 *   outbox: import('./outbox-entry.js').OutboxStore,
 *   line?: (ears: Ears, openLine: (ears: Ears) => import('./line.js').Line) => import('./line.js').Line }} ChatPorts
 *   line: instead of a line of one's own, for example one that tabs share */
/** @typedef {{ url: string, nickname?: string, rooms?: string[], from?: import('./room.js').From, folder?: string,
 *   ports?: Partial<ChatPorts> }} ChatOptions */
/** @typedef {{ status: LineStatus, trouble: Error }} ChatNews */

/**
 * Connects, and stays connected, until `close`.
 *
 * `url`: the WebSocket's. `nickname`: 1 to 32 characters; a guest's name if absent. `rooms`: which to hear, the lobby if
 * absent. `from`: `latest` (a page: the newest 50, then what comes) or `cursor` (a bot: everything after what it has read,
 * across restarts; the first time, what is said from now on. It looks 1,000 messages ahead of its reader: who only
 * listens to `arrived` and reads nothing hears no more than these). `folder`: Node only, where identity, unsent messages and
 * cursors are kept; without it they end with the process. In a browser they stay in the browser.
 * `ports`: what to use instead of the surroundings' own.
 *
 * Throws a RangeError for a nickname or a room that no server takes. Never throws for the network's sake: `on('status')`
 * tells how the line is, `on('trouble')` what could not be kept, and
 * what a listener has thrown.
 * @param {ChatOptions} options
 */
export function connect(options) {
  const { url, nickname, rooms: names = ['lobby'], from = 'latest' } = options;
  checkIntroduction({ nickname, rooms: names });
  /** @type {ReturnType<typeof createListeners<ChatNews>>} */
  const listeners = createListeners(thrown);
  /** @param {unknown} error */
  const trouble = (error) =>
    listeners.tell('trouble', error instanceof Error ? error : new Error(String(error)));
  let isTold = false;
  /** A listener's own error: with nobody to hear of it, it is an uncaught one. @param {unknown} error */
  function thrown(error) {
    if (isTold || !listeners.isHeard('trouble')) {
      queueMicrotask(() => {
        throw error;
      });
      return;
    }
    isTold = true;
    trouble(error);
    isTold = false;
  }
  /** @type {ChatPorts} */
  const ports = { ...defaultPorts({ url, folder: options.folder, trouble }), ...options.ports };
  const { clock, fraction, randomBytes, keep } = ports;
  const identity = createIdentity({ keep, randomBytes, now: clock.now });
  const mint = () => mintMessageId(clock.now(), randomBytes);
  let me = { userId: '', nickname: nickname ?? 'You' };
  let isUp = false;
  let led = true;
  let isClosed = false;

  const outbox = createOutbox({
    store: ports.outbox,
    clock,
    fraction,
    mint,
    trouble,
    send: (entry) => line.send(frameOf(entry)),
    stored: () => line.nudge(),
    changed: (entry) => faces.get(entry.room)?.unsent(entry),
    gone: (messageId) => {
      for (const face of faces.values()) face.gone(messageId);
    },
  });

  /** @type {Ears} */
  const ears = { changed, heard, nudged: () => void outbox.refresh() };
  /** @param {Ears} to */
  const openLine = (to) =>
    createLine({ ...ports, ...to, url, identity, hello: () => ({ nickname, rooms: names }) });
  const line = ports.line?.(ears, openLine) ?? openLine(ears);
  const rooms = new Map(names.map((name) => [name, openRoom(name)]));
  // What earlier lives left unsent comes before anything is said.
  const loaded = outbox.refresh();
  const faces = new Map(
    [...rooms].map(([name, { room, news }]) => [name, faceOf(name, room, news)]),
  );
  void loaded.then(() => {
    if (!isClosed) line.start();
  });

  /** @param {string} name */
  function openRoom(name) {
    /** @type {import('./room-face.js').RoomListeners} */
    const news = createListeners(thrown);
    const room = createRoom({
      name,
      from,
      keep,
      clock,
      fraction,
      send: (frame) => line.send(frame),
      took: outbox.remove,
      changed: (changes) => news.tell('changes', changes),
      arrived: (item) => news.tell('arrived', item),
    });
    return { room, news };
  }

  /** @param {string} name @param {import('./room-face.js').Room} room @param {import('./room-face.js').RoomListeners} news */
  function faceOf(name, room, news) {
    /** @param {string} occasion */
    const idFor = (occasion) => idForOccasion(ports.digest, identity.secret, occasion);
    return createRoomFace({ name, room, news, outbox, loaded, mint, idFor, me: () => me });
  }

  /** @param {LineStatus} status */
  function changed(status) {
    const isLive = status.state === 'live';
    if (!isLive) for (const { room } of rooms.values()) room.lineDown();
    const up = isLive && status.leads;
    if (up !== isUp) {
      isUp = up;
      // A new leader sends what the old one left in the store.
      if (!up || led) outbox.line(up);
      else void outbox.refresh().then(() => isUp && outbox.line(true));
    }
    led = status.leads;
    listeners.tell('status', status);
  }

  /** @param {import('./frame.js').ServerFrame} frame */
  function heard(frame) {
    if (frame.type === 'welcome') {
      me = { userId: frame.userId, nickname: frame.nickname };
      for (const { room } of rooms.values()) room.welcome(frame);
    } else if (frame.type === 'pong') {
      for (const [name, { room }] of rooms) room.head(frame.heads[name] ?? 0);
    } else if (frame.type === 'message') rooms.get(frame.room)?.room.message(frame);
    else if (frame.type === 'history') rooms.get(frame.room)?.room.history(frame);
    else if (frame.type === 'error') {
      outbox.refuse(frame.ref, frame);
      if (frame.ref === null) for (const { room } of rooms.values()) room.refused();
    }
  }

  return {
    /** One of the rooms that were named. Throws a RangeError for another. @param {string} name @returns {RoomFace} */
    room(name) {
      const face = faces.get(name);
      if (!face) throw new RangeError(`The room ${name} was not named in connect().`);
      return face.face;
    },
    /** `status`: a LineStatus; `trouble`: an Error of the storage, or of a listener. Answers what stops it. */
    on: listeners.on,
    status: line.status,
    /** userId is empty before the first welcome. */
    me: () => me,
    /** No more waiting for the next try. */
    tryNow: line.tryNow,
    /** This identity speaks elsewhere (`replaced`); the user wants it here. */
    useHere: line.useHere,
    /** The page is looked at again, or the network is back. */
    wake: line.wake,
    /** Whether somebody looks: a hidden page pings less. */
    visible: line.visible,
    /** The network is gone. */
    distrust: line.distrust,
    /** Hangs up. What is unsent stays kept. The promise is kept when all of it is. */
    async close() {
      isClosed = true;
      line.stop();
      for (const { room } of rooms.values()) room.close();
      await loaded;
      await outbox.settled();
    },
  };
}
