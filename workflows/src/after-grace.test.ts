// After the grace: each event of a batch starts its execution, and one that cannot be started takes no other with it.

import { afterAll, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import type { SQSEvent } from 'aws-lambda';
import { AwsError } from '../../local/endpoint/aws-error.ts';
import { startAws, type TestAws } from '../../tests/product/aws.ts';
import { context, sample } from '../../tests/product/sample.ts';

const event = sample<SQSEvent>('workflows/events/after-grace.json');
const logged = jest.spyOn(console, 'error').mockImplementation(() => undefined);

let aws: TestAws;
let handler: typeof import('./after-grace.ts').handler;

beforeAll(async () => {
  aws = await startAws('AfterGraceFunction');
  ({ handler } = await import('./after-grace.ts'));
});
afterAll(() => aws.stop());
beforeEach(async () => {
  logged.mockClear();
  await aws.reset();
});

/** The sample's record once for each of these bodies. */
const batch = (...bodies: string[]): SQSEvent => ({
  Records: event.Records.flatMap((record) =>
    bodies.map((body, at) => ({ ...record, body, messageId: `m${at}` })),
  ),
});
const [{ body = '' } = {}] = event.Records;
const gone = (userId: string) => {
  const read = JSON.parse(body) as { detail: object };
  return JSON.stringify({ ...read, detail: { ...read.detail, userId } });
};

test('an event that the queue held back starts presence-change, which learns that it has waited', async () => {
  expect(await handler(event, context())).toEqual({ batchItemFailures: [] });
  expect(aws.executions).toEqual([
    {
      stateMachineArn: expect.stringMatching(/:stateMachine:hubbub-dev-presence-change$/),
      input: { ...JSON.parse(body), hasWaited: true },
    },
  ]);
});

test('of a batch only what could not be started comes again, and the log names nobody', async () => {
  aws.script.states = ({ input }) =>
    String(input).includes('u_bob') ? new AwsError('ThrottlingException', 'no') : undefined;
  const answer = await handler(batch(gone('u_ann'), gone('u_bob'), 'no JSON'), context());
  expect(answer).toEqual({
    batchItemFailures: [{ itemIdentifier: 'm1' }, { itemIdentifier: 'm2' }],
  });
  expect(aws.executions.map(({ input }) => input)).toContainEqual(
    expect.objectContaining({ detail: expect.objectContaining({ userId: 'u_ann' }) }),
  );
  expect(logged).toHaveBeenCalledTimes(2);
  expect(JSON.stringify(logged.mock.calls)).not.toContain('u_bob');
});
