// The wire: every frame that crosses the socket, field by field, and every error a sender can get.
//
// Frames are JSON text. A client's frame names its route in `action`; a server's frame names itself in `type`.
// Unknown fields are ignored. Client, server and tests take their types and validators from this page.

/** The subprotocol of clients that know this page. Without it, and without hello, a client is *plain*. */
export const SUBPROTOCOL = 'chat.v1';

/** The room every guest is in. */
export const LOBBY = 'lobby';

export const LIMITS = {
  /** Bytes of one frame from a client (API Gateway itself allows 32 KB a frame, 128 KB a message). */
  frameBytes: 16 * 1024,
  /** Code points of one message. */
  messageCharacters: 4_000,
  /** Code points of a room's name. */
  roomCharacters: 64,
} as const;

// --- client → server ---

/** `sendmessage`: say something in a room. Answered by `accepted` (v1 only), then by the `message` itself, or by `error`. */
export interface SendMessage {
  action: 'sendmessage';
  /** UUID in lower case (v7: sortable by birth), minted once by the client and kept for every resend. A plain client may leave it out. */
  messageId?: string;
  /** Optional; the lobby if absent. */
  room?: string;
  /** 1 to 4,000 code points, not only white space. */
  message: string;
}

/** `ping`: prove the line. Answered by `pong` (v1), by silence (plain). */
export interface Ping {
  action: 'ping';
  /** Optional, echoed: an integer from 0. */
  n?: number;
}

export type ClientFrame = SendMessage | Ping;
export type Action = ClientFrame['action'];
export type FrameOf<A extends Action> = Extract<ClientFrame, { action: A }>;

// --- server → client ---

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
  /** The connection that sent it, while that is known: absent from what is read back from the table. */
  connectionId?: string;
}

/** `accepted`: the bus has it. Not a tick. */
export interface Accepted {
  type: 'accepted';
  messageId: string;
}

/** `pong`: the line is alive. */
export interface Pong {
  type: 'pong';
  n?: number;
  /** The server's clock, ISO 8601. */
  now: string;
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
}

export type ServerFrame = MessageFrame | Accepted | Pong | ErrorFrame;

// --- errors ---

/** Every code, whether a retry of the same frame can help, and what a person reads. */
export const ERRORS = {
  BadFrame: { retry: false, afterMs: 0, says: 'The frame is not a JSON object in a text frame.' },
  FrameTooLarge: { retry: false, afterMs: 0, says: 'The frame is larger than 16 KB.' },
  NoAction: { retry: false, afterMs: 0, says: 'The frame names no action.' },
  UnknownAction: { retry: false, afterMs: 0, says: 'There is no such action.' },
  BadField: { retry: false, afterMs: 0, says: 'A field is missing or has the wrong form.' },
  MessageEmpty: { retry: false, afterMs: 0, says: 'The message is empty.' },
  MessageTooLong: {
    retry: false,
    afterMs: 0,
    says: 'The message is longer than 4,000 characters.',
  },
  MessageIdReused: { retry: false, afterMs: 0, says: 'This messageId was used for other words.' },
  NotInRoom: { retry: false, afterMs: 0, says: 'You are not in this room.' },
  NotConnected: { retry: true, afterMs: 1_000, says: 'This connection is not known (any more).' },
  Busy: { retry: true, afterMs: 1_000, says: 'The service is busy. Try again.' },
  Internal: { retry: true, afterMs: 2_000, says: 'Something went wrong here. Try again.' },
} as const;

export type ErrorCode = keyof typeof ERRORS;

/** A refusal that its sender is told: `handler.ts` makes it an `error` frame. */
export class Refused extends Error {
  readonly code: ErrorCode;
  readonly ref: string | null;
  readonly field: string | undefined;

  constructor(
    code: ErrorCode,
    { ref = null, field }: { ref?: string | null; field?: string } = {},
  ) {
    super(field === undefined ? ERRORS[code].says : `${ERRORS[code].says} (${field})`);
    this.name = code;
    this.code = code;
    this.ref = ref;
    this.field = field;
  }
}

export function errorFrame(code: ErrorCode, ref: string | null, says?: string): ErrorFrame {
  const { retry, afterMs } = ERRORS[code];
  return { type: 'error', ref, code, retry, afterMs, message: says ?? ERRORS[code].says };
}

// --- validators ---

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const ROOM = /^[\p{L}\p{N}][\p{L}\p{N}_-]*$/u;

type Fields = ReadonlyMap<string, unknown>;

const isMessageId = (value: unknown): value is string =>
  typeof value === 'string' && UUID.test(value);
const isRoom = (value: unknown): value is string =>
  typeof value === 'string' && [...value].length <= LIMITS.roomCharacters && ROOM.test(value);

const optional = <T, K extends string>(
  fields: Fields,
  field: K,
  is: (value: unknown) => value is T,
  ref: string | null,
): { [key in K]?: T } => {
  const value = fields.get(field);
  if (value === undefined || value === null) return {};
  if (!is(value)) throw new Refused('BadField', { ref, field });
  return { [field]: value } as { [key in K]?: T };
};

function text(fields: Fields, ref: string | null): string {
  const value = fields.get('message');
  if (typeof value !== 'string') throw new Refused('BadField', { ref, field: 'message' });
  if (!value.isWellFormed()) throw new Refused('BadField', { ref, field: 'message' });
  if (value.trim() === '') throw new Refused('MessageEmpty', { ref });
  if ([...value].length > LIMITS.messageCharacters) throw new Refused('MessageTooLong', { ref });
  return value;
}

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;

/** One entry per action: adding a route to the page means adding its line here. */
const PARSERS: { [A in Action]: (fields: Fields, ref: string | null) => FrameOf<A> } = {
  sendmessage: (fields, ref) => ({
    action: 'sendmessage',
    ...optional(fields, 'messageId', isMessageId, null),
    ...optional(fields, 'room', isRoom, ref),
    message: text(fields, ref),
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
