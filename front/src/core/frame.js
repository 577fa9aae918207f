// @ts-check
// Reads what the server says: text in, one typed frame out, or null for what this client does not know.

/** @typedef {import('../../../shared/src/protocol/frames.ts').MessageFrame} MessageFrame */
/** @typedef {import('../../../shared/src/protocol/frames.ts').History} History */
/** @typedef {import('../../../shared/src/protocol/frames.ts').Heads} Heads */
/** @typedef {import('../../../shared/src/protocol/frames.ts').Member} Member */
/** @typedef {import('../../../shared/src/protocol/frames.ts').Members} Members */
/** @typedef {import('../../../shared/src/protocol/frames.ts').PresenceFrame} Presence */
/** @typedef {import('../../../shared/src/protocol/frames.ts').TypingFrame} Typing */
/** @typedef {import('../../../shared/src/protocol/frames.ts').Visibility} Visibility */
/** @typedef {import('../../../shared/src/protocol/frames.ts').Role} Role */
/** @typedef {{ type: 'error', ref: string | null, code: string, retry: boolean, afterMs: number, message: string,
 *   suggestion?: string }} ErrorFrame code: a newer server may know more of them */
/** @typedef {{ type: 'welcome', userId: string, nickname: string, heads: Heads, spreadMs: number, pingAfterMs: number,
 *   leaseMs: number, authForMs?: number, here: { [room: string]: Member[] }, private?: { [room: string]: Role }, invitations?: Invitation[], now?: string, rotated?: boolean }} Welcome leaseMs: 0 from a server without presence; rotated: set by the line when the client never was away */
/** @typedef {{ room: string, by: string }} Invitation by: the userId of who asked */
/** @typedef {{ type: 'pong', heads: Heads, present: Heads, now: string }} Pong */
/** @typedef {{ type: 'joined', room: string, head: number | null, visibility?: Visibility, role?: Role }} Joined
 *   head: null if another device of mine joined */
/** @typedef {{ type: 'left', room: string, follow?: true }} Left follow: in the answer to who would follow another device of mine */
/** @typedef {{ type: 'invited', room: string, userId: string, by: string }} Invited by: empty in the answer to who invited */
/** @typedef {{ type: 'removed', room: string, userId: string }} Removed */
/** @typedef {{ type: 'nickname', userId: string, nickname: string, at: string }} Nickname */
/** @typedef {{ type: 'rooms', prefix: string, after: string, rooms: { room: string, title: string }[], more: boolean }} Rooms prefix, after: those of the question, empty where it had none */
/** @typedef {{ type: 'replaced', epoch?: number }} Replaced epoch: of the connection that took over */
/** @typedef {MessageFrame | ErrorFrame | Welcome | History | Pong | Members | Presence | Typing | Replaced | { type: 'accepted' }
 *   | Joined | Left | Invited | Removed | Rooms | Nickname} ServerFrame */

/** What API Gateway says itself: its throttle, or a function that failed. Whatever was asked is asked again, later. */
export const GATEWAY_ERROR = 'GatewayError';
const SPREAD_MS = 1_000;
const PING_AFTER_MS = 30_000;

