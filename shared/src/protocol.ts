// The wire: every frame that crosses the socket, field by field, and every error a sender can get.
//
// Frames are JSON text. A client's frame names its route in `action`; a server's frame names itself in `type`.
// Unknown fields are ignored. Client, server and tests take their types and validators from this page.

import { directPeers, isUserId } from './rules/direct-room.ts';
import { isNickname, truncateNickname } from './rules/nickname.ts';
import { foldRoom, isRoomName } from './rules/room-name.ts';

/** The subprotocol of clients that know this page. Without it, and without hello, a client is *plain*. */
export const SUBPROTOCOL = 'chat.v1';

/** What `hello.v` must be. Another gets `UnsupportedVersion`. */
export const VERSION = 1;

/** The room of whoever names none in hello, and of every plain client; nobody leaves it. */
export const LOBBY = 'lobby';

/** What a room's name and a nickname may be stands in `room-name.ts` and `nickname.ts`. */
export const LIMITS = {
  /** Bytes of one frame from a client (API Gateway itself allows 32 KB a frame, 128 KB a message). */
  frameBytes: 16 * 1024,
  /** Code points of one message. */
  messageCharacters: 4_000,
  /** Open connections of one user: a newcomer above it ends a ghost, or the oldest. */
  connections: 5,
  /** Characters of an ISO 8601 time, with room for its other forms. */
  timestampCharacters: 40,
  /** Rooms of one connection, and of one user, beside the lobby. */
  rooms: 50,
  /** Direct rooms whose heads are told: those one has spoken in first, each by the last word in it. */
  directRooms: 50,
  /** People of a room above whom they are a number: who comes, types, or takes another name is told to nobody there. */
  crowd: 100,
  /** Open invitations that are told. */
  invitations: 10,
  /** Unanswered invitations of one person to one other; those to public rooms count for a day. */
  invitationsEach: 3,
  /** Invitations that one user makes in a day of UTC. */
  invitationsMade: 100,
  /** Rooms in one answer to `rooms`. */
  listedRooms: 100,
  /** Rooms that one user makes in a day of UTC. */
  roomsMade: 50,
  /** Ranges of one `history`. */
  ranges: 20,
  /** Places, stored or void, that one `history` answers. */
  historyItems: 100,
  /** Characters of a token: signed claims are some hundreds to 2,000. */
  tokenCharacters: 8 * 1024,
  /** Changes of nickname that a user may try at once; then one comes back in each `renameMs`. */
  renames: 10,
  /** Milliseconds. */
  renameMs: 60_000,
  /** Frames that cannot be read, where the bucket was never full in between: with the last of them the socket ends. */
  badFrames: 20,
  /** Frames that are refused within `refusalsMs`, at the door of one function: with the last of them the socket ends. */
  refusals: 100,
  /** Milliseconds for which refusals are counted. */
  refusalsMs: 60_000,
  /** Bytes of one frame to a client: below API Gateway's 32 KB a frame. */
  answerBytes: 28 * 1024,
} as const;

// --- client → server ---

/**
 * `hello`: who I am, and which rooms I hear. Before it, every other action of a v1 client is refused with `HelloFirst`.
 * Answered by `welcome`; by `replaced` if another connection of this client came with the same or a higher epoch; or by `error`.
 * Said again on the same socket, with the same epoch, it changes rooms and nickname. A socket belongs to one user for its whole
 * life: a hello of another user is refused with `ConnectionTaken` (with `BadToken` where people sign in).
 */
