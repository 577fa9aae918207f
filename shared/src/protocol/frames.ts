// The wire: every frame that crosses the socket, field by field.
//
// Frames are JSON text. A client's frame names its route in `action`; a server's frame names itself in `type`.
// Unknown fields are ignored. Client, server and tests take their types from this page.

import type { ErrorFrame } from './errors.ts';

/** The subprotocol of clients that know this page. Without it, and without hello, a client is *plain*. */
export const SUBPROTOCOL = 'chat.v1';

/** What `hello.v` must be. Another gets `UnsupportedVersion`. */
export const VERSION = 1;

/** The room of whoever names none in hello, and of every plain client; nobody leaves it. */
export const LOBBY = 'lobby';

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
 * where another looks like it (`rules/lookalikes.ts`), or where the stack reserves its name.
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
export interface PresenceFrame extends Member {
  type: 'presence';
  room: string;
}

/** `typing`: somebody writes. Holds for twelve seconds, or until `on: false`, or until a message of theirs. Not told above 100 connections. */
export interface TypingFrame {
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
  | PresenceFrame
  | TypingFrame
  | Nickname
  | Replaced
  | ErrorFrame;
