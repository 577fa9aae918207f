// Proves that two devices of one user agree with the server on who is in a room, however late and in whatever order the bus tells.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { connect } from '../../front/src/core/chat.js';
import { fakeClock, settled } from './workbench.ts';

const ME = 'u_me';
const DEVICES = [0, 1];
type Frame = Record<string, unknown>;

/** One user's devices before one server that takes requests, and delivers answers and what the bus tells, when it is told to. */
async function world() {
  const waiting: (() => void)[] = [];
  const truth = { isIn: false, hears: [false, false], joins: 0 };
  const ears: ((frame: Frame) => void)[] = [];
  const answer = (device: number, frame: Frame) => waiting.push(() => ears[device]?.(frame));
  const tell = (frame: Frame) => DEVICES.forEach((device) => void answer(device, frame));

  function take(device: number, { action, follow }: Frame) {
    const about = { room: 'tea', visibility: 'public' };
    if (action === 'leave') {
      Object.assign(truth, { isIn: false, hears: [false, false] });
      answer(device, { type: 'left', room: 'tea' });
      tell({ type: 'left', room: 'tea' });
    } else if (action === 'join' && follow === true && !truth.isIn) {
      answer(device, { type: 'left', room: 'tea', follow: true });
    } else if (action === 'join') {
      if (follow !== true) Object.assign(truth, { isIn: true, joins: truth.joins + 1 });
      truth.hears[device] = true;
      answer(device, { type: 'joined', ...about, head: 0 });
      if (follow !== true) tell({ type: 'joined', ...about, head: null });
    }
  }

  const status = { state: 'live', retryAt: null, online: true, reason: null, leads: true } as const;
  const idle = () => {};
  const chats = DEVICES.map((device) =>
    connect({
      url: 'ws://chat',
      ports: {
        ...{ clock: fakeClock().clock, fraction: () => 0 },
        line: ({ changed, heard }) => {
          ears[device] = (frame) => heard(frame as never);
          return {
            ...{ start: () => changed(status), stop: idle, tryNow: idle, useHere: idle },
            ...{ wake: idle, visible: idle, distrust: idle, nudge: idle, status: () => status },
            send: (frame: object) => waiting.push(() => take(device, frame as Frame)) > 0,
          };
        },
      },
    }),
  );
  await settled();
  for (const hear of ears)
    hear({
      type: 'welcome',
      userId: ME,
      nickname: 'me',
      heads: { lobby: 0 },
      here: {},
      leaseMs: 0,
    });
  return { chats, waiting, truth };
}

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ go: fc.nat() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      device: fc.constantFrom(...DEVICES),
      wish: fc.constantFrom('join' as const, 'leave' as const),
    }),
  },
);

test('whoever joins and leaves on two devices is in the end where the server has them', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 30 }),
      fc.infiniteStream(fc.nat()),
      async (steps, rest) => {
        const { chats, waiting, truth } = await world();
        const go = (at: number) => waiting.splice(at % Math.max(1, waiting.length), 1)[0]?.();
        const asked: Promise<unknown>[] = [];
        for (const one of steps) {
          if ('go' in one) go(one.go);
          else asked.push(Promise.resolve(chats[one.device]?.[one.wish]('tea')).catch(() => {}));
          await settled();
        }
        for (let left = 500; waiting.length > 0; left -= 1) {
          if (left === 0) throw new Error('They ask each other without end.');
          go(rest.next().value);
          await settled();
        }
        await Promise.all(asked);
        const { isIn } = truth;
        expect(chats.map((chat) => chat.rooms().includes('tea'))).toEqual([isIn, isIn]);
        expect(truth.hears).toEqual([isIn, isIn]);
        // Nobody joins but who wishes to: what is left comes back by nobody else's doing.
        const wishes = steps.filter((one) => 'wish' in one && one.wish === 'join');
        expect(truth.joins).toBe(wishes.length);
      },
    ),
    { numRuns: Number(process.env.ROOMS_RUNS ?? 200) },
  );
});