export interface Hello {
  action: 'hello';
  v: typeof VERSION;
  /** One per browser profile or bot: 8 to 64 of `A-Z a-z 0-9 _ -`, a UUID for one. At most one connection of it lives. */
  clientId: string;
  /** An integer from 0 that the client raises at every connect: of two connections of one client, the higher stays; of two equal, the first. */
  epoch: number;
  /**
   * Where guests come in: at least 256 random bits in 43 to 128 of `A-Z a-z 0-9 _ -`. The userId is derived from its hash,
   * and nothing else is kept of it.
   */
  secret?: string;
  /**
   * Instead of a secret, where people sign in: a JWT of the stack's issuer and audience, up to 8,192 characters. The userId
   * is its `sub`. When it expires, every action but `hello` is answered with `AuthExpired`, and nothing is heard any more;
   * a hello on the same socket, with a fresh token of the same user, goes on.
   */
  token?: string;
  /**
   * Optional: 1 to 32 graphemes in at most 128 bytes, something of it visible, no control or direction marks. `welcome`
   * tells which was given: another like it where it is taken. If absent: what the user went by last, or a guest's name.
   */
  nickname?: string;
  /**
   * Optional: up to 50 rooms, and no other is heard after it. Public ones are joined, made if need be; private ones that
   * one is no member of, and those that could not be made (50 made in a day, another that looks like it, a reserved name), are
   * left out of `welcome.heads`. If absent: the lobby, and every room of mine.
   */
  rooms?: string[];
}

/** `sendmessage`: say something in a room. Answered by `accepted` (v1 only), then by the `message` itself, or by `error`. */
export interface SendMessage {
  action: 'sendmessage';
  /** UUID in lower case (v7: sortable by birth), minted once by the client and kept for every resend. A plain client may leave it out. */
  messageId?: string;
  /** Optional; the lobby if absent, unless there is `to`. */
  room?: string;
  /**
   * Instead of a room: the userId of whom alone it is said to. Its room is `dm:<userA>:<userB>`, the ids in order. The first
   * one to somebody who has never said hello is refused with `NoSuchUser`.
   */
  to?: string;
  /** 1 to 4,000 code points, not only white space. */
  message: string;
}

/**
 * `history`: what was said in one room of mine, either backwards or at exact places. Answered by `history`, or by `error`.
 * With neither `before` nor `ranges`, the newest page.
 */
export interface HistoryQuestion {
  action: 'history';
  room: string;
  /** The newest places below this seq, from 1. */
  before?: number;
  /** Exactly these places: up to 20 `[from, to]`, both ends in, from 1, ascending, not touching each other's places. */
  ranges?: [from: number, to: number][];
  /** Optional: 1 to 100 places in the answer; 100 if absent. */
  limit?: number;
  /** Optional, echoed: an integer from 0, by which the asker knows its answer. */
  n?: number;
}

/** `ping`: prove the line, and learn the heads of my rooms. Answered by `pong` (v1), by silence (plain). */
export interface Ping {
  action: 'ping';
  /** Optional, echoed: an integer from 0. */
  n?: number;
}

export type Visibility = 'public' | 'private';
export type Role = 'owner' | 'member';

/**
 * `join`: hear a room, on this connection now and after every hello to come. Answered by `joined`, or by `error`:
 * `NoSuchRoom` (a private room that one is no member of is none), `TooManyRooms` (in 50 beside the lobby, or 50 made today).
 * A room's name is folded as people type it (`room-name.ts`): `Tea Room` is `tea-room`. A room is not made, and is `NoSuchRoom`,
 * where another looks like it (`lookalikes.ts`), or where the stack reserves its name.
 */
export interface Join {
  action: 'join';
  room: string;
  /** Optional: make it if it is not there. */
  create?: boolean;
  /** Optional, of a room that is made: `public` if absent. A private room has its maker for owner. */
  visibility?: Visibility;
  /**
   * Optional: hear it here if another device of mine is in it still, and join nothing; else the answer is `left`. Said when a
   * device's `joined` or `left` is told, which may come late, or one before the other.
   */
  follow?: boolean;
}

/**
 * `leave`: hear a room no more, on any of my connections; or decline an invitation. Answered by `left`, or by `error`:
 * `Forbidden` for the lobby, which is everybody's.
 */
export interface Leave {
  action: 'leave';
  room: string;
}

