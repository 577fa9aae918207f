// Break the line anywhere, any time: every screen ends up the same, complete, once. The product's own clients on this machine.
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { agree, everybodyLeaves, joinLive, type Member, until } from '../delivery/member.ts';
import { DROP, type Frame } from '../delivery/proxy.ts';
import { type LocalRuntime, startLocal } from './runtime.ts';
import { connectionRows, eventually, storedMessages } from './stored.ts';

let chat: LocalRuntime;
let rooms = 0;
/** A room that no other test speaks in. */
const freshRoom = () => {
  rooms += 1;
  return `room${rooms}`;
};

beforeAll(async () => {
  chat = await startLocal();
});
afterEach(everybodyLeaves);
afterAll(() => chat.stop());

const three = (room: string) => {
  const one = () => joinLive(chat.websocket, room);
  return Promise.all([one(), one(), one()]);
};
const storedTimes = async (messageId: string) =>
  (await storedMessages(chat.aws)).filter((one) => one.messageId === messageId).length;
const isDown = (name: string) => (frame: Frame) => frame.way === 'down' && frame.name === name;
const isMessage = isDown('message');

describe('a message whose answers are lost after the commit', () => {
  test('I1, I2, I11: is sent again under its id, stored once, told once, and ticks', async () => {
    const room = freshRoom();
    const [ann, bob] = await Promise.all([
      joinLive(chat.websocket, room),
      joinLive(chat.websocket, room),
    ]);
    const sendings = () => ann.proxy.seen.filter(({ name }) => name === 'sendmessage').length;
    ann.proxy.rule = (frame) => {
      const isAnswer = isMessage(frame) || isDown('history')(frame);
      return isAnswer && sendings() < 2 ? DROP : undefined;
    };
    const messageId = await ann.says('Did it arrive?');
    const [shown] = await agree([ann, bob], 1);
    expect(shown).toMatchObject({ messageId, text: 'Did it arrive?' });
    expect(sendings()).toBeGreaterThan(1);
    expect(await storedTimes(messageId)).toBe(1);
    expect(bob.proxy.seen.filter(isMessage)).toHaveLength(1);
  });

  test('I10: is pending on its sender’s screen until its own frame comes, whatever `accepted` says', async () => {
    const ann = await joinLive(chat.websocket, freshRoom());
    const { promise, resolve } = Promise.withResolvers<void>();
    ann.proxy.rule = (frame) =>
      isMessage(frame) || isDown('history')(frame) ? { after: promise } : undefined;
    await ann.says('Not yet');
    await until(
      'accepted',
      () => ann.proxy.seen,
      (seen) => seen.some(isDown('accepted')),
    );
    expect(ann.screen().map(({ state }) => state)).toEqual(['pending']);
    resolve();
    await agree([ann], 1);
  });
});

describe('a broadcast that reaches nobody', () => {
  const deaf = (members: Member[]) => {
    for (const { proxy } of members) proxy.rule = (frame) => (isMessage(frame) ? DROP : undefined);
  };
  /** The first may be asked before all was stored. */
  const withinOneHeartbeat = ({ proxy }: Member) => {
    expect(proxy.seen.filter(({ name }) => name === 'ping').length).toBeLessThanOrEqual(2);
    expect(proxy.dials).toBe(1);
  };

  test('I1, I9: every other screen converges within one heartbeat, by the heads of pong', async () => {
    const [ann, bob, cat] = await three(freshRoom());
    deaf([bob, cat]);
    for (const text of ['one', 'two', 'three']) await ann.says(text);
    await agree([ann, bob, cat], 3);
    for (const member of [bob, cat]) withinOneHeartbeat(member);
  });

  test('I1, I9: and so do the senders, although each resend is accepted', async () => {
    const members = await three(freshRoom());
    // The first heartbeat comes at random; from the second on there is a whole one to wait.
    const pongs = () => members.map(({ proxy }) => proxy.seen.some(isDown('pong')));
    await until('the first heartbeats', pongs, (seen) => seen.every(Boolean));
    deaf(members);
    await Promise.all(members.map((member, at) => member.says(`From ${at}`)));
    await agree(members, members.length);
  });
});

describe('frames that repeat, are late and overtake one another', () => {
  test('I2, I5, I6: show once, in one order, each sender’s in the order written', async () => {
    const members = await three(freshRoom());
    let chance = 7;
    for (const { proxy } of members)
      proxy.rule = () => {
        chance = (chance * 48_271) % 2_147_483_647;
        const after = new Promise((done) => setTimeout(done, chance % 300));
        return { times: 1 + (chance % 3), after };
      };
    const said = members.flatMap((member, at) =>
      [0, 1, 2, 3].map((number) => member.says(`${at} ${number}`)),
    );
    await Promise.all(said);
    const list = await agree(members, said.length);
    for (const at of members.keys()) {
      const own = list.filter(({ text }) => text.startsWith(`${at} `)).map(({ text }) => text);
      expect(own).toEqual([0, 1, 2, 3].map((number) => `${at} ${number}`));
    }
  });
});

