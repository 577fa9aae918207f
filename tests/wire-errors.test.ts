// Every error code of the wire, provoked: what a client can do, on a real socket, which lives on; where a service must fail, in the handler.

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { AwsError } from '../local/endpoint/aws-error.ts';
import { ERRORS, type ErrorCode } from '../shared/src/protocol/errors.ts';
import { LIMITS } from '../shared/src/protocol/limits.ts';
import { type Machine, startMachine } from './browser/machine.ts';
import { startAws, type TestAws } from './product/aws.ts';
import { type Frame, type Line, me, openLine } from './product/line.ts';
import { context, frameIn, handshake, helloEvent, routeEvent } from './product/sample.ts';

let machine: Machine;
let aws: TestAws;
const lines: Line[] = [];

beforeAll(async () => {
  machine = await startMachine();
  aws = await startAws('ConnectFunction', 'HelloFunction', 'SendmessageFunction');
});
afterAll(async () => {
  for (const line of lines) line.cut();
  await aws.stop();
  await machine.stop();
});

const open = async (): Promise<Line> => {
  const line = await openLine(machine.websocket);
  lines.push(line);
  return line;
};
async function greeted(): Promise<Line> {
  const line = await open();
  line.send(somebody());
  await line.hears({ type: 'welcome' });
  return line;
}
/** Somebody new each time: whoever comes too often begins with an empty bucket. */
const somebody = (fields: Frame = {}) =>
  me({ secret: crypto.randomUUID().replaceAll('-', '').padEnd(43, 's'), ...fields });
const say = (fields: Frame = {}) => ({
  action: 'sendmessage',
  messageId: crypto.randomUUID(),
  message: 'hi',
  ...fields,
});

/** What a greeted client sends to be told so. */
const FRAMES: Partial<Record<ErrorCode, unknown>> = {
  BadFrame: 'hello?',
  FrameTooLarge: say({ message: 'x'.repeat(LIMITS.frameBytes) }),
  NoAction: { message: 'hi' },
  UnknownAction: { action: 'dance' },
  BadField: { action: 'history', room: 'lobby', limit: 0 },
  UnsupportedVersion: somebody({ v: 2 }),
  MessageEmpty: say({ message: ' ' }),
  MessageTooLong: say({ message: 'x'.repeat(4_001) }),
  NoSuchRoom: { action: 'join', room: 'elsewhere' },
  NotInRoom: { action: 'history', room: 'elsewhere' },
};

/** Those that need more than a frame from a greeted client: the line, and what it is told. */
const SCENES: Partial<Record<ErrorCode, () => Promise<[Line, unknown]>>> = {
  async HelloFirst() {
    const line = await open();
    line.send(say());
    const told = await line.hears({ type: 'error' });
    line.send(somebody());
    await line.hears({ type: 'welcome' });
    return [line, told];
  },
  async ConnectionTaken() {
    const line = await greeted();
    line.send(somebody());
    return [line, await line.hears({ type: 'error' })];
  },
  async MessageIdReused() {
    const line = await greeted();
    const first = say({ message: 'one' });
    line.send(first);
    await line.hears({ type: 'message', messageId: first.messageId });
    line.send({ ...first, message: 'two' });
    return [line, await line.hears({ type: 'error', ref: first.messageId })];
  },
  async Forbidden() {
    const line = await greeted();
    line.send({ action: 'join', room: 'tea', create: true });
    await line.hears({ type: 'joined', room: 'tea' });
    line.send({ action: 'remove', room: 'tea', userId: 'u_a' });
    return [line, await line.hears({ type: 'error' })];
  },
  async NoSuchUser() {
    const line = await greeted();
    line.send({ action: 'join', room: 'tea', create: true });
    await line.hears({ type: 'joined', room: 'tea' });
    line.send({ action: 'invite', room: 'tea', userId: 'u_nobody' });
    return [line, await line.hears({ type: 'error' })];
  },
  async TooManyRooms() {
    const line = await open();
    line.send(somebody({ rooms: Array.from({ length: 50 }, (_, at) => `r${at}`) }));
    await line.hears({ type: 'welcome' });
    line.send({ action: 'join', room: 'one-more', create: true });
    return [line, await line.hears({ type: 'error' })];
  },
  async TooManyInvitations() {
    const guest = await greeted();
    const { userId } = await guest.hears({ type: 'welcome' });
    const line = await greeted();
    for (const room of ['one', 'two', 'three', 'four']) {
      line.send({ action: 'join', room, create: true });
      await line.hears({ type: 'joined', room });
      line.send({ action: 'invite', room, userId });
      if (room !== 'four') await line.hears({ type: 'invited', room });
    }
    return [line, await line.hears({ type: 'error' })];
  },
  async TooManyRenames() {
    const line = await greeted();
    await line.hears({ type: 'welcome' });
    for (let at = 0; at < LIMITS.renames + 3; at += 1) {
      line.send({ action: 'nickname', nickname: `Somebody ${at}0` });
      // The bucket holds ten with the hello; then two come back a second.
      if (at > 7) await new Promise((done) => setTimeout(done, 600));
    }
    return [line, await line.hears({ type: 'error', code: 'TooManyRenames' })];
  },
  async NicknameTaken() {
    const first = await open();
    first.send(me({ secret: 'a'.repeat(43), nickname: 'Ada' }));
    await first.hears({ type: 'welcome' });
    const line = await greeted();
    line.send({ action: 'nickname', nickname: 'ADA' });
    return [line, await line.hears({ type: 'error' })];
  },
  async RateLimited() {
    const line = await greeted();
    for (let n = 0; n < 40; n += 1) line.send({ action: 'ping', n: 100 + n });
    return [line, await line.hears({ type: 'error' })];
  },
};

