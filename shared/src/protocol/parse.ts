// The validators: a client's frame from JSON text, or the error that its sender gets.

import { directPeers, isUserId } from '../rules/direct-room.ts';
import { isNickname } from '../rules/nickname.ts';
import { foldRoom, isRoomName } from '../rules/room-name.ts';
import { Refused } from './errors.ts';
import {
  type Action,
  type ClientFrame,
  type FrameOf,
  type Hello,
  type RoomsQuestion,
  type SendMessage,
  VERSION,
  type Visibility,
} from './frames.ts';
import { LIMITS } from './limits.ts';

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