/**
 * `invite`: ask somebody else into a room that I hear; of a private one only its owner may. They are in it when they `join`. To a public
 * room they are told if they are here; to a private one also by a later `welcome`. Answered by `invited`, or by `error`:
 * `NoSuchUser` where nobody of that userId has ever said hello, `TooManyInvitations` where three of mine wait for their answer
 * already (to a public room, of the last day), or where I have made 100 today.
 */
export interface Invite {
  action: 'invite';
  room: string;
  userId: string;
}

/** `remove`: a member of a private room hears nothing that is said after the answer, only what was on its way; its owner may. Answered by `removed`. */
export interface Remove {
  action: 'remove';
  room: string;
  userId: string;
}

/** `rooms`: which public rooms there are, by name; those that somebody has joined, or come back to, within a year. Answered by `rooms`. */
export interface RoomsQuestion {
  action: 'rooms';
  /** Optional: how their names begin, folded like a name. */
  prefix?: string;
  /** Optional: from the one after this on; its name begins so as well. */
  after?: string;
}

/** `members`: who is in one room of mine, and who was. Answered by `members`, or by `error`. */
export interface MembersQuestion {
  action: 'members';
  room: string;
}

/**
 * `nickname`: be called so from now on, on every connection of mine. Answered by `nickname`, or by `error`:
 * `NicknameTaken` with a `suggestion`, `TooManyRenames` after ten tries within a minute or so. Names are the same that people would take for one another; those that begin with
 * `guest-` are given, and never asked for; those that the stack reserves nobody has.
 */
export interface NicknameWish {
  action: 'nickname';
  /** As in `hello`. */
  nickname: string;
}

/**
 * `typing`: I am writing in this room, or stopped. Not answered; never stored, never sent again. In a direct room it is told
 * once both have spoken there, and dropped before.
 */
export interface TypingSay {
  action: 'typing';
  room: string;
  on: boolean;
}

export type ClientFrame =
  | Join
  | Leave
  | Invite
  | Remove
  | RoomsQuestion
  | Hello
  | SendMessage
  | HistoryQuestion
  | Ping
  | NicknameWish
  | MembersQuestion
  | TypingSay;
export type Action = ClientFrame['action'];
export type FrameOf<A extends Action> = Extract<ClientFrame, { action: A }>;

// --- server → client ---

/** The last seq given in each room that the connection hears; 0 where nobody has spoken. */
export type Heads = { [room: string]: number };

/** One person of a room: everybody's connections to it count as one. */
export interface Member {
  userId: string;
  nickname: string;
  online: boolean;
  /** Since when, ISO 8601. Of two words about one person, that with the later `at` is true. */
  at: string;
}

/** An invitation to a private room that waits for a `join`, or a `leave`. */
export interface Invitation {
  room: string;
  /** The userId of who invited. */
  by: string;
}

/** `welcome`: you were subscribed to your rooms before these heads were read; what is missing up to them is yours to ask for. */
export interface Welcome {
  type: 'welcome';
  v: typeof VERSION;
  /** Of a guest `u_` and 22 characters of the secret's hash; else the token's `sub`, or where that cannot be one `s_` and 22 of its hash. */
  userId: string;
  nickname: string;
  heads: Heads;
  /** The server's clock, ISO 8601. */
  now: string;
  /** Milliseconds of the server's silence after which a ping is due. */
  pingAfterMs: number;
  /** Milliseconds for which who is online stays so without a ping: ping at least twice in it, whatever was heard. */
  leaseMs: number;
  /** Who is online in the first rooms, as far as the frame holds them; of the others ask with `members`. */
  here: { [room: string]: Member[] };
  /** Those of `heads` that are private, every one, and what one is in them. Absent where there are none. */
  private?: { [room: string]: Role };
  /**
   * To private rooms, unanswered, of the last 30 days, the newest first: at most 10, as far as the frame holds them. Where there
   * are more, those by people whom one has written to are told before others'.
   * Absent where there are none, and where rooms were named.
   */
  invitations?: Invitation[];
  /** Milliseconds until the token of this hello expires; absent where there is none. */
  authForMs?: number;
  /** Milliseconds over which to spread the first try, should this connection be lost: 1,000 to 60,000, by how many live. */
  spreadMs: number;
}

