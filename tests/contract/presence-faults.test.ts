// Ghosts: when no leaving is ever told and events come three times, late and out of order, the lease tells who is here.
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { everybodyLeaves, joinLive, type Member, until } from '../delivery/member.ts';
import { type LocalRuntime, startLocal } from './runtime.ts';

/** The shortest that the template allows; a lease is three of it. */
const PING_S = 5;
const GRACE_S = 1;
const seed = Number(process.env.CONTRACT_SEED ?? 1);
const faults = {
  bus: { copies: 3, delayMs: [0, 500], seed },
  gateway: { loseDisconnects: true, seed },
};
let chat: LocalRuntime;

beforeAll(async () => {
  const parameters = [`PingAfterSeconds=${PING_S}`, `PresenceGraceSeconds=${GRACE_S}`];
  const flags = parameters.flatMap((parameter) => ['--parameter', parameter]);
  chat = await startLocal(['--faults', JSON.stringify(faults), ...flags]);
});
afterEach(everybodyLeaves);
afterAll(() => chat.stop());

const shown = ({ room, chat: { me } }: Member) => ({
  me: me().userId,
  online: room
    .roster()
    .filter(({ online }) => online)
    .map(({ userId }) => userId)
    .toSorted(),
});
const show = (members: Member[], people: Member[]) =>
  until(
    `${people.length} people on ${members.length} screens`,
    () => members.map((member) => shown(member).online.join()),
    (seen) => {
      const live = people.map(({ chat: { me } }) => me().userId);
      return seen.every((online) => online === live.toSorted().join());
    },
    60_000,
  );

test('I12: after whatever was lost, every screen shows exactly who is connected, no ghost outlives its lease, and one that returns is seen to', async () => {
  const kept = new Map<string, unknown>();
  const keep = {
    read: (name: string) => kept.get(name) ?? null,
    write: (name: string, value: unknown) => void kept.set(name, value),
  };
  const hers = { ports: { keep } };
  const [ann, bob, cat] = await Promise.all(
    [{}, {}, hers].map((options) => joinLive(chat.websocket, 'haunted', options)),
  );
  if (!ann || !bob || !cat) throw new Error('Three came');
  await show([ann, bob, cat], [ann, bob, cat]);
  await cat.leaves();
  await show([ann, bob], [ann, bob]);
  const { userId } = cat.chat.me();
  for (const { room } of [ann, bob])
    await until(
      'when she was seen last',
      () => room.roster().find((one) => one.userId === userId),
      (seen) => seen?.online === false && !Number.isNaN(Date.parse(seen.at)),
    );
  const dan = await joinLive(chat.websocket, 'haunted');
  await show([ann, bob, dan], [ann, bob, dan]);
  const again = await joinLive(chat.websocket, 'haunted', hers);
  expect(again.chat.me().userId).toBe(userId);
  await show([ann, bob, dan, again], [ann, bob, dan, again]);
});
