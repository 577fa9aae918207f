// Who may do what before saying who they are: a table of every action, from every kind of connection.

import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { startAws, type TestAws } from '../../tests/product/aws.ts';
import { EVERY_ACTION } from '../../tests/product/every-action.ts';
import { context, frameIn, routeEvent } from '../../tests/product/sample.ts';
import { Refused } from './protocol/errors.ts';
import type { Action } from './protocol/frames.ts';
import { ACTIONS } from './protocol/parse.ts';
import type { Connection } from './store/connections.ts';

let aws: TestAws;
let createConnection: typeof import('./store/connections.ts').createConnection;
let routeHandler: typeof import('./route.ts').routeHandler;

beforeAll(async () => {
  aws = await startAws('PingFunction');
  ({ createConnection } = await import('./store/connections.ts'));
  ({ routeHandler } = await import('./route.ts'));
});
afterAll(() => aws.stop());
beforeEach(() => aws.reset());

/** `done`, or the code of the refusal. */
async function answerTo(action: Action, more: object, from: Partial<Connection>): Promise<unknown> {
  const connectionId = 'c1=';
  const who = { connectionId, userId: 'u_1', nickname: 'Ada' };
  await createConnection({ ...who, protocol: 'plain', subscriptions: [], ...from });
  const handler = routeHandler(action, async () => ({ type: 'left', room: 'done' }));
  const body = { action, ...EVERY_ACTION[action], ...more };
  const answer = frameIn(await handler(routeEvent(action, { connectionId, body }), context()));
  const { code, room } = answer as { code?: string; room?: string };
  return code ?? room;
}

const KINDS = {
  plain: { protocol: 'plain' },
  greeted: { protocol: 'v1', clientId: 'client-1' },
  ungreeted: { protocol: 'v1' },
  stranger: { protocol: 'plain', authExpiresAt: 0 },
} as const;

describe.each(ACTIONS)('%s', (action) => {
  test.each([
    ['plain', ['hello', 'sendmessage', 'ping']],
    ['greeted', ACTIONS],
    ['ungreeted', ['hello']],
    ['stranger', ['hello']],
  ] as const)('from a %s connection', async (kind, may) => {
    const isFree = (may as readonly string[]).includes(action);
    expect(await answerTo(action, {}, KINDS[kind])).toBe(isFree ? 'done' : 'HelloFirst');
  });
});

test('a plain client says nothing to one person alone', async () => {
  const more = { room: undefined, to: 'u_somebody' };
  expect(await answerTo('sendmessage', more, KINDS.plain)).toBe('HelloFirst');
  expect(await answerTo('sendmessage', more, KINDS.greeted)).toBe('done');
});

test('where people sign in, nothing but hello is left when the token has expired', async () => {
  const over = { ...KINDS.greeted, authExpiresAt: 1 };
  expect(await answerTo('ping', {}, over)).toBe('AuthExpired');
  expect(await answerTo('hello', {}, over)).toBe('done');
});

test('a frame that cannot be read costs one call, and a token is no longer there for the next', async () => {
  const { protocol, clientId } = KINDS.greeted;
  let calls = 0;
  await answerTo('ping', {}, { protocol, clientId });
  aws.script.dynamodb = () => {
    calls += 1;
    return undefined;
  };
  const handler = routeHandler('ping', async () => undefined);
  const event = (body: object) => routeEvent('ping', { connectionId: 'c1=', body });
  for (const body of [{ action: 'ping', n: 'x' }, { action: 'ping', n: -1 }, { action: 'dance' }])
    expect(frameIn(await handler(event(body), context()))).toMatchObject({ type: 'error' });
  expect(calls).toBe(3);
  const [row] = (await aws.rows(aws.tables.connections)).filter(({ userId }) => userId?.S);
  expect(row).toMatchObject({ badFrames: { N: '3' } });
  expect(Number(row?.fullAt?.N)).toBeGreaterThan(Date.now());
});

test('what frame and row alone refuse is refused before anything else is read', async () => {
  const { protocol, clientId } = KINDS.greeted;
  await answerTo('ping', {}, { protocol, clientId });
  const answer = jest.fn(async () => undefined);
  const handler = routeHandler('ping', answer, ({ n }, { userId }) => {
    if (n === 7) throw new Refused('Forbidden', { field: userId });
  });
  const says = async (n: number) =>
    frameIn(
      await handler(
        routeEvent('ping', { connectionId: 'c1=', body: { action: 'ping', n } }),
        context(),
      ),
    );
  expect(await says(7)).toMatchObject({ code: 'Forbidden' });
  expect(answer).not.toHaveBeenCalled();
  expect(await says(8)).toBeUndefined();
  expect(answer).toHaveBeenCalledTimes(1);
});
