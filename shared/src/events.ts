// The event catalogue: each event of ChatBus, its source and its fields.

import type { Nickname, Role, TypingFrame, Visibility } from './protocol/frames.ts';

/**
 * Days for which a messageId keeps its place in the room; resent or replayed later, it would be a new message.
 * So the page's outbox holds no message for longer, and `ArchiveDays` of the shared stack is less.
 */
export const CLAIM_DAYS = 7;

/** The name under which a stack speaks: the `source` its IAM policy is bound to. */
export const EVENT_SOURCES = {
  ConnectionOpened: 'chat.api',
  ConnectionClosed: 'chat.api',
  ConnectionGone: 'chat.workflows',
  Typing: 'chat.api',

  MessageSent: 'chat.api',
  ClientReplaced: 'chat.api',
  ConnectionMisused: 'chat.api',
  RoomJoined: 'chat.api',
  RoomLeft: 'chat.api',
  MemberInvited: 'chat.api',
  MemberRemoved: 'chat.api',
  NicknameChanged: 'chat.api',
} as const;

/** Someone said something; nobody has given it a place yet. Emitted by `api`, listened to by `message-distribution`. */
export interface MessageSent {
  /** UUID, minted by the sender's client (by the server for a plain client that gave none). */
  messageId: string;
  room: string;
  /** Who hears it: `room:<room>`, or the two `user:<userId>` of a direct message. */
  topics: string[];
  userId: string;
  nickname: string;
  /** 1 to 4,000 code points. */
  text: string;
  /** The server's clock, ISO 8601 in UTC with milliseconds. */
  sentAt: string;
  /** SHA-256 of room and text, base64url: tells a resend from other words under the same id. */
  bodyHash: string;
  /** Epoch seconds until which the claim on the messageId stands, `CLAIM_DAYS` after `sentAt`. */
  claimUntil: number;
  /** Epoch seconds after which DynamoDB may delete the message; 0 keeps it (TTL ignores what is over five years old). */
  keepUntil: number;
  /** An opaque tag of the connection that spoke, for `connectionId` in the frame. Events put by other programs have none. */
  senderTag?: string;
}

/** A newer connection of the same client took over, or a sixth of the same user came. Emitted by `api`, listened to by the function `replace`, which ends the older. */
export interface ClientReplaced {
  /** The older connection. */
  connectionId: string;
  userId: string;
  clientId: string;
  /** The epoch that the older connection is told: that of the client's lease, or one above its own. */
  epoch: number;
}

/** A connection sent `LIMITS.badFrames` bad frames before its bucket was full again, or far too many at once. Emitted by `api`, listened to by the function `replace`, which ends it. */
export interface ConnectionMisused {
  connectionId: string;
}

/** Somebody is in a room who was not. Emitted by `api`; a rule tells their other connections. */
export interface RoomJoined {
  room: string;
  visibility: Visibility;
  role: Role;
  userId: string;
  nickname: string;
}

/** Somebody left a room. Emitted by `api`; a rule tells their other connections. */
export interface RoomLeft {
  room: string;
  userId: string;
}

/** Somebody may be in a room now. Emitted by `api`; a rule tells their connections. */
export interface MemberInvited {
  room: string;
  userId: string;
  /** The userId of who invited. */
  by: string;
}

/** Somebody may not be in a private room any more. Emitted by `api`; a rule tells their connections. */
export interface MemberRemoved {
  room: string;
  userId: string;
}

/** How long a room's people may read when somebody was seen last. */
export const REMEMBER_S = 30 * 24 * 60 * 60;

/** A connection is in the rosters of these rooms. Emitted by `api`, listened to by `presence-change`. */
export interface ConnectionOpened {
  connectionId: string;
  userId: string;
  nickname: string;
  rooms: string[];
  /** When it opened, or was alive last, ISO 8601. */
  at: string;
  /** Its lease had ended before it was looked for, or its user left these rooms: a grace would hide nothing any more. */
  isLapsed: boolean;
  /** Epoch seconds until which somebody is remembered: `REMEMBER_S` from now. */
  rememberUntil: number;
}

/** A connection is in the rosters of these rooms no more. Emitted by `api`, listened to by `presence-change` after a grace. */
export type ConnectionClosed = ConnectionOpened;

/** A connection was found gone, or ended because a newer took over. Emitted by `workflows`, listened to by `presence-change` like `ConnectionClosed`. */
export type ConnectionGone = ConnectionOpened;

/** Somebody writes, or stopped. Emitted by `api`, told by `broadcast` as it stands: never stored, never tried again. */
export interface Typing {
  /** The room, or `user:<userId>` of the other in a direct one. */
  topics: string[];
  frame: TypingFrame;
  /** Epoch milliseconds after which nobody is told any more, wherever the event had to wait. */
  until: number;
}

/** Somebody goes by another name. Emitted by `api`, told by `broadcast` as it stands, to each connection once. */
export interface NicknameChanged {
  /** `user:<userId>` of theirs and of whom they have written to, and the rooms they hear, without crowds, which are shown as a number. */
  topics: string[];
  frame: Nickname;
}

/** detail-type → detail. A new event starts with a line here; the compiler shows the rest. */
export interface Events {
  ConnectionOpened: ConnectionOpened;
  ConnectionClosed: ConnectionClosed;
  ConnectionGone: ConnectionGone;
  Typing: Typing;
  MessageSent: MessageSent;
  ClientReplaced: ClientReplaced;
  ConnectionMisused: ConnectionMisused;
  RoomJoined: RoomJoined;
  RoomLeft: RoomLeft;
  MemberInvited: MemberInvited;
  MemberRemoved: MemberRemoved;
  NicknameChanged: NicknameChanged;
}

export type EventName = keyof Events;
