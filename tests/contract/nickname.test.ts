// Nicknames: one that changes is on every screen at once and shared by one's devices; a taken one comes with another that works.
import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { everybodyLeaves, joinLive, type Member, until } from '../delivery/member.ts';
import { type LocalRuntime, startLocal } from './runtime.ts';

const seed = Number(process.env.CONTRACT_SEED ?? 1);
const faults = {
  bus: { copies: 3, delayMs: [0, 300], seed },
  gateway: { loseDisconnects: true, seed },
};

/** A device: what it keeps, with the secret that makes it its user's. */
function device(secret = randomBytes(32).toString('base64url')) {
  const values = new Map<string, unknown>([['secret', secret]]);
  const keep = {
    read: (key: string) => values.get(key) ?? null,
    write: (key: string, value: unknown) => void values.set(key, value),
  };
  return { secret, ports: { keep } };
}

describe.each([
  ['this machine', []],
  ['this machine with faults', ['--faults', JSON.stringify(faults)]],
])('on %s', (_, flags) => {
  let chat: LocalRuntime;
  let rooms = 0;
  beforeAll(async () => {
    chat = await startLocal(flags);
  });
  afterEach(everybodyLeaves);
  afterAll(() => chat.stop());

  const freshRoom = () => {
    rooms += 1;
    return `names${rooms}`;
  };
  /** Names differ from test to test: claims outlive who made them. */
  const fresh = (name: string) => `${name} ${rooms}`;
  const comes = (room: string, nickname?: string, on = device()): Promise<Member> =>
    joinLive(chat.websocket, room, {
      ports: on.ports,
      ...(nickname === undefined ? {} : { nickname }),
    });
  const shown = ({ room }: Member) => room.roster().map(({ nickname }) => nickname);
  const shows = (member: Member, nickname: string) =>
    until(
      `${nickname} on a screen`,
      () => shown(member),
      (names) => names.includes(nickname),
    );
  const goesBy = (member: Member, nickname: string) =>
    until(
      `to go by ${nickname}`,
      () => member.chat.me().nickname,
      (name) => name === nickname,
    );

  test('one that changes is shown to others at once, in rosters and on what is said next; what was said keeps its own', async () => {
    const room = freshRoom();
    const ada = await comes(room, fresh('Ada'));
    const bob = await comes(room, fresh('Bob'));
    await shows(bob, fresh('Ada'));
    const news: string[] = [];
    bob.chat.on('nickname', ({ nickname }) => news.push(nickname));
    await ada.says('before');
    await until(
      'the first',
      () => bob.words(),
      (words) => words.includes('before'),
    );
    expect(await ada.chat.setNickname(fresh('Countess'))).toEqual({ nickname: fresh('Countess') });
    await shows(bob, fresh('Countess'));
    expect(shown(bob)).not.toContain(fresh('Ada'));
    expect(news).toEqual([fresh('Countess')]);
    await ada.says('after');
    await until(
      'the second',
      () => bob.words(),
      (words) => words.includes('after'),
    );
    expect(bob.screen().map(({ text, nickname }) => [text, nickname])).toEqual([
      ['before', fresh('Ada')],
      ['after', fresh('Countess')],
    ]);
    const late = await comes(room, fresh('Late'));
    await until(
      'history',
      () => late.words(),
      (words) => words.length === 2,
    );
    expect(late.screen().map(({ nickname }) => nickname)).toEqual([
      fresh('Ada'),
      fresh('Countess'),
    ]);
    await shows(late, fresh('Countess'));
  });

  test('one that is taken is refused with another that works, and stays its owner’s', async () => {
    const room = freshRoom();
    const ada = await comes(room, fresh('Ada'));
    const bob = await comes(room, fresh('Bob'));
    const refused = await bob.chat.setNickname(fresh('ADA')).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      name: 'NicknameTaken',
      suggestion: expect.stringMatching(/-\d{4}$/),
    });
    const { suggestion } = refused as { suggestion: string };
    expect(bob.chat.me().nickname).toBe(fresh('Bob'));
    await bob.chat.setNickname(suggestion);
    await shows(ada, suggestion);
    expect(ada.chat.me().nickname).toBe(fresh('Ada'));
  });

  test('one that is given up is free for others', async () => {
    const room = freshRoom();
    const ada = await comes(room, fresh('Ada'));
    const bob = await comes(room, fresh('Bob'));
    await ada.chat.setNickname(fresh('Countess'));
    await bob.chat.setNickname(fresh('Ada'));
    for (const member of [ada, bob])
      await until(
        'both by their new names',
        () => shown(member).toSorted().join(),
        (names) => names === [fresh('Ada'), fresh('Countess')].join(),
      );
  });

  test('of a user is the same on two devices, whichever changes it, and after a reload', async () => {
    const room = freshRoom();
    const phone = device();
    const laptop = device(phone.secret);
    const one = await comes(room, fresh('Ada'), phone);
    const other = await comes(room, undefined, laptop);
    expect(other.chat.me().nickname).toBe(fresh('Ada'));
    await one.chat.setNickname(fresh('Countess'));
    await goesBy(other, fresh('Countess'));
    await other.chat.setNickname(fresh('Byron'));
    await goesBy(one, fresh('Byron'));
    expect(shown(one)).toEqual([fresh('Byron')]);
    await other.leaves();
    await one.chat.setNickname(fresh('Lovelace'));
    const again = await comes(room, undefined, laptop);
    await goesBy(again, fresh('Lovelace'));
    await again.says('it is me');
    await until(
      'the words',
      () => one.words(),
      (words) => words.length === 1,
    );
    expect(one.screen()[0]?.nickname).toBe(fresh('Lovelace'));
  });

  test('two devices that change at once agree, and so does everybody else', async () => {
    const room = freshRoom();
    const phone = device();
    const one = await comes(room, fresh('Ada'), phone);
    const other = await comes(room, undefined, device(phone.secret));
    const bob = await comes(room, fresh('Bob'));
    await Promise.all([
      one.chat.setNickname(fresh('Countess')),
      other.chat.setNickname(fresh('Byron')),
    ]);
    const names = () => [
      one.chat.me().nickname,
      other.chat.me().nickname,
      ...shown(bob).filter((name) => name !== fresh('Bob')),
    ];
    const [agreed] = await until('one name', names, (seen) => new Set(seen).size === 1);
    expect([fresh('Countess'), fresh('Byron')]).toContain(agreed);
    await one.says('who am I?');
    await until(
      'the words',
      () => bob.words(),
      (words) => words.length === 1,
    );
    expect(bob.screen()[0]?.nickname).toBe(agreed);
  });

  test('of a guest is asked for by nobody', async () => {
    const room = freshRoom();
    const ada = await comes(room);
    const bob = await comes(room, ada.chat.me().nickname);
    expect(bob.chat.me().nickname).not.toBe(ada.chat.me().nickname);
    await expect(bob.chat.setNickname('Guest-0000')).rejects.toMatchObject({
      name: 'NicknameTaken',
      suggestion: expect.stringMatching(/^somebody-\d{4}$/),
    });
  });

  test('a sixth device is let in, and the first of the six hears that it was replaced', async () => {
    const room = freshRoom();
    const { secret } = device();
    const devices: Member[] = [];
    for (let at = 0; at < 6; at += 1) devices.push(await comes(room, undefined, device(secret)));
    const states = () => devices.map(({ chat: { status } }) => status().state);
    await until('an end', states, ([first]) => first === 'replaced');
    expect(states()).toEqual(['replaced', 'live', 'live', 'live', 'live', 'live']);
  });
});
