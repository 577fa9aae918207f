// Rooms come and go in the client: asked for, by themselves, and with what the server tells of another device.
import { expect, test } from '@jest/globals';
import { connect } from '../../front/src/core/chat.js';
import { createDoorway } from '../../front/src/core/doorway.js';
import { readFrame } from '../../front/src/core/frame.js';
import {
  directRoom,
  foldRoom,
  isDirect,
  isRoomName,
  partnerOf,
  roomNameProblem,
} from '../../front/src/core/room-name.js';
import * as server from '../../shared/src/rules/direct-room.ts';
import * as serverRoom from '../../shared/src/rules/room-name.ts';
import { fakeClock, settled } from './workbench.ts';

const ME = 'u_me';

/** A chat whose line is the test: what it sent, and a way to tell it something. */
async function chatting(rooms?: string[]) {
  const { clock, pass } = fakeClock();
  const sent: Record<string, unknown>[] = [];
  let tell: (frame: object) => void = () => {};
  const status = { state: 'live', retryAt: null, online: true, reason: null, leads: true } as const;
  const idle = () => {};
  const chat = connect({
    url: 'ws://chat',
    ...(rooms === undefined ? {} : { rooms }),
    ports: {
      clock,
      fraction: () => 0,
      line: (ears) => {
        tell = (frame) => ears.heard(frame as never);
        return {
          ...{ start: () => ears.changed(status), stop: idle, tryNow: idle, useHere: idle },
          ...{ wake: idle, visible: idle, distrust: idle, nudge: idle, status: () => status },
          send: (frame: object) => sent.push(frame as Record<string, unknown>) > 0,
        };
      },
    },
  });
  await settled();
  const welcome = (heads: object, more: object = {}) =>
    tell({ type: 'welcome', userId: ME, nickname: 'me', heads, here: {}, leaseMs: 0, ...more });
  return { chat, sent, welcome, pass, tell: (frame: object) => tell(frame) };
}
const asked = (sent: Record<string, unknown>[], action: string) =>
  sent.filter((frame) => frame.action === action);
const said = (room: string, seq: number, userId: string) => ({
  ...{ type: 'message', room, seq, userId, messageId: `m${seq}`, nickname: 'x', message: 'psst' },
  timestamp: '2026-11-21T07:30:00.000Z',
});

test('the rooms of the welcome appear by themselves, unless others were named', async () => {
  const open = await chatting();
  open.welcome({ lobby: 3, tea: 1, 'dm:u_a:u_me': 2 });
  expect(open.chat.rooms()).toEqual(['lobby', 'tea', 'dm:u_a:u_me']);
  const named = await chatting(['Tea Room']);
  named.welcome({ 'tea-room': 0, lobby: 1 });
  expect(named.chat.rooms()).toEqual(['tea-room']);
});

test('a join is kept when it is answered, and asked again on a new line', async () => {
  const { chat, sent, welcome, tell } = await chatting();
  welcome({ lobby: 0 });
  const joining = chat.join('Tea Room', { create: true });
  const frame = { action: 'join', room: 'tea-room', create: true };
  expect(asked(sent, 'join')).toEqual([frame]);
  welcome({ lobby: 0 });
  expect(asked(sent, 'join')).toEqual([frame, frame]);
  tell({ type: 'joined', room: 'tea-room', head: 4 });
  expect((await joining).name).toBe('tea-room');
  expect(chat.rooms()).toContain('tea-room');
});

test('a join that is refused rejects by the name of the code', async () => {
  const { chat, welcome, tell } = await chatting();
  welcome({ lobby: 0 });
  const joining = chat.join('den');
  tell({ type: 'error', ref: null, code: 'NoSuchRoom', retry: false, afterMs: 0, message: 'No.' });
  await expect(joining).rejects.toMatchObject({ name: 'NoSuchRoom' });
  expect(chat.rooms()).toEqual(['lobby']);
});