/**
 * `message`: one stored message at its place. It is also the sender's tick: only this frame says *sent*.
 * `message`, `timestamp` and `connectionId` are all that a plain client reads.
 */
export interface MessageFrame {
  type: 'message';
  room: string;
  /** 1, 2, 3 … dense within the room: the order everybody shows. */
  seq: number;
  messageId: string;
  userId: string;
  nickname: string;
  message: string;
  /** When the server took it, ISO 8601 in UTC with milliseconds. */
  timestamp: string;
  /**
   * An opaque tag of the connection that sent it, the same for the life of that connection; not API Gateway's id. Absent from
   * `history`, whose table does not keep it.
   */
  connectionId?: string;
}

/** `accepted`: the bus has it. Not a tick. */
export interface Accepted {
  type: 'accepted';
  messageId: string;
}

/**
 * `history`: the answer speaks for every asked place from `from` to `to`. Each is in `items`, or in `void`, or still on
 * its way: then it is asked for again later. At most 100 places, at most 28 KB.
 */
export interface History {
  type: 'history';
  /** That of the question, where it had one. */
  n?: number;
  room: string;
  /** Ascending by seq. */
  items: MessageFrame[];
  /** Places where nothing is and nothing will ever be, ascending. */
  void: number[];
  from: number;
  to: number;
  /** The last seq given in the room. */
  head: number;
  /** There is more of what was asked: below `from` when asked with `before` (ask with `before: from`), above `to` when asked with `ranges`. */
  more: boolean;
}

/**
 * `replaced`: another connection of this client took over, or the user opened a sixth. The server ends this one. A client that has itself said hello
 * with `epoch` since replaced itself; otherwise it stays away until its user acts, and comes back with a higher one.
 */
export interface Replaced {
  type: 'replaced';
  /** The epoch that won: that of the client's lease. */
  epoch: number;
}

/** `pong`: the line is alive. */
export interface Pong {
  type: 'pong';
  n?: number;
  /** The server's clock, ISO 8601. */
  now: string;
  heads: Heads;
  /** How many people are online in rooms that the connection hears, as far as the frame holds them; up to some seconds old. */
  present: { [room: string]: number };
}

/** `joined`: the room is heard from before this head was read. Without head: another connection of mine has joined it, and may have left it since. */
export interface Joined {
  type: 'joined';
  room: string;
  visibility: Visibility;
  /** `owner` of a private room: whose invitations and removals it takes. Of a public one everybody is a member. */
  role: Role;
  head?: number;
}

/** `left`: the room is heard no more; told to every connection of mine. */
export interface Left {
  type: 'left';
  room: string;
  /** In the answer to a `join` with `follow`: I am not in it, or not any more. */
  follow?: true;
}

/** `invited`: that they are, to who invited them; and to them, with who did: they may `join` now. */
export interface Invited {
  type: 'invited';
  room: string;
  userId: string;
  /** The userId of who invited. */
  by?: string;
}

/** `removed`: that they are, to the owner and to them. */
export interface Removed {
  type: 'removed';
  room: string;
  userId: string;
}

/** `rooms`: public rooms by name, at most 100, at most 28 KB. */
export interface Rooms {
  type: 'rooms';
  /** Those of the question, where it had them. */
  prefix?: string;
  after?: string;
  rooms: { room: string; title: string }[];
  /** There are others: ask with `after` the last of these. */
  more?: boolean;
}

/** `members`: the room as it is now. Replaces what was known. */
export interface Members {
  type: 'members';
  room: string;
  /** Who is online, nobody above 100 of them; then who was seen last, up to 100. */
  members: Member[];
  /** How many people are online, named or not; above 100 up to 10 s old. */
  count: number;
  /** There are more of them than a frame holds, or may be more than are looked for: those seen last are left out first. */
  more?: boolean;
}

