// @ts-check
// Who is in a room, as this client knows it: the latest word about each person counts, and what nobody confirms grows old.
import { createComings } from './comings.js';

/** @typedef {import('../../../shared/src/protocol/frames.ts').Member} Member */

/** Above so many the server tells a number and no names. */
const CROWD = 100;
/** Without a word for this many leases' length, a snapshot is asked for though the counts agree. */
const STALE_LEASES = 7;

/**
 * @param {{ clock: import('./line.js').Clock, ask: () => void, changed: () => void, isMe: (userId: string) => boolean,
 *   came: (member: Member) => void, went: (member: Member) => void }} ports
 *   ask: for the room's `members`; changed: somebody came, left or was renamed; came, went: as a person would be told
 */
export function createRoster({ clock, ask, changed, isMe, came, went }) {
  /** @type {Map<string, Member>} */
  let people = new Map();
  const comings = createComings({ isMe, came, went });
  /** Taken out of the room: its server still tells when they were seen here last. @type {Set<string>} */
  const dropped = new Set();
  /** Who is here beside those that are named: in a crowd, or where a frame could not hold them. */
  let unnamed = 0;
  let leaseMs = 90_000;
  let confirmedAt = clock.now();
  let snapshotAt = clock.now();
  let cancel = () => {};

  const online = () => [...people.values()].filter((member) => member.online);
  const count = () => unnamed + online().length;

  /** What no pong and no snapshot has confirmed for a lease may be long gone. */
  function age() {
    cancel();
    const dueMs = confirmedAt + leaseMs - clock.now();
    if (dueMs > 0) cancel = clock.after(dueMs, age);
    else forget();
  }

  /** Of who was here, nobody knows any more, nor until when they were. */
  function forget() {
    const known = count() > 0;
    for (const member of online()) people.set(member.userId, { ...member, online: false, at: '' });
    unnamed = 0;
    if (known) changed();
  }

  function confirm() {
    confirmedAt = clock.now();
    age();
  }

  /** Whoever is here was asked in again. @param {Member} member */
  function isIn({ userId, online: isOnline }) {
    if (isOnline) dropped.delete(userId);
    return !dropped.has(userId);
  }

  /** @param {Member[]} members @param {number} howMany */
  function replace(members, howMany) {
    // A frame that overtook the snapshot knows better.
    const newer = [...people.values()].filter(({ at, userId }) =>
      members.some((member) => member.userId === userId && member.at < at),
    );
    people = new Map([...members.filter(isIn), ...newer].map((member) => [member.userId, member]));
    unnamed = Math.max(0, howMany - members.filter((member) => member.online).length);
    snapshotAt = clock.now();
    comings.snapshot(members);
    confirm();
    changed();
  }

  return {
    forget,
    /** The line is new. @param {number} ms the lease, as `welcome` tells it */
    begin(ms) {
      leaseMs = ms;
      comings.begin();
    },
    /** @param {Member[]} members @param {number} [howMany] more than are named, in a crowd */
    replace: (members, howMany = members.filter((member) => member.online).length) =>
      replace(members, howMany),
    /** @param {Member} member */
    hear({ userId, nickname, online: isOnline, at }) {
      const known = people.get(userId);
      comings.hear({ userId, nickname, online: isOnline, at }, known);
      if (known && known.at >= at) return;
      if (!isIn({ userId, nickname, online: isOnline, at })) return;
      people.set(userId, { userId, nickname, online: isOnline, at });
      changed();
    },
    /** Somebody was taken out of the room. @param {string} userId */
    drop(userId) {
      dropped.add(userId);
      if (people.delete(userId)) changed();
    },
    /** Somebody goes by another name, here or gone. @param {string} userId @param {string} nickname */
    rename(userId, nickname) {
      const known = people.get(userId);
      if (!known || known.nickname === nickname) return;
      people.set(userId, { ...known, nickname });
      changed();
    },
    /** What `pong` counts: a ghost that left with its lease, or a lost word, shows here. @param {number} howMany */
    counted(howMany) {
      const isStale = clock.now() - snapshotAt > STALE_LEASES * leaseMs;
      if (howMany > CROWD) replace([], howMany);
      else if (howMany === count() && !isStale) confirm();
      else ask();
    },
    /** Who is online first, then who was seen last. @returns {Member[]} */
    members: () => [...people.values()].toSorted((a, b) => Number(b.online) - Number(a.online)),
    count,
    close: () => cancel(),
  };
}
