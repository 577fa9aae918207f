// Proves what the side lists and what a link may ask for: order, names, people met, and rooms only.
import { describe, expect, test } from '@jest/globals';
import { createAcquaintances } from '../../front/src/core/acquaintances.js';
import { roomEntries, titleOf } from '../../front/src/core/room-entries.js';
import { hashOfRoom, roomOfHash } from '../../front/src/core/room-hash.js';

const words = { lobby: 'Lobby', theLobby: 'the lobby', someone: 'Someone' };
const nobody = () => null;
const NONE = { count: 0, mentions: 0 };

describe('the hash of a link', () => {
  test.each(['tea', 'été', 'dm:u_a:u_b', 'a&b=c', '100%'])('brings %j back as it was', (room) => {
    expect(roomOfHash(hashOfRoom(room))).toBe(room);
  });

  test('is folded as the server folds what is typed', () => {
    expect(roomOfHash('#room=Tea Time')).toBe('tea-time');
  });

  test.each(['', '#', '#message', '#room=', '#room=%20', '#websocket=wss://evil.example/'])(
    '%j names no room',
    (hash) => {
      expect(roomOfHash(hash)).toBeNull();
    },
  );
});

describe('the list', () => {
  const list = (rooms: string[], nameOf: (userId: string) => string | null = nobody) =>
    roomEntries({
      rooms,
      nameOf,
      current: 'tea',
      me: 'u_me',
      online: new Set(['u_ada']),
      isPrivate: (room) => room === 'den',
      unread: () => NONE,
      isStuck: (room) => room === 'den',
      words,
      locale: 'en',
    });

  test('has the lobby first, rooms by name, then direct conversations as they came', () => {
    const rooms = ['zoo', 'dm:u_me:u_zed', 'Ärger', 'lobby', 'dm:u_ada:u_me', 'tea'];
    expect(list(rooms).map(({ room }) => room)).toEqual([
      'lobby',
      'Ärger',
      'tea',
      'zoo',
      'dm:u_me:u_zed',
      'dm:u_ada:u_me',
    ]);
  });

  test('marks the open one, and knows who is there', () => {
    const entries = list(['lobby', 'tea', 'dm:u_ada:u_me', 'dm:u_me:u_zed']);
    expect(entries.filter(({ isCurrent }) => isCurrent).map(({ room }) => room)).toEqual(['tea']);
    expect(entries.map(({ partner }) => partner?.online)).toEqual([
      undefined,
      undefined,
      true,
      false,
    ]);
  });

  test('tells which room is private, as far as that is known', () => {
    const entries = list(['lobby', 'den', 'tea', 'dm:u_ada:u_me']);
    expect(entries.filter(({ isPrivate }) => isPrivate).map(({ room }) => room)).toEqual(['den']);
  });

  test('tells in which room something was not sent', () => {
    const entries = list(['lobby', 'den', 'dm:u_ada:u_me']);
    expect(entries.filter(({ isStuck }) => isStuck).map(({ room }) => room)).toEqual(['den']);
  });

  test('shows a name without what is invisible in it, and somebody never met as someone', () => {
    const nameOf = (userId: string) => (userId === 'u_ada' ? '\u202eAda' : null);
    expect(list(['dm:u_ada:u_me', 'dm:u_me:u_zed'], nameOf).map(({ title }) => title)).toEqual([
      'Ada',
      'Someone',
    ]);
  });
});

test('a room is called one way over the conversation and another in a sentence', () => {
  const isPrivate = (room: string) => room === 'den';
  const called = (room: string) => titleOf(room, { me: 'u_me', nameOf: nobody, isPrivate, words });
  expect(called('lobby')).toEqual({ head: 'Lobby', to: 'the lobby', isPrivate: false });
  expect(called('tea')).toEqual({ head: '#tea', to: '#tea', isPrivate: false });
  expect(called('den')).toEqual({ head: 'den', to: 'den', isPrivate: true });
});

describe('who was met', () => {
  const slotWith = (kept: unknown) => {
    let value = kept;
    return {
      read: () => value,
      write: (next: unknown) => {
        value = next;
      },
    };
  };

  test('is known by the last name, after a reload too, and the last met comes first', () => {
    const slot = slotWith(null);
    const before = createAcquaintances(slot);
    expect(
      before.meet([
        { userId: 'a', nickname: 'Ada' },
        { userId: 'b', nickname: 'Ben' },
      ]),
    ).toBe(true);
    expect(before.meet([{ userId: 'a', nickname: 'Ada' }])).toBe(false);
    expect(before.meet([{ userId: 'a', nickname: 'Ada L.' }])).toBe(true);
    expect(createAcquaintances(slot).all()).toEqual([
      { userId: 'a', nickname: 'Ada L.' },
      { userId: 'b', nickname: 'Ben' },
    ]);
  });

  test.each([[{}], ['x'], [[['a']]], [[[1, 2]]], [[null]]])(
    'is nobody when %j was kept',
    (kept) => {
      expect(createAcquaintances(slotWith(kept)).all()).toEqual([]);
    },
  );

  test('is at most 200 people in storage', () => {
    const slot = slotWith(null);
    const people = Array.from({ length: 250 }, (_, n) => ({ userId: `u${n}`, nickname: `N${n}` }));
    createAcquaintances(slot).meet(people);
    expect(createAcquaintances(slot).all()).toHaveLength(200);
    expect(createAcquaintances(slot).nameOf('u249')).toBe('N249');
  });
});