/** `presence`: somebody came or left, after a grace that a reload does not outlast. Not told above 100 people online. */
export interface Presence extends Member {
  type: 'presence';
  room: string;
}

/** `typing`: somebody writes. Holds for twelve seconds, or until `on: false`, or until a message of theirs. Not told above 100 connections. */
export interface Typing {
  type: 'typing';
  room: string;
  userId: string;
  nickname: string;
  on: boolean;
}

/** `nickname`: what somebody goes by now; to who asked, to all who share a room with them, and to whom they have written. Of two, the later `at` counts. */
export interface Nickname {
  type: 'nickname';
  userId: string;
  nickname: string;
  /** The server's clock, ISO 8601. */
  at: string;
}

/** `error`: why a frame, or the message `ref`, was refused. The socket lives on. */
export interface ErrorFrame {
  type: 'error';
  /** The messageId it is about, where there is one. */
  ref: string | null;
  code: ErrorCode;
  /** true: the same messageId may be sent again. false: the user must change something. */
  retry: boolean;
  /** Milliseconds to wait before that. */
  afterMs: number;
  message: string;
  /** With `NicknameTaken`: a nickname that looks free. */
  suggestion?: string;
}

export type ServerFrame =
  | Joined
  | Left
  | Invited
  | Removed
  | Rooms
  | Welcome
  | MessageFrame
  | Accepted
  | History
  | Pong
  | Members
  | Presence
  | Typing
  | Nickname
  | Replaced
  | ErrorFrame;

const cut = (text: string, most: number): string => {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
};

/**
 * The frame of a stored message. Other programs may put longer words on the bus than a client may send: they are shown
 * cut, because a message that outgrew a frame could be neither told nor read back, and would cost its room the history.
 */
export function messageFrame(
  seq: number,
  stored: {
    room: string;
    messageId: string;
    userId: string;
    nickname: string;
    text: string;
    sentAt: string;
  },
  senderTag?: string,
): MessageFrame {
  const { room, messageId, userId, nickname, text, sentAt } = stored;
  return {
    type: 'message',
    room,
    seq,
    messageId,
    userId,
    nickname: truncateNickname(nickname),
    message: cut(text, LIMITS.messageCharacters),
    timestamp: cut(sentAt, LIMITS.timestampCharacters),
    ...(senderTag === undefined ? {} : { connectionId: senderTag }),
  };
}

// --- errors ---

