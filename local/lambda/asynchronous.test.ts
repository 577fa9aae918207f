// Asynchronous invocation: tried again, then kept in the failure destination; never lost without a word.
import { afterEach, expect, test } from '@jest/globals';
import { type Fixture, startFixture } from '../testing/functions.ts';

let fixture: Fixture;
afterEach(() => fixture.stop());

const onFailureArn = 'arn:aws:sqs:eu-central-1:000000000000:dead';
const EVENT = { InvocationType: 'Event' };
/** Fails as often as it is told to; its sandbox remembers. */
const FAILS = `let n = 0; export const handler = async ({ times }) => {
  if (n++ < times) throw new Error('attempt ' + n); };`;

test('an event is answered with 202 at once and tried again until it succeeds', async () => {
  fixture = await startFixture({ probe: FAILS }, { onFailureArn });
  const { invoke, functions, hops, calls } = fixture;
  const { output } = await invoke({ times: 2 }, EVENT);
  expect(output).toMatchObject({ StatusCode: 202, Payload: '' });
  expect(await functions.settled(10_000)).toBe(true);
  expect(hops.map(({ status }) => status)).toEqual(['error cold', 'error', 'ok']);
  expect(calls).toEqual([]);
});

test('an event that fails every attempt goes to the failure destination, as AWS writes it', async () => {
  fixture = await startFixture({ probe: FAILS }, { onFailureArn });
  const { invoke, functions, calls } = fixture;
  await invoke({ times: 9 }, EVENT);
  await functions.settled(10_000);
  const [[service, action, input, caller] = []] = calls;
  expect(calls.length).toBe(1);
  expect([service, action, caller?.name]).toEqual(['sqs', 'SendMessage', 'probe']);
  expect(input?.QueueUrl).toBe('http://127.0.0.1:4566/000000000000/dead');
  expect(JSON.parse(String(input?.MessageBody))).toEqual({
    version: '1.0',
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    requestContext: {
      requestId: expect.stringMatching(/^[\da-f-]{36}$/),
      functionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:probe:$LATEST',
      condition: 'RetriesExhausted',
      approximateInvokeCount: 3,
    },
    requestPayload: { times: 9 },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: {
      errorType: 'Error',
      errorMessage: 'attempt 3',
      trace: expect.any(Array),
    },
  });
});

test('without a destination the loss is a warning', async () => {
  fixture = await startFixture({ probe: FAILS }, { maximumRetryAttempts: 0 });
  const { invoke, functions, warnings } = fixture;
  await invoke({ times: 9 }, EVENT);
  await functions.settled(10_000);
  expect(warnings).toEqual([
    'probe: Error: attempt 1',
    'probe: an asynchronous event was dropped: RetriesExhausted',
  ]);
});

test('a destination that refuses the record is a warning', async () => {
  const aws = { call: () => Promise.reject(new Error('AccessDenied')) };
  const settings = { maximumRetryAttempts: 0, onFailureArn };
  fixture = await startFixture({ probe: FAILS }, settings, { aws });
  const { invoke, functions, warnings } = fixture;
  await invoke({ times: 9 }, EVENT);
  await functions.settled(10_000);
  expect(warnings).toEqual([
    'probe: Error: attempt 1',
    'probe: an asynchronous event was dropped: Error: AccessDenied',
  ]);
});

test('an event that grew too old between attempts is given up', async () => {
  const settings = { maximumEventAgeS: 0, onFailureArn };
  fixture = await startFixture({ probe: FAILS }, settings, { retryDelaysMs: [20] });
  const { invoke, functions, calls } = fixture;
  await invoke({ times: 9 }, EVENT);
  await functions.settled(10_000);
  const body = JSON.parse(String(calls[0]?.[2].MessageBody));
  expect(body.requestContext).toMatchObject({
    condition: 'EventAgeExceeded',
    approximateInvokeCount: 1,
  });
});

test('stopping says what it gives up', async () => {
  fixture = await startFixture({ probe: FAILS }, {}, { retryDelaysMs: [600_000] });
  const { invoke, functions, hops, warnings } = fixture;
  await invoke({ times: 9 }, EVENT);
  while (hops.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  await functions.stop();
  expect(warnings).toEqual([
    'probe: Error: attempt 1',
    'probe: an asynchronous event was dropped: this machine stopped before its next attempt',
  ]);
});

test('a destination that is no queue is refused by name', async () => {
  fixture = await startFixture({ probe: FAILS });
  const { functions, plans } = fixture;
  const topic = 'arn:aws:sns:eu-central-1:000000000000:alarm';
  const next = plans.map((plan) => ({ ...plan, onFailureArn: topic }));
  await expect(functions.update(next)).rejects.toThrow(
    `template.yaml: Resources.probe.Properties.EventInvokeConfig.DestinationConfig.OnFailure.Destination = "${topic}"`,
  );
});
