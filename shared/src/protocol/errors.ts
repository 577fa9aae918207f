// The errors of the wire: every code a sender can get, and the frame that carries it.

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