/** Every code, whether a retry of the same frame can help, and what a person reads. */
export const ERRORS = {
  BadFrame: { retry: false, afterMs: 0, says: 'The frame is not a JSON object in a text frame.' },
  FrameTooLarge: { retry: false, afterMs: 0, says: 'The frame is larger than 16 KB.' },
  NoAction: { retry: false, afterMs: 0, says: 'The frame names no action.' },
  UnknownAction: { retry: false, afterMs: 0, says: 'There is no such action.' },
  BadField: { retry: false, afterMs: 0, says: 'A field is missing or has the wrong form.' },
  UnsupportedVersion: {
    retry: false,
    afterMs: 0,
    says: 'This version of the protocol is not spoken here. Reload the page.',
  },
  HelloFirst: { retry: true, afterMs: 1_000, says: 'Say hello first.' },
  BadToken: { retry: false, afterMs: 0, says: 'The token is not accepted here. Sign in again.' },
  ConnectionTaken: {
    retry: false,
    afterMs: 0,
    says: 'This connection belongs to another user. Open a new one.',
  },
  AuthExpired: {
    retry: true,
    afterMs: 1_000,
    says: 'The token has expired. Say hello with a fresh one.',
  },
  MessageEmpty: { retry: false, afterMs: 0, says: 'The message is empty.' },
  MessageTooLong: {
    retry: false,
    afterMs: 0,
    says: 'The message is longer than 4,000 characters.',
  },
  MessageIdReused: { retry: false, afterMs: 0, says: 'This messageId was used for other words.' },
  NotInRoom: { retry: false, afterMs: 0, says: 'You are not in this room.' },
  NoSuchRoom: {
    retry: false,
    afterMs: 0,
    says: 'There is no such room, or none by this name for you.',
  },
  NoSuchUser: { retry: false, afterMs: 0, says: 'Nobody is known here by this id.' },
  Forbidden: { retry: false, afterMs: 0, says: 'That is not for you to do in this room.' },
  TooManyRooms: {
    retry: false,
    afterMs: 0,
    says: 'These are too many rooms. Leave one first, or make no more today.',
  },
  TooManyInvitations: {
    retry: false,
    afterMs: 0,
    says: 'These are too many invitations. Wait for an answer, or for tomorrow.',
  },
  NicknameTaken: {
    retry: false,
    afterMs: 0,
    says: 'Somebody else goes by this nickname, or nobody may.',
  },
  TooManyRenames: {
    retry: false,
    afterMs: 0,
    says: 'You have changed your nickname often just now. Wait a minute.',
  },
  NotConnected: { retry: true, afterMs: 1_000, says: 'This connection is not known (any more).' },
  RateLimited: { retry: true, afterMs: 500, says: 'Too much at once. Wait a moment.' },
  Busy: { retry: true, afterMs: 1_000, says: 'The service is busy. Try again.' },
  Internal: { retry: true, afterMs: 2_000, says: 'Something went wrong here. Try again.' },
} as const;

export type ErrorCode = keyof typeof ERRORS;

/** A refusal that its sender is told: `handler.ts` makes it an `error` frame. */
export class Refused extends Error {
  readonly code: ErrorCode;
  readonly ref: string | null;
  readonly field: string | undefined;
  /** What its frame says besides: when to come again, or what to try instead. */
  readonly more: Partial<Pick<ErrorFrame, 'afterMs' | 'suggestion'>>;

  constructor(
    code: ErrorCode,
    { ref = null, field, ...more }: { ref?: string | null; field?: string } & Refused['more'] = {},
  ) {
    super(field === undefined ? ERRORS[code].says : `${ERRORS[code].says} (${field})`);
    this.name = code;
    this.code = code;
    this.ref = ref;
    this.field = field;
    this.more = more;
  }
}

export function errorFrame(code: ErrorCode, ref: string | null, says?: string): ErrorFrame {
  const { retry, afterMs } = ERRORS[code];
  return { type: 'error', ref, code, retry, afterMs, message: says ?? ERRORS[code].says };
}

// --- validators ---

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const CLIENT_ID = /^[\w-]{8,64}$/;
const SECRET = /^[\w-]{43,128}$/;

type Fields = ReadonlyMap<string, unknown>;

const isMessageId = (value: unknown): value is string =>
  typeof value === 'string' && UUID.test(value);
const isRoom = (value: unknown): value is string =>
  typeof value === 'string' && isRoomName(foldRoom(value));
/** A room that is read, not joined: by name, or a direct one. */
const isAnyRoom = (value: unknown): value is string =>
  isRoom(value) || (typeof value === 'string' && directPeers(value) !== undefined);
const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
const isVisibility = (value: unknown): value is Visibility =>
  value === 'public' || value === 'private';

const isClientId = (value: unknown): value is string =>
  typeof value === 'string' && CLIENT_ID.test(value);
const isSecret = (value: unknown): value is string =>
  typeof value === 'string' && SECRET.test(value);
const isTokenText = (value: unknown): value is string => typeof value === 'string';
const isRooms = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length <= LIMITS.rooms && value.every(isAnyRoom);
const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;
const isSwitch = (value: unknown): value is boolean => typeof value === 'boolean';
const isSeq = (value: unknown): value is number => isCount(value) && value >= 1;
const isLimit = (value: unknown): value is number => isSeq(value) && value <= LIMITS.historyItems;

