// Publishing: what stands on the bus, and that no failed entry passes for a published one.

import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { AwsError } from '../../local/endpoint/aws-error.ts';
import { startAws, type TestAws } from '../../tests/product/aws.ts';
import { sample } from '../../tests/product/sample.ts';
import type { MessageSent } from './events.ts';

const { detail } = sample<{ detail: MessageSent }>('workflows/events/MessageSent.json');
const failed = { FailedEntryCount: 1, Entries: [{ ErrorCode: 'ThrottlingException' }] };

let aws: TestAws;
let publish: typeof import('./bus.ts').publish;
const logged = jest.spyOn(console, 'error').mockImplementation(() => undefined);

beforeAll(async () => {
  aws = await startAws('SendmessageFunction');
  ({ publish } = await import('./bus.ts'));
});
afterAll(() => aws.stop());
beforeEach(async () => {
  logged.mockClear();
  await aws.reset();
});

describe('publish', () => {
  test("puts one entry, in the emitting stack's name, under the event's own", async () => {
    await publish('MessageSent', detail);
    expect(aws.entries).toEqual([
      {
        EventBusName: aws.bus,
        Source: 'chat.api',
        DetailType: 'MessageSent',
        Detail: JSON.stringify(detail),
      },
    ]);
  });

  test('puts the same event again when the entry failed although the call succeeded', async () => {
    const answers = [failed, failed];
    aws.script.events = () => answers.shift();
    await publish('MessageSent', detail);
    expect(aws.entries).toHaveLength(3);
    expect(new Set(aws.entries.map((entry) => entry.Detail)).size).toBe(1);
  });

  test('is Busy, to be tried again, when the entry fails every time', async () => {
    aws.script.events = () => failed;
    await expect(publish('MessageSent', detail)).rejects.toMatchObject({
      code: 'Busy',
      ref: detail.messageId,
    });
    expect(aws.entries).toHaveLength(3);
    expect(logged).toHaveBeenCalledWith({
      message: 'the event was not published',
      event: 'MessageSent',
      messageId: detail.messageId,
      failure: 'ThrottlingException',
    });
  });

  test('is Busy when the bus cannot be reached at all', async () => {
    aws.script.events = () => new AwsError('InternalException', 'no', 400);
    await expect(publish('MessageSent', detail)).rejects.toMatchObject({ code: 'Busy' });
    expect(logged).toHaveBeenCalledWith(expect.objectContaining({ failure: 'InternalException' }));
  });

  test('logs nothing of what was said', async () => {
    aws.script.events = () => new AwsError('ValidationException', detail.text, 400);
    await expect(publish('MessageSent', detail)).rejects.toThrow();
    expect(JSON.stringify(logged.mock.calls)).not.toContain(detail.text);
  });
});