/** Those that no client can bring about: a row that has expired, services that fail. */
const FAILURES: Partial<Record<ErrorCode, () => Promise<unknown>>> = {
  async NotConnected() {
    const { handler } = await import('../api/src/routes/hello.ts');
    return frameIn(await handler(helloEvent('nobody='), context()));
  },
  async Busy() {
    const { handler: connect } = await import('../api/src/routes/connect.ts');
    const { handler } = await import('../api/src/routes/sendmessage.ts');
    await connect(handshake('plain=', {}), context());
    aws.script.events = () => ({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'Throttled' }] });
    return frameIn(await handler(routeEvent('sendmessage', { connectionId: 'plain=' }), context()));
  },
  async Internal() {
    const { handler } = await import('../api/src/routes/hello.ts');
    aws.script.dynamodb = () => new AwsError('AccessDeniedException', 'no');
    return frameIn(await handler(helloEvent('c1='), context()));
  },
};

/** Those of a stack where people sign in, which this is none of: provoked in tests/contract/oidc.test.ts. */
const SIGN_IN: ErrorCode[] = ['BadToken', 'AuthExpired'];
const CODES = (Object.keys(ERRORS) as ErrorCode[]).filter((code) => !SIGN_IN.includes(code));

const sent = (frame: unknown) => async (): Promise<[Line, unknown]> => {
  const line = await greeted();
  line.send(frame);
  return [line, await line.hears({ type: 'error' })];
};

/** Asked again until it answers: who was told to be slower has to wait for a token. */
async function answers(line: Line): Promise<void> {
  const ask = () => line.send({ action: 'ping', n: 7 });
  ask();
  const again = setInterval(ask, 700);
  expect(await line.hears({ type: 'pong', n: 7 })).toMatchObject({ n: 7 });
  clearInterval(again);
}

describe('a sender is told', () => {
  test.each(CODES)('%s, and can go on', async (code) => {
    const logged = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const { retry, afterMs } = ERRORS[code];
    // How long until the next token comes, nobody can say beforehand.
    const after = code === 'RateLimited' ? expect.any(Number) : afterMs;
    const told = { type: 'error', code, retry, afterMs: after };
    const failure = FAILURES[code];
    if (failure === undefined) {
      const [line, frame] = await (SCENES[code] ?? sent(FRAMES[code]))();
      expect(frame).toMatchObject(told);
      await answers(line);
    } else {
      expect(await failure()).toMatchObject(told);
    }
    logged.mockRestore();
  });
});