function isRanges(value: unknown): value is [number, number][] {
  if (!Array.isArray(value) || value.length < 1 || value.length > LIMITS.ranges) return false;
  let last = 0;
  return value.every((range: unknown) => {
    if (!Array.isArray(range) || range.length !== 2) return false;
    const [from, to] = range as unknown[];
    if (!isSeq(from) || !isSeq(to) || from <= last || to < from) return false;
    last = to;
    return true;
  });
}

function required<T>(
  fields: Fields,
  field: string,
  is: (value: unknown) => value is T,
  ref: string | null,
): T {
  const value = fields.get(field);
  if (!is(value)) throw new Refused('BadField', { ref, field });
  return value;
}

function optional<T, K extends string>(
  fields: Fields,
  field: K,
  is: (value: unknown) => value is T,
  ref: string | null,
): { [key in K]?: T } {
  const value = fields.get(field);
  if (value === undefined || value === null) return {};
  return { [field]: required(fields, field, is, ref) } as { [key in K]?: T };
}

/** Anything but white space, control and zero-width characters: what shows nothing says nothing. */
const VISIBLE = /[^\s\p{Cc}\p{Cf}]/u;

function text(fields: Fields, ref: string | null): string {
  const value = fields.get('message');
  if (typeof value !== 'string') throw new Refused('BadField', { ref, field: 'message' });
  if (!value.isWellFormed()) throw new Refused('BadField', { ref, field: 'message' });
  if (!VISIBLE.test(value)) throw new Refused('MessageEmpty', { ref });
  if ([...value].length > LIMITS.messageCharacters) throw new Refused('MessageTooLong', { ref });
  return value;
}

/** Asked before any other field: another version may have other fields. */
function version(fields: Fields, ref: string | null): typeof VERSION {
  if (required(fields, 'v', isCount, ref) !== VERSION)
    throw new Refused('UnsupportedVersion', { ref });
  return VERSION;
}

/** Exactly one of the two. What a token says is looked into by who verifies it; here only that it can be one. */
function credentials(fields: Fields, ref: string | null): Pick<Hello, 'secret' | 'token'> {
  const { token } = optional(fields, 'token', isTokenText, ref);
  if (token === undefined) return { secret: required(fields, 'secret', isSecret, ref) };
  if ((fields.get('secret') ?? undefined) !== undefined)
    throw new Refused('BadField', { ref, field: 'secret' });
  if (token === '' || token.length > LIMITS.tokenCharacters) throw new Refused('BadToken', { ref });
  return { token };
}

/** The room's one spelling. */
const folded = (room: string): string => (directPeers(room) === undefined ? foldRoom(room) : room);
const named = (fields: Fields, ref: string | null): string =>
  foldRoom(required(fields, 'room', isRoom, ref));

function where(fields: Fields, ref: string | null): Pick<SendMessage, 'room' | 'to'> {
  const { room } = optional(fields, 'room', isRoom, ref);
  const to = optional(fields, 'to', isUserId, ref);
  if (room === undefined) return to;
  if ('to' in to) throw new Refused('BadField', { ref, field: 'to' });
  return { room: folded(room) };
}

function rooms(fields: Fields, ref: string | null): Pick<Hello, 'rooms'> {
  const { rooms } = optional(fields, 'rooms', isRooms, ref);
  return rooms === undefined ? {} : { rooms: [...new Set(rooms.map(folded))] };
}

/** What a name begins with is a name. DynamoDB refuses to go on after a key that is outside of what is asked. */
function among(fields: Fields, ref: string | null): Pick<RoomsQuestion, 'prefix' | 'after'> {
  const [prefix, after] = ['prefix', 'after'].map((field) => {
    const room = optional(fields, field, isRoom, ref)[field];
    return room === undefined ? undefined : foldRoom(room);
  });
  if (!(after ?? prefix ?? '').startsWith(prefix ?? ''))
    throw new Refused('BadField', { ref, field: 'after' });
  return { ...(prefix === undefined ? {} : { prefix }), ...(after === undefined ? {} : { after }) };
}