test('a refusal of something else, asked of a room that was left meanwhile, refuses no join', async () => {
  const { chat, welcome, tell } = await chatting();
  welcome({ lobby: 0 });
  const joining = chat.join('tea');
  const error = { type: 'error', ref: null, retry: false, afterMs: 0, message: 'No.' };
  tell({ ...error, code: 'NotInRoom' });
  tell({ type: 'joined', room: 'tea', head: 0 });
  expect((await joining).name).toBe('tea');
  const inviting = chat.invite('tea', 'u_a');
  tell({ ...error, code: 'NotInRoom' });
  await expect(inviting).rejects.toMatchObject({ name: 'NotInRoom' });
});

test('who is invited is asked, here or by a later welcome, and joins nothing by themselves', async () => {
  const { chat, sent, welcome, tell } = await chatting();
  const asks: object[] = [];
  chat.on('invited', (invitation) => asks.push(invitation));
  welcome({ lobby: 0, tea: 0 });
  tell({ type: 'invited', room: 'den', userId: ME, by: 'u_a' });
  tell({ type: 'invited', room: 'tea', userId: ME, by: 'u_a' });
  tell({ type: 'invited', room: 'tea', userId: 'u_b', by: '' });
  const waiting = { here: {}, invitations: [{ room: 'attic', by: 'u_a' }] };
  tell({ type: 'welcome', userId: ME, nickname: 'me', heads: {}, leaseMs: 0, ...waiting });
  await settled();
  expect(asks).toEqual([
    { room: 'den', by: 'u_a' },
    { room: 'attic', by: 'u_a' },
  ]);
  expect(asked(sent, 'join')).toEqual([]);
});

test('one who joined elsewhere follows here; one who left or was removed is out', async () => {
  const { chat, sent, welcome, tell } = await chatting();
  const heard: string[][] = [];
  chat.on('rooms', (rooms) => heard.push(rooms));
  welcome({ lobby: 0 });
  tell({ type: 'joined', room: 'den', head: null });
  tell({ type: 'joined', room: 'den', head: 0 });
  tell({ type: 'joined', room: 'tea', head: null });
  tell({ type: 'joined', room: 'tea', head: 0 });
  await settled();
  const follows = ['den', 'tea'].map((room) => ({ action: 'join', room, follow: true }));
  expect(asked(sent, 'join')).toEqual(follows);
  tell({ type: 'removed', room: 'den', userId: 'u_other' });
  tell({ type: 'removed', room: 'den', userId: ME });
  tell({ type: 'left', room: 'tea' });
  expect(heard.map((rooms) => rooms.length)).toEqual([2, 3, 2, 1]);
});

test('what was joined elsewhere and left since is not entered; whoever leaves here asks nothing more', async () => {
  const { chat, sent, welcome, tell } = await chatting();
  welcome({ lobby: 0, den: 0 });
  tell({ type: 'joined', room: 'tea', head: null });
  tell({ type: 'left', room: 'tea', follow: true });
  const leaving = chat.leave('den');
  tell({ type: 'left', room: 'den' });
  await leaving;
  tell({ type: 'left', room: 'den' });
  expect(chat.rooms()).toEqual(['lobby']);
  expect(asked(sent, 'join')).toEqual([{ action: 'join', room: 'tea', follow: true }]);
});

test('an invitation that is declined elsewhere, or taken back, is news; what is left or followed is none', async () => {
  const { chat, welcome, tell } = await chatting();
  const heard: string[] = [];
  chat.on('uninvited', (room) => heard.push(room));
  welcome({ lobby: 0, tea: 0, den: 0 });
  tell({ type: 'left', room: 'attic' });
  tell({ type: 'removed', room: 'pit', userId: ME });
  tell({ type: 'removed', room: 'yard', userId: 'u_other' });
  tell({ type: 'left', room: 'tea' });
  tell({ type: 'left', room: 'tea', follow: true });
  tell({ type: 'removed', room: 'den', userId: ME });
  expect(heard).toEqual(['attic', 'pit']);
});

test('one who was removed hears from which room, once; whoever else was is nobody’s news', async () => {
  const { chat, welcome, tell } = await chatting();
  const heard: string[] = [];
  chat.on('removed', (room) => heard.push(room));
  welcome({ lobby: 0, den: 3 });
  tell({ type: 'removed', room: 'den', userId: 'u_other' });
  tell({ type: 'removed', room: 'den', userId: ME });
  tell({ type: 'removed', room: 'den', userId: ME });
  expect(heard).toEqual(['den']);
});