/** @param {unknown} value @returns {value is Record<string, unknown>} */
function isRecord(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @param {unknown} value @returns {value is number} */
const isCount = (value) => Number.isSafeInteger(value) && Number(value) >= 0;

/** @param {unknown} value @param {number} otherwise */
const positive = (value, otherwise) =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : otherwise;

/** @param {unknown} value @param {string} otherwise */
const text = (value, otherwise) => (typeof value === 'string' ? value : otherwise);

/** @param {unknown} frame @returns {MessageFrame | null} */
function readMessage(frame) {
  if (!isRecord(frame)) return null;
  const names = ['room', 'messageId', 'userId', 'nickname', 'message', 'timestamp'];
  const sound =
    names.every((name) => typeof frame[name] === 'string') &&
    isCount(frame.seq) &&
    frame.seq > 0 &&
    !Number.isNaN(Date.parse(String(frame.timestamp)));
  return sound ? /** @type {MessageFrame} */ (/** @type {unknown} */ (frame)) : null;
}

/** @param {Record<string, unknown>} frame @returns {ErrorFrame} */
function readError(frame) {
  return {
    type: 'error',
    ref: typeof frame.ref === 'string' ? frame.ref : null,
    code: text(frame.code, 'Unknown'),
    retry: frame.retry === true,
    afterMs: positive(frame.afterMs, 0),
    message: text(frame.message, 'The server refused it.'),
    ...(typeof frame.suggestion === 'string' ? { suggestion: frame.suggestion } : {}),
  };
}

/** @param {unknown} heads @returns {Heads} */
function readHeads(heads) {
  const sound = Object.entries(isRecord(heads) ? heads : {}).filter(([, head]) => isCount(head));
  return Object.fromEntries(sound.map(([room, head]) => [room, Number(head)]));
}

/** @param {unknown} value @returns {value is Role} */
const isRole = (value) => value === 'owner' || value === 'member';

/** @param {unknown} roles @returns {{ [room: string]: Role }} */
function readRoles(roles) {
  const all = Object.entries(isRecord(roles) ? roles : {});
  return Object.fromEntries(all.flatMap(([room, role]) => (isRole(role) ? [[room, role]] : [])));
}

/** @param {unknown} members @returns {Member[]} */
const readMembers = (members) =>
  (Array.isArray(members) ? members : []).flatMap((member) => {
    if (!isRecord(member)) return [];
    const { userId, nickname, online, at } = member;
    const sound = [userId, nickname, at].every((field) => typeof field === 'string');
    return sound && !Number.isNaN(Date.parse(String(at)))
      ? [
          {
            userId: String(userId),
            nickname: String(nickname),
            online: online === true,
            at: String(at),
          },
        ]
      : [];
  });

/** @param {Record<string, unknown>} frame @returns {History | null} */
function readHistory(frame) {
  const { room, n, items, from, to, head, more } = frame;
  if (typeof room !== 'string' || !Array.isArray(items)) return null;
  if (!isCount(from) || !isCount(to) || !isCount(head)) return null;
  return {
    type: 'history',
    room,
    ...(isCount(n) ? { n } : {}),
    items: items.flatMap((item) => {
      const told = readMessage(isRecord(item) ? { room, ...item } : null);
      return told?.room === room ? [told] : [];
    }),
    void: (Array.isArray(frame.void) ? frame.void : []).filter((n) => isCount(n) && n > 0),
    from,
    to,
    head,
    more: more === true,
  };
}

/** @type {Record<string, (frame: Record<string, unknown>) => ServerFrame | null>} */
const READERS = {
  message: readMessage,
  error: readError,
  history: readHistory,
  welcome: (frame) => ({
    type: 'welcome',
    userId: text(frame.userId, ''),
    nickname: text(frame.nickname, 'You'),
    heads: readHeads(frame.heads),
    private: readRoles(frame.private),
    spreadMs: positive(frame.spreadMs, SPREAD_MS),
    pingAfterMs: positive(frame.pingAfterMs, PING_AFTER_MS),
    leaseMs: positive(frame.leaseMs, 0),
    ...(positive(frame.authForMs, 0) > 0 ? { authForMs: positive(frame.authForMs, 0) } : {}),
    now: text(frame.now, ''),
    invitations: (Array.isArray(frame.invitations) ? frame.invitations : [])
      .filter(isRecord)
      .map(({ room, by }) => ({ room: text(room, ''), by: text(by, '') }))
      .filter(({ room }) => room !== ''),
    here: Object.fromEntries(
      Object.entries(isRecord(frame.here) ? frame.here : {}).map(([room, members]) => [
        room,
        readMembers(members),
      ]),
    ),
  }),
  pong: (frame) => ({
    type: 'pong',
    now: text(frame.now, ''),
    heads: readHeads(frame.heads),
    present: readHeads(frame.present),
  }),
  members: (frame) =>
    typeof frame.room === 'string' && isCount(frame.count)
      ? {
          type: 'members',
          room: frame.room,
          members: readMembers(frame.members),
          count: frame.count,
        }
      : null,
  presence: (frame) => {
    const [member] = readMembers([frame]);
    return member && typeof frame.room === 'string'
      ? { type: 'presence', room: frame.room, ...member }
      : null;
  },
  typing: ({ room, userId, nickname, on }) =>
    typeof room === 'string' && typeof userId === 'string'
      ? { type: 'typing', room, userId, nickname: text(nickname, ''), on: on === true }
      : null,
  joined: ({ room, head, visibility, role }) => ({
    type: 'joined',
    room: text(room, ''),
    head: isCount(head) ? head : null,
    ...(visibility === 'public' || visibility === 'private' ? { visibility } : {}),
    ...(isRole(role) ? { role } : {}),
  }),
  left: ({ room, follow }) => ({
    type: 'left',
    room: text(room, ''),
    ...(follow === true ? { follow } : {}),
  }),
  invited: ({ room, userId, by }) => ({
    type: 'invited',
    room: text(room, ''),
    userId: text(userId, ''),
    by: text(by, ''),
  }),
  removed: ({ room, userId }) => ({
    type: 'removed',
    room: text(room, ''),
    userId: text(userId, ''),
  }),
  nickname: ({ userId, nickname, at }) =>
    typeof userId === 'string' && typeof nickname === 'string'
      ? { type: 'nickname', userId, nickname, at: text(at, '') }
      : null,
  rooms: ({ prefix, after, rooms, more }) => ({
    type: 'rooms',
    prefix: text(prefix, ''),
    after: text(after, ''),
    more: more === true,
    rooms: (Array.isArray(rooms) ? rooms : [])
      .filter(isRecord)
      .map(({ room, title }) => ({ room: text(room, ''), title: text(title, '') })),
  }),
  replaced: ({ epoch }) => ({ type: 'replaced', ...(isCount(epoch) ? { epoch } : {}) }),
  accepted: () => ({ type: 'accepted' }),
};

/**
 * @param {string} said one WebSocket text frame
 * @returns {ServerFrame | null}
 */
export function readFrame(said) {
  /** @type {unknown} */
  let frame;
  try {
    frame = JSON.parse(said);
  } catch {
    return null;
  }
  if (!isRecord(frame)) return null;
  if (typeof frame.type === 'string' && Object.hasOwn(READERS, frame.type)) {
    return READERS[frame.type]?.(frame) ?? null;
  }
  // API Gateway answers in its own shape, without a type or a ref: Too Many Requests, Internal server error, Forbidden.
  if (frame.type === undefined && typeof frame.message === 'string' && 'requestId' in frame) {
    return readError({ code: GATEWAY_ERROR, retry: true, message: frame.message });
  }
  return null;
}
