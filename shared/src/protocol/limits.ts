// The limits of the wire: sizes, counts and rates that clients and servers share.

/** What a room's name and a nickname may be stands in `rules/room-name.ts` and `rules/nickname.ts`. */
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
  /** Frames that are refused within `refusalsMs`, by one function: with the last of them the socket ends. */
  refusals: 100,
  /** Milliseconds for which refusals are counted. */
  refusalsMs: 60_000,
  /** Bytes of one frame to a client: below API Gateway's 32 KB a frame. */
  answerBytes: 28 * 1024,
} as const;
