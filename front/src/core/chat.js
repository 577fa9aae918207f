// @ts-check
// The public face: connect, say, hear. All that a page, a bot or a test needs.
import { defaultPorts } from '../ports/defaults.js';
import { frameOf } from './composition.js';
import { createDoorway, isAboutRooms } from './doorway.js';
import { createFollowing } from './following.js';
import { createIdentity, idForOccasion, mintMessageId } from './identity.js';
import { createInquiry } from './inquiry.js';
import { checkIntroduction, checkNickname, spelled } from './introduction.js';
import { createKnownRooms } from './known-rooms.js';
import { createLine } from './line.js';
import { createListeners } from './listeners.js';
import { createNames } from './names.js';
import { createOutbox } from './outbox.js';
import { createRoom } from './room.js';
import { createRoomFace } from './room-face.js';
import { directRoom, foldRoom, isDirect } from './room-name.js';
import { createRoster } from './roster.js';
import { createServerClock } from './server-clock.js';
import { createStandings } from './standings.js';
import { createTypists } from './typists.js';

/** @typedef {import('./line.js').LineStatus} LineStatus */
/** @typedef {import('./line.js').Ears} Ears */
/** @typedef {import('./room-face.js').RoomFace} RoomFace */
/** @typedef {{ openSocket: import('./line.js').OpenSocket, clock: import('./line.js').Clock, fraction: () => number,
 *   randomBytes: import('./identity.js').RandomBytes, digest: import('./identity.js').Digest, isOnline: () => boolean, keep: import('./identity.js').Keep,
 *   outbox: import('./outbox-entry.js').OutboxStore, credentials?: import('./credentials.js').AskCredentials,
 *   line?: (ears: Ears, openLine: (ears: Ears) => import('./line.js').Line) => import('./line.js').Line }} ChatPorts
 *   credentials: where people sign in, asked at each hello; a guest's secret otherwise. line: instead of a line of one's own, for example one that tabs share */
/** @typedef {{ url: string, nickname?: string, rooms?: string[], from?: import('./room.js').From, folder?: string,
 *   user?: string, ports?: Partial<ChatPorts> }} ChatOptions */
/** @typedef {{ status: LineStatus, trouble: Error, rooms: string[], removed: string, lost: string[], uninvited: string,
 *   invited: import('./frame.js').Invitation, nickname: { userId: string, nickname: string } }} ChatNews */

/** A welcome's rest, for a room that opens after it. */
const NOBODY = {
  type: /** @type {const} */ ('welcome'),
  nickname: '',
  spreadMs: 0,
  pingAfterMs: 0,
  leaseMs: 0,
  here: {},
};

/**
 * Connects, and stays connected, until `close`.
 *
 * `url`: the WebSocket's. `nickname`: 1 to 32 characters, asked for at the first welcome; what this user went by last if
 * absent. `rooms`: which to hear, the lobby if
 * absent. `from`: `latest` (a page: the newest 50, then what comes) or `cursor` (a bot: everything after what it has read,
 * across restarts; the first time, what is said from now on. It looks 1,000 messages ahead of its reader: who only
 * listens to `arrived` and reads nothing hears no more than these). `folder`: Node only, where identity, unsent messages and
 * cursors are kept (each `user`'s own, where people sign in); without it they end with the process. In a browser they stay in the browser.
 * `ports`: what to use instead of the surroundings' own.
 *
 * Throws a RangeError for a nickname or a room that no server takes. Never throws for the network's sake: `on('status')`
 * tells how the line is, `on('trouble')` what could not be kept, and
 * what a listener has thrown.
 * @param {ChatOptions} options
 */
