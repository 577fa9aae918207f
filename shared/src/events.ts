// The event catalogue: what can stand on ChatBus, who says it, and what it carries.

/** The name under which a stack speaks: the `source` its IAM policy is bound to. */
export const SOURCES = { MessageSent: 'chat.api', ClientReplaced: 'chat.api' } as const;

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
  /** Epoch seconds until which the claim on the messageId stands: 7 days, the outbox's maximum age. */
  claimUntil: number;
  /** Epoch seconds after which DynamoDB may delete the message; 0 keeps it (TTL ignores what is over five years old). */
  keepUntil: number;
  /** The connection that spoke, for plain clients' frames. Events put by other programs have none. */
  connectionId?: string;
}

/** A newer connection of the same client took over. Emitted by `api`, listened to by the function `replace`, which ends the older. */
export interface ClientReplaced {
  /** The older connection. */
  connectionId: string;
  userId: string;
  clientId: string;
  /** The epoch of the client's lease, which the older connection is told. */
  epoch: number;
}

/** detail-type → detail. A new event starts with a line here; the compiler shows the rest. */
export interface Events {
  MessageSent: MessageSent;
  ClientReplaced: ClientReplaced;
}

export type EventName = keyof Events;
