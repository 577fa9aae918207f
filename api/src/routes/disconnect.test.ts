// Leaving: no row of the connection stays, and leaving twice harms nobody.

import { afterAll, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { AwsError } from '../../../local/endpoint/aws-error.ts';
import { startAws, type TestAws } from '../../../tests/product/aws.ts';
import { context, handshake, routeEvent } from '../../../tests/product/sample.ts';

const logged = jest.spyOn(console, 'error').mockImplementation(() => undefined);
let aws: TestAws;
let connect: typeof import('./connect.ts').handler;
let disconnect: typeof import('./disconnect.ts').handler;

beforeAll(async () => {
  aws = await startAws('ConnectFunction', 'DisconnectFunction');
  ({ handler: connect } = await import('./connect.ts'));
  ({ handler: disconnect } = await import('./disconnect.ts'));
});
afterAll(() => aws.stop());
beforeEach(() => aws.reset());

const rows = () => aws.rows(aws.tables.connections);
const enter = (connectionId: string) => connect(handshake(connectionId, {}), context());
const leave = (connectionId: string) =>
  disconnect(routeEvent('disconnect', { connectionId }), context());

test('every row of the connection goes, and the neighbours stay', async () => {
  await enter('b=');
  const neighbours = await rows();
  await enter('a=');
  expect(await leave('a=')).toEqual({ statusCode: 200 });
  expect(await rows()).toEqual(neighbours);
});

test('twice, or of a connection that nobody knows, is no error', async () => {
  await enter('a=');
  await leave('a=');
  expect(await leave('a=')).toEqual({ statusCode: 200 });
  expect(await leave('unknown=')).toEqual({ statusCode: 200 });
  expect(await rows()).toEqual([]);
});

test('a failing table is logged, and the rows are left to 410 and to their lease', async () => {
  await enter('a=');
  aws.script.dynamodb = () => new AwsError('AccessDeniedException', 'no');
  await leave('a=');
  expect(logged).toHaveBeenCalledWith(expect.objectContaining({ route: '$disconnect' }));
  expect(await rows()).toHaveLength(3);
});