test('what one is in a room is known from when it was joined until it is left', async () => {
  const { chat, welcome, tell } = await chatting();
  const known = (room: string) => [chat.visibility(room), chat.role(room)];
  expect(known('lobby')).toEqual([undefined, undefined]);
  welcome({ lobby: 0 });
  tell({ type: 'joined', room: 'den', head: 0, visibility: 'private', role: 'owner' });
  expect([known('den'), known('lobby')]).toEqual([
    ['private', 'owner'],
    ['public', 'member'],
  ]);
  tell({ type: 'left', room: 'den' });
  expect(known('den')).toEqual([undefined, undefined]);
});

test('the welcome tells what one is in rooms that were joined elsewhere, and it is so when they are told', async () => {
  const { chat, welcome } = await chatting();
  const heard: unknown[] = [];
  chat.on('rooms', () => heard.push(chat.role('den')));
  const heads = { lobby: 0, den: 1, attic: 0, constructor: 0, 'dm:u_a:u_me': 1 };
  welcome(heads, { private: { den: 'owner', attic: 'member' } });
  expect(heard).toContain('owner');
  expect(Object.keys(heads).map(chat.visibility)).toEqual([
    ...['public', 'private', 'private', 'public'],
    undefined,
  ]);
  expect(Object.keys(heads).map(chat.role)).toEqual([
    ...['member', 'owner', 'member', 'member'],
    undefined,
  ]);
  welcome({ lobby: 0 });
  expect([chat.visibility('den'), chat.role('den')]).toEqual([undefined, undefined]);
});

test.each([
  [{ visibility: 'private', role: 'owner' }, 'private', 'owner'],
  [{ visibility: 'private', role: 'king' }, 'private', undefined],
  [{ visibility: 'secret', role: 'member' }, undefined, 'member'],
  [{}, undefined, undefined],
])('a join that says %j tells %j and %j', (said, visibility, role) => {
  const frame = readFrame(JSON.stringify({ type: 'joined', room: 'den', head: 1, ...said }));
  expect(frame).toEqual({
    ...{ type: 'joined', room: 'den', head: 1 },
    ...(visibility === undefined ? {} : { visibility }),
    ...(role === undefined ? {} : { role }),
  });
});

test.each([null, 'x', [], { den: 'king', tea: { toString: 1 } }])(
  'of a welcome’s private rooms %j nothing is believed',
  (said) => {
    const frame = readFrame(JSON.stringify({ type: 'welcome', heads: {}, private: said }));
    expect(frame).toMatchObject({ type: 'welcome', private: {} });
    expect(frame && 'private' in frame ? frame.private : undefined).toEqual({});
  },
);

test('rooms that one is no longer in when the line is back are gone, and told once', async () => {
  const { chat, welcome } = await chatting();
  const [heard, lost]: [string[][], string[][]] = [[], []];
  chat.on('lost', (rooms) => lost.push(rooms));
  welcome({ lobby: 0, den: 3, tea: 0, attic: 1, 'dm:u_a:u_me': 1 });
  chat.on('rooms', (rooms) => heard.push(rooms));
  welcome({ lobby: 0, tea: 0 });
  expect(heard.at(-1)).toEqual(['lobby', 'tea', 'dm:u_a:u_me']);
  expect(lost).toEqual([['den', 'attic']]);
  welcome({ lobby: 0, tea: 0 });
  welcome({ lobby: 0 });
  expect(lost).toEqual([['den', 'attic'], ['tea']]);
  welcome({});
  expect(chat.rooms()).toEqual(['lobby', 'dm:u_a:u_me']);
});