/** One entry per action: adding a route to the page means adding its line here. */
const PARSERS: { [A in Action]: (fields: Fields, ref: string | null) => FrameOf<A> } = {
  hello: (fields, ref) => ({
    action: 'hello',
    v: version(fields, ref),
    clientId: required(fields, 'clientId', isClientId, ref),
    epoch: required(fields, 'epoch', isCount, ref),
    ...credentials(fields, ref),
    ...optional(fields, 'nickname', isNickname, ref),
    ...rooms(fields, ref),
  }),
  sendmessage: (fields, ref) => ({
    action: 'sendmessage',
    ...optional(fields, 'messageId', isMessageId, null),
    ...where(fields, ref),
    message: text(fields, ref),
  }),
  history: (fields, ref) => {
    const before = optional(fields, 'before', isSeq, ref);
    const ranges = optional(fields, 'ranges', isRanges, ref);
    if ('before' in before && 'ranges' in ranges)
      throw new Refused('BadField', { ref, field: 'ranges' });
    return {
      action: 'history',
      room: folded(required(fields, 'room', isAnyRoom, ref)),
      ...before,
      ...ranges,
      ...optional(fields, 'limit', isLimit, ref),
      ...optional(fields, 'n', isCount, ref),
    };
  },
  join: (fields, ref) => ({
    action: 'join',
    room: named(fields, ref),
    ...optional(fields, 'create', isBoolean, ref),
    ...optional(fields, 'visibility', isVisibility, ref),
    ...optional(fields, 'follow', isBoolean, ref),
  }),
  leave: (fields, ref) => ({ action: 'leave', room: named(fields, ref) }),
  invite: (fields, ref) => ({
    action: 'invite',
    room: named(fields, ref),
    userId: required(fields, 'userId', isUserId, ref),
  }),
  remove: (fields, ref) => ({
    action: 'remove',
    room: named(fields, ref),
    userId: required(fields, 'userId', isUserId, ref),
  }),
  nickname: (fields, ref) => ({
    action: 'nickname',
    nickname: required(fields, 'nickname', isNickname, ref),
  }),
  rooms: (fields, ref) => ({ action: 'rooms', ...among(fields, ref) }),
  members: (fields, ref) => ({
    action: 'members',
    room: foldRoom(required(fields, 'room', isRoom, ref)),
  }),
  typing: (fields, ref) => ({
    action: 'typing',
    room: folded(required(fields, 'room', isAnyRoom, ref)),
    on: required(fields, 'on', isSwitch, ref),
  }),
  ping: (fields, ref) => ({ action: 'ping', ...optional(fields, 'n', isCount, ref) }),
};

export const ACTIONS = Object.keys(PARSERS) as Action[];

const isAction = (value: string): value is Action => Object.hasOwn(PARSERS, value);

/** Reads one frame from a client. Throws Refused; after it, the frame is what its type says. */
export function parseClientFrame(body: string | undefined | null): ClientFrame {
  const fields = readObject(body);
  const id = fields.get('messageId');
  const ref = isMessageId(id) ? id : null;
  const action = fields.get('action');
  if (action === undefined || action === null || action === '')
    throw new Refused('NoAction', { ref });
  if (typeof action !== 'string' || !isAction(action)) throw new Refused('UnknownAction', { ref });
  return PARSERS[action](fields, ref);
}

function readObject(body: string | undefined | null): Fields {
  if (body === undefined || body === null) throw new Refused('BadFrame');
  if (new TextEncoder().encode(body).length > LIMITS.frameBytes) throw new Refused('FrameTooLarge');
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw new Refused('BadFrame');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new Refused('BadFrame');
  return new Map(Object.entries(parsed));
}