describe('a line that is cut', () => {
  test.each([
    ['after two hours, with 1001', 1001],
    ['as a torn cable is', undefined],
  ])('I9, I13: everybody is cut %s while they speak, and all screens agree', async (_, code) => {
    const room = freshRoom();
    const members = await three(room);
    const said = members.flatMap((member, at) =>
      [1, 2, 3, 4].map((number) => member.says(`${number} of ${at}`)),
    );
    await until(
      'something sent',
      () => members[0]?.words() ?? [],
      ({ length }) => length > 0,
    );
    for (const { proxy } of members) proxy.cut(code);
    await Promise.all(said);
    await agree(members, said.length);
    for (const { proxy } of members) {
      await until(
        'one connection',
        () => proxy.open,
        (open) => open === 1,
      );
      expect(proxy.dials).toBe(2);
    }
  });

  test('I1, I13: half-open, both ways silent, is noticed, given up and replaced; what was said meanwhile comes', async () => {
    const room = freshRoom();
    const [ann, bob] = await Promise.all([
      joinLive(chat.websocket, room),
      joinLive(chat.websocket, room),
    ]);
    const dials = ann.proxy.dials;
    ann.proxy.rule = () => (ann.proxy.dials === dials ? DROP : undefined);
    await ann.says('From the dead line');
    await bob.says('Are you there?');
    await agree([ann, bob], 2);
    await until(
      'one connection',
      () => ann.proxy.open,
      (open) => open === 1,
    );
  });
});

describe('a `$disconnect` that comes late', () => {
  test('I1, I13: takes nothing from the connection that came after', async () => {
    const [ann, bob] = await three(freshRoom());
    const { promise, resolve } = Promise.withResolvers<void>();
    ann.proxy.lingers = promise;
    ann.proxy.cut();
    await until(
      'the cut',
      () => ann.states,
      (states) => states.includes('waiting'),
    );
    await until(
      'a welcome',
      () => ann.chat.status().state,
      (state) => state === 'live',
    );
    await bob.says('Before it comes');
    await agree([ann, bob], 1);
    resolve();
    const rows = () => connectionRows(chat.aws);
    const ofAnn = (all: string[]) =>
      all.filter((row) => row.startsWith(`topic#user:${ann.chat.me().userId}#`));
    await eventually('one connection', rows, (all) => ofAnn(all).length === 1);
    await bob.says('After it came');
    await agree([ann, bob], 2);
    const heard = ann.proxy.seen.filter(
      (frame) => isMessage(frame) && frame.text.includes('After'),
    );
    expect(heard).toHaveLength(1);
    expect(ann.proxy.dials).toBe(2);
  });
});

describe('a client that was told nothing for long', () => {
  test('I10: what is written without a line is kept and sent when there is one', async () => {
    const room = freshRoom();
    const bob = await joinLive(chat.websocket, room);
    const ann = await joinLive(chat.websocket, room);
    ann.proxy.shut = true;
    ann.proxy.cut();
    await until(
      'the cut',
      () => ann.chat.status().state,
      (state) => state !== 'live',
    );
    for (const text of ['one', 'two', 'three']) await ann.says(text);
    expect(ann.screen().map(({ state }) => state)).toEqual(['pending', 'pending', 'pending']);
    ann.proxy.shut = false;
    await agree([ann, bob], 3);
    expect(ann.words()).toEqual(['one', 'two', 'three']);
  });
});

describe('two clients with one identity', () => {
  test('I13: the newer one replaces the older, which stays away until its user wants it', async () => {
    const room = freshRoom();
    const copied = new Map<string, unknown>();
    const keep = {
      read: (key: string) => copied.get(key) ?? null,
      write: (key: string, value: unknown) => void copied.set(key, value),
    };
    const older = await joinLive(chat.websocket, room, { ports: { keep } });
    const newer = await joinLive(chat.websocket, room, { ports: { keep } });
    await until(
      'replaced',
      () => older.chat.status().state,
      (state) => state === 'replaced',
    );
    await newer.says('Only here');
    await agree([newer], 1);
    expect([older.proxy.dials, newer.proxy.dials]).toEqual([1, 1]);
    older.chat.useHere();
    await until(
      'replaced',
      () => newer.chat.status().state,
      (state) => state === 'replaced',
    );
    await agree([older], 1);
    await until(
      'one line',
      () => [older.proxy.open, newer.proxy.open].join(),
      (open) => open === '1,0',
    );
  });
});