test('a room that is called as an object’s own property is a room like any other', async () => {
  const { chat, welcome, tell } = await chatting();
  welcome({ lobby: 0, constructor: 0 });
  const words: string[] = [];
  const room = chat.room('constructor');
  room.on('arrived', ({ text }) => words.push(text));
  tell(said('constructor', 1, 'u_a'));
  tell({ type: 'pong', heads: { constructor: 1 }, present: {} });
  expect([chat.rooms(), words, room.count()]).toEqual([['lobby', 'constructor'], ['psst'], 0]);
  welcome({ lobby: 0 });
  expect(chat.rooms()).toEqual(['lobby']);
});

test('who is written to finds the conversation, and answers the person', async () => {
  const { chat, sent, welcome, tell } = await chatting();
  welcome({ lobby: 0 });
  tell(said('dm:u_a:u_me', 1, 'u_a'));
  expect(chat.rooms()).toEqual(['lobby', 'dm:u_a:u_me']);
  tell(said('elsewhere', 1, 'u_a'));
  expect(chat.rooms()).toHaveLength(2);
  await chat.direct('u_a').say('hello');
  expect(asked(sent, 'sendmessage')).toMatchObject([{ to: 'u_a', message: 'hello' }]);
});

test('a throttled question is asked again after the time it was told', () => {
  const { clock, pass } = fakeClock();
  const sent: object[] = [];
  const doorway = createDoorway({
    clock,
    fraction: () => 0.5,
    send: (frame) => sent.push(frame) > 0,
  });
  doorway.line(true);
  void doorway.ask({ action: 'rooms' }, 'rooms');
  const more = { message: '', ref: null, type: 'error' as const };
  doorway.refused({ ...more, code: 'RateLimited', retry: true, afterMs: 500 });
  pass(499);
  expect(sent).toHaveLength(1);
  pass(1);
  expect(sent).toHaveLength(2);
});

test('public rooms are asked for by how they begin, and another tab’s answer is none', async () => {
  const { chat, sent, welcome, tell } = await chatting();
  welcome({ lobby: 0 });
  const all = chat.publicRooms();
  tell({
    type: 'rooms',
    rooms: [{ room: 'zoo', title: 'zoo' }],
    prefix: '',
    after: '',
    more: true,
  });
  expect(await all).toMatchObject({ rooms: [{ room: 'zoo' }], more: true });
  const some = chat.publicRooms({ prefix: ' Tea ', after: 'tea-2' });
  const among = { prefix: 'tea', after: 'tea-2' };
  expect(asked(sent, 'rooms')).toEqual([{ action: 'rooms' }, { action: 'rooms', ...among }]);
  tell({ type: 'rooms', rooms: [], prefix: 'te', after: '', more: false });
  tell({ type: 'rooms', rooms: [{ room: 'team', title: 'team' }], ...among, more: false });
  expect(await some).toMatchObject({ rooms: [{ room: 'team' }], more: false });
});

test.each([
  ['', 'NameEmpty'],
  ['x'.repeat(64), null],
  ['x'.repeat(65), 'NameTooLong'],
  ['\u{20BB7}'.repeat(64), null],
  ['?'.repeat(65), 'NameTooLong'],
  ['-tea', 'NameMalformed'],
  ['tea?', 'NameMalformed'],
])('%j has its own problem: %j', (folded, problem) => {
  expect(roomNameProblem(folded)).toBe(problem);
});

test('names are what they are on the server', () => {
  const names = [
    'Tea Room',
    ' ＴＥＡ ',
    'ﬁne',
    'İ',
    'हिन्दी',
    'ไทย น้ำ',
    'می\u200cخواهم',
    'te\u200da',
  ];
  for (const typed of [...names, `z${'\u0316'.repeat(5)}`, '\u0301a', '', 'x'.repeat(65)]) {
    const room = foldRoom(typed);
    expect(room).toBe(serverRoom.foldRoom(typed));
    expect([typed, isRoomName(room)]).toEqual([typed, serverRoom.isRoomName(room)]);
  }
  const room = directRoom('u_b', 'u_a');
  expect(room).toBe(server.directRoom('u_a', 'u_b'));
  expect([isDirect(room), partnerOf(room, 'u_a'), partnerOf(room, 'u_b')]).toEqual([
    true,
    'u_b',
    'u_a',
  ]);
});
