// Retention: with MESSAGE_RETENTION_DAYS, an event says until when its message is kept.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { MessageSent } from '../../../shared/src/events.ts';
import { startAws, type TestAws } from '../../../tests/product/aws.ts';
import { context, handshake, routeEvent } from '../../../tests/product/sample.ts';

let aws: TestAws;

beforeAll(async () => {
  aws = await startAws('ConnectFunction', 'SendmessageFunction');
  process.env.MESSAGE_RETENTION_DAYS = '30';
});
afterAll(() => aws.stop());

test('a message may be deleted thirty days after it was sent', async () => {
  const { handler: connect } = await import('./connect.ts');
  const { handler } = await import('./sendmessage.ts');
  await connect(handshake('c1=', {}), context());
  await handler(routeEvent('sendmessage', { connectionId: 'c1=' }), context());
  const { sentAt, keepUntil } = JSON.parse(aws.entries[0]?.Detail ?? '{}') as MessageSent;
  expect(keepUntil).toBe(Math.floor(Date.parse(sentAt) / 1000) + 30 * 24 * 60 * 60);
});