export function connect(options) {
  const { url, nickname, from = 'latest' } = options;
  const names = (options.rooms ?? ['lobby']).map(foldRoom);
  checkIntroduction({ nickname, rooms: names });
  // Who names rooms wants those and no other; for who names none, rooms come and go by themselves.
  const isOpen = options.rooms === undefined;
  // Who reads everything by a cursor writes to a room that is there, and is no page that shows another.
  const isLasting = isOpen && from === 'latest';
  /** Rooms one is no longer in, which stay for what was not sent there. @type {Set<string>} */
  const left = new Set();
  /** @param {string} name */
  const isIn = (name) => rooms.has(name) && !left.has(name);
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
  const ports = {
    ...defaultPorts({
      ...{ url, user: options.user, folder: options.folder, trouble },
      outboxBack: () => void outbox.refresh(),
    }),
    ...options.ports,
  };
  const { clock, fraction, randomBytes, keep } = ports;
  const identity = createIdentity({ keep, randomBytes, now: clock.now });
  const mint = () => mintMessageId(clock.now(), randomBytes);
  const kept = keep.read('nickname');
  let me = { userId: '', nickname: nickname ?? (typeof kept === 'string' ? kept : 'You') };
  // Said until a server has answered it; from then on the server knows better, maybe from another device.
  let wish = nickname;
  const renames = createNames();
  const standings = createStandings();
  const knownRooms = createKnownRooms(keep);
  const serverClock = createServerClock(clock);
  let isUp = false;
  let led = true;
  let isClosed = false;

  const outbox = createOutbox({
    store: ports.outbox,
    clock,
    fraction,
    mint,
    trouble,
    // The line lives a moment before its welcome says who one is, and so whom a direct conversation is with.
    send: (entry) => me.userId !== '' && line.send(frameOf(entry, me.userId)),
    stored: () => line.nudge(),
    changed: (entry) => faces.get(entry.room)?.unsent(entry),
    gone: (messageId) => {
      for (const face of faces.values()) face.gone(messageId);
    },
  });

  /** @type {Ears} */
  const ears = { changed, heard, nudged: () => void outbox.refresh() };
  /** @param {Ears} to */
  const openLine = (to) => createLine({ ...ports, ...to, url, identity, hello });
  const line = ports.line?.(ears, openLine) ?? openLine(ears);
  const doorway = createDoorway({ clock, fraction, send: line.send });
  const follow = createFollowing({ ask: doorway.ask, trouble });
  const inquiry = createInquiry({
    clock,
    fraction,
    ask: (room) => line.send({ action: 'members', room }),
  });
  /** @type {Map<string, ReturnType<typeof openRoom>>} */
  const rooms = new Map();
  /** @type {Map<string, ReturnType<typeof faceOf>>} */
  const faces = new Map();
  // What earlier lives left unsent comes before anything is said.
  const loaded = outbox.refresh();
  for (const name of new Set([...names, ...(isLasting ? knownRooms.read() : [])])) open(name);
  void loaded.then(() => {
    if (isClosed) return;
    openUnsent();
    line.start();
  });

  function hello() {
    const named = [...rooms.keys()].filter((name) => !isDirect(name));
    return { nickname: wish, ...(isOpen ? {} : { rooms: named }) };
  }

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
    /** @param {string} userId */
    const isMe = (userId) => userId === me.userId;
    const roster = createRoster({
      clock,
      ask: () => inquiry.want(name),
      changed: () => news.tell('presence', roster.members()),
      isMe,
      came: (member) => news.tell('came', member),
      went: (member) => news.tell('went', member),
    });
    const typists = createTypists({
      name,
      clock,
      send: (frame) => line.send(frame),
      isMe,
      changed: (list) => news.tell('typing', list),
    });
    return { room, news, roster, typists };
  }

  /** @param {string} name @param {import('./room-face.js').Room} room @param {import('./room-face.js').RoomListeners} news
   * @param {Pick<Parameters<typeof createRoomFace>[0], 'roster' | 'typists'>} people */
  function faceOf(name, room, news, people) {
    /** @param {string} occasion */
    const idFor = (occasion) => idForOccasion(ports.digest, identity.secret, occasion);
    return createRoomFace({
      ...people,
      name,
      room,
      news,
      outbox,
      loaded,
      mint,
      idFor,
      me: () => me,
    });
  }

  function roomsChanged() {
    if (isLasting) knownRooms.write([...rooms.keys()].filter(isIn));
    listeners.tell('rooms', [...rooms.keys()]);
  }

  /** The room with what is unsent there; of what is stored, nothing before it is welcomed. @param {string} name */
  function open(name) {
    const opened = openRoom(name);
    const { room, news, ...people } = opened;
    rooms.set(name, opened);
    const face = faceOf(name, room, news, people);
    faces.set(name, face);
    for (const entry of unsentIn(name)) face.unsent(entry);
    return { room, face: face.face };
  }

  /** Where something was written and not sent there is a room, whatever else is known of it. */
  function openUnsent() {
    const written = new Set(outbox.entries().map(({ room }) => room));
    const unknown = isLasting ? [...written].filter((name) => !rooms.has(name)) : [];
    for (const name of unknown) {
      open(name);
      // Told already; a welcome that knows the room brings one back into it.
      if (!isDirect(name)) left.add(name);
    }
    if (unknown.length > 0) roomsChanged();
  }

  /** @param {string} name */
  function unsentIn(name) {
    return outbox.entries().filter(({ room }) => room === name);
  }

  /** The room, opened at this head if it is new. @param {string} name @param {number} head */
  function enter(name, head) {
    // One is back: what was not sent there comes along.
    if (left.has(name)) drop(name);
    const known = faces.get(name);
    if (known) return known.face;
    const { room, face } = open(name);
    room.welcome({ ...NOBODY, userId: me.userId, heads: { [name]: head } });
    roomsChanged();
    return face;
  }

  /** @param {string} name */
  function drop(name) {
    inquiry.heard(name);
    const known = rooms.get(name);
    known?.room.close();
    known?.roster.close();
    known?.typists.clear();
    faces.delete(name);
    left.delete(name);
    if (rooms.delete(name)) roomsChanged();
  }

  /** One is in it no more; what was not sent there stays, in a room of its own. @param {string} name */
  function forget(name) {
    if (!isIn(name)) return;
    standings.forget(name);
    drop(name);
    if (!isLasting || unsentIn(name).length === 0) return;
    open(name);
    left.add(name);
    roomsChanged();
  }

  /** @param {import('./frame.js').Heads} heads @param {(name: string) => boolean} which */
  function enterAll(heads, which) {
    if (isOpen)
      for (const [name, head] of Object.entries(heads)) if (which(name)) enter(name, head);
  }

  /** Of a room that was left elsewhere, or from which one was removed, while the line was down, nobody told. @param {import('./frame.js').Heads} heads */
  function leaveAllBut(heads) {
    if (!isOpen) return;
    const isGone = (/** @type {string} */ name) =>
      isIn(name) && !Object.hasOwn(heads, name) && !isDirect(name) && !names.includes(name);
    const gone = [...rooms.keys()].filter(isGone);
    for (const name of gone) forget(name);
    if (gone.length > 0) listeners.tell('lost', gone);
  }

  /** Whoever is asked in decides: `join` is the yes. @param {import('./frame.js').Invitation} invitation */
  function invited({ room, by }) {
    if (isOpen && by !== '' && !isIn(room)) listeners.tell('invited', { room, by });
  }

  /** What the server tells of rooms, asked or not. @param {import('./doorway.js').RoomAnswer} frame */
  function doors(frame) {
    const isAnswer = doorway.heard(frame);
    if (frame.type === 'joined') {
      standings.joined(frame);
      if (frame.head !== null) {
        enter(frame.room, frame.head);
        inquiry.want(frame.room);
      } else if (isOpen && isDoubtful(frame.room, false)) follow(frame.room);
    } else if (frame.type === 'invited') invited(frame);
    else if (frame.type === 'left' && (isAnswer || frame.follow)) forget(frame.room);
    else if (frame.type === 'left') out(frame.room);
    else if (frame.type === 'removed' && frame.userId === me.userId) out(frame.room, true);
    else if (frame.type === 'removed') rooms.get(frame.room)?.roster.drop(frame.userId);
  }

  /** Whether what a device of mine did to a room is other than what is known here, or than what is asked. @param {string} room @param {boolean} is */
  const isDoubtful = (room, is) => led && (isIn(room) === is || doorway.isAsked(room));

  /** Of a room that another device has joined again since, this comes late. @param {string} room @param {boolean} [isRemoved] */
  function out(room, isRemoved = false) {
    const wasIn = isIn(room);
    if (isDoubtful(room, true)) follow(room);
    forget(room);
    if (!wasIn) listeners.tell('uninvited', room);
    else if (isRemoved) listeners.tell('removed', room);
  }

  /** @param {string} typed @param {{ create?: boolean, visibility?: 'public' | 'private', signal?: AbortSignal }} [how] */
  async function join(typed, { signal, ...how } = {}) {
    const room = foldRoom(typed);
    const answer = await doorway.ask({ action: 'join', room, ...how }, 'joined', signal);
    return enter(room, 'head' in answer ? (answer.head ?? 0) : 0);
  }

  /** @param {string} nickname */
  function goBy(nickname) {
    me = { ...me, nickname };
    wish = undefined;
    if (keep.read('nickname') !== nickname) keep.write('nickname', nickname);
  }

  /** @param {import('./frame.js').Nickname} frame */
  function renamed(frame) {
    const { userId, nickname } = frame;
    const isMe = userId === me.userId;
    if (isMe) doorway.heard(frame);
    if (!renames.hear(frame)) return;
    if (isMe) goBy(nickname);
    for (const { roster } of rooms.values()) roster.rename(userId, nickname);
    listeners.tell('nickname', { userId, nickname });
  }

  /** @param {LineStatus} status */
  function changed(status) {
    const isLive = status.state === 'live';
    if (!isLive) doorway.line(false);
    if (!isLive) inquiry.clear();
    if (!isLive)
      for (const { room, roster, typists } of rooms.values()) {
        room.lineDown();
        typists.clear();
        if (!status.online) roster.forget();
      }
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

  /** Of a room that the welcome had no place for, its people are asked for. @param {string} name @param {import('./frame.js').Welcome} welcome */
  function greet(name, { leaseMs, here }) {
    const roster = rooms.get(name)?.roster;
    roster?.begin(leaseMs);
    const known = Object.hasOwn(here, name) ? here[name] : undefined;
    if (known) roster?.replace(known.map(renames.applied));
    else inquiry.want(name);
  }

  /** @param {import('./frame.js').ServerFrame} frame */
  function heard(frame) {
    if (frame.type === 'welcome') {
      const { userId, nickname: given, now: at = '' } = frame;
      const isFirst = me.userId === '';
      me = { userId, nickname: given };
      goBy(given);
      renames.hear({ userId, nickname: given, at });
      // To a tab that comes later, an earlier welcome is repeated.
      serverClock.passed(at);
      standings.welcome(frame);
      for (const { room } of rooms.values()) room.welcome(frame);
      enterAll(frame.heads, () => true);
      leaveAllBut(frame.heads);
      for (const invitation of frame.invitations ?? []) invited(invitation);
      doorway.line(true);
      if (isFirst && isUp) outbox.line(true);
      if (frame.leaseMs > 0)
        for (const name of rooms.keys()) if (!isDirect(name) && isIn(name)) greet(name, frame);
    } else if (frame.type === 'pong') {
      serverClock.told(frame.now);
      for (const [name, { room, roster }] of rooms) {
        if (Object.hasOwn(frame.heads, name)) room.head(frame.heads[name] ?? 0);
        if (Object.hasOwn(frame.present, name)) roster.counted(frame.present[name] ?? 0);
        else if (Object.hasOwn(frame.heads, name) && !isDirect(name)) inquiry.want(name);
      }
      enterAll(frame.heads, isDirect);
    } else if (frame.type === 'message') {
      serverClock.passed(frame.timestamp);
      enterAll({ [frame.room]: frame.seq }, isDirect);
      rooms.get(frame.room)?.room.message(frame);
      rooms.get(frame.room)?.typists.came(frame.userId);
    } else if (frame.type === 'presence')
      rooms.get(frame.room)?.roster.hear(renames.applied(frame));
    else if (frame.type === 'members') {
      inquiry.heard(frame.room);
      rooms.get(frame.room)?.roster.replace(frame.members.map(renames.applied), frame.count);
    } else if (frame.type === 'typing') rooms.get(frame.room)?.typists.hear(frame);
    else if (frame.type === 'history') rooms.get(frame.room)?.room.history(frame);
    else if (isAboutRooms(frame)) doors(frame);
    else if (frame.type === 'nickname') renamed(frame);
    else if (frame.type === 'error') {
      outbox.refuse(frame.ref, frame);
      if (frame.ref === null) doorway.refused(frame);
      if (frame.ref === null && frame.retry) inquiry.refused();
      if (frame.ref === null) for (const { room } of rooms.values()) room.refused();
    }
  }

  return {
    /** The rooms there are here, by name. `on('rooms')` tells when one comes or goes. */
    rooms: () => [...rooms.keys()],
    /** Not, of a room that is here for nothing but what was not sent there before one left it, or was removed. @param {string} name */
    isIn,
    /** Rooms that one is not in, and where nothing unsent is left, go; except this one, which is looked at. @param {string} looked */
    tidy(looked) {
      for (const name of left) if (name !== looked && unsentIn(name).length === 0) drop(name);
    },
    /**
     * Public rooms by name, at most 100: those whose names begin so, from the one after `after` on. `more`: there are others
     * after these. Rejects with an Error named `BadField` for what no name begins with.
     * @param {{ prefix?: string, after?: string }} [among] @param {AbortSignal} [signal]
     * @returns {Promise<{ rooms: { room: string, title: string }[], more: boolean }>}
     */
    async publicRooms(among = {}, signal) {
      const typed = Object.entries(among).map(([field, name]) => [field, foldRoom(name)]);
      const frame = Object.fromEntries(typed.filter(([, name]) => name !== ''));
      const answer = await doorway.ask({ action: 'rooms', ...frame }, 'rooms', signal);
      return 'rooms' in answer ? answer : { rooms: [], more: false };
    },
    /**
     * Joins a room, kept when it is heard. `create`: make it if it is not there; `visibility` of what is made.
     * Rejects with an Error named as the server's code: `NoSuchRoom`, `TooManyRooms`, `BadField`; here and below also
     * `NoAnswer` after 30 s of silence on a line that lives, and `AbortError` when `signal` took it back.
     */
    join,
    /** Leaves it, on every device. @param {string} name @param {AbortSignal} [signal] */
    async leave(name, signal) {
      await doorway.ask({ action: 'leave', room: foldRoom(name) }, 'left', signal);
      forget(foldRoom(name));
    },
    /** The room with one other user. Throws a RangeError before the first welcome. @param {string} userId @returns {RoomFace} */
    direct(userId) {
      if (me.userId === '' || userId === me.userId) throw new RangeError('There is no such pair.');
      return enter(directRoom(me.userId, userId), 0);
    },
    /** @param {string} name @param {string} userId @param {AbortSignal} [signal] */
    invite: (name, userId, signal) =>
      doorway.ask({ action: 'invite', room: foldRoom(name), userId }, 'invited', signal),
    /** The owner's. @param {string} name @param {string} userId @param {AbortSignal} [signal] */
    remove: (name, userId, signal) =>
      doorway.ask({ action: 'remove', room: foldRoom(name), userId }, 'removed', signal),
    /** `public` or `private`; undefined of a room that one does not hear, and before the first welcome. @param {string} name */
    visibility: (name) => standings.of(name)?.visibility,
    /** `owner` of a private room, whose alone `remove` is; else `member`. Undefined as `visibility` is. @param {string} name */
    role: (name) => standings.of(name)?.role,
    /** One of the rooms that were named. Throws a RangeError for another. @param {string} name @returns {RoomFace} */
    room(name) {
      const face = faces.get(name);
      if (!face) throw new RangeError(`The room ${name} was not named in connect().`);
      return face.face;
    },
    /**
     * Goes by another name, on every device and in every tab. Rejects with a RangeError for what no server takes, and
     * with an Error named as the server's code: for `NicknameTaken` its `suggestion` looks free.
     * @param {string} typed @param {AbortSignal} [signal] @returns {Promise<{ nickname: string }>}
     */
    async setNickname(typed, signal) {
      checkNickname(typed);
      const wanted = spelled(typed);
      await doorway.ask({ action: 'nickname', nickname: wanted }, 'nickname', signal);
      return { nickname: wanted };
    },
    /** `nickname`: somebody goes by another, oneself among them; `removed`: its owner took one out of this room; `lost`: one is no longer in these, removed or having left elsewhere while the line was down; `invited`: somebody asks oneself into a room, told again by each welcome while it waits for `join` or `leave`; `uninvited`: that was taken back, or declined on another device or in another tab; `status`: a LineStatus; `trouble`: an Error of the storage, or of a listener. Answers what stops it. */
    on: listeners.on,
    status: line.status,
    /** userId is empty before the first welcome. */
    me: () => me,
    /** No more waiting for the next try. */
    tryNow: line.tryNow,
    /** This identity speaks elsewhere (`replaced`), and the user wants it here; or they have signed in again. */
    useHere: line.useHere,
    /** What the server's clock says now, in milliseconds: by its latest word, and by this machine's clock before any. */
    now: serverClock.now,
    /** Whether this machine's clock was set, or the machine slept, since this was asked or since the server told its time. `wake` asks the server. */
    jumped: serverClock.jumped,
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
      for (const { room, roster, typists } of rooms.values()) {
        room.close();
        roster.close();
        typists.clear();
      }
      await loaded;
      await outbox.settled();
    },
  };
}
