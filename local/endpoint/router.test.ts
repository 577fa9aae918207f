// The switchboard: who may, is connected; who has not started, says so; a new plan counts from its update on.
import { expect, test } from '@jest/globals';
import { keyOf } from '../iam/iam.ts';
import { may, smallPlan, TABLE } from '../testing/small-plan.ts';
import { createSwitchboard } from './router.ts';

const input = { TableName: 'messages' };

test('a call reaches its service after IAM was asked', async () => {
  const switchboard = createSwitchboard(smallPlan());
  const heard: unknown[] = [];
  switchboard.connect('dynamodb', async (...call) => {
    heard.push(call);
    return { done: true };
  });
  const caller = { name: 'greet', policy: [may('dynamodb:GetItem', TABLE)] };
  expect(await switchboard.call('dynamodb', 'GetItem', input, caller)).toEqual({ done: true });
  await expect(switchboard.call('dynamodb', 'PutItem', input, caller)).rejects.toMatchObject({
    ...{ code: 'AccessDeniedException', status: 403 },
  });
  expect(heard).toEqual([['GetItem', input]]);
});

test('a service that has not started is unavailable, not silent', async () => {
  const call = createSwitchboard(smallPlan()).call('sqs', 'SendMessage', {});
  await expect(call).rejects.toMatchObject({ code: 'ServiceUnavailableException', status: 503 });
});

test('a new plan changes what a key stands for', () => {
  const before = smallPlan();
  const switchboard = createSwitchboard(before);
  const { accessKeyId } = keyOf(before.functions[0]);
  const policy = [may('dynamodb:GetItem', TABLE)];
  switchboard.update(smallPlan(policy));
  expect(switchboard.callerOf(accessKeyId)).toEqual({ name: 'greet', policy });
  expect(switchboard.callerOf('AKIAEXAMPLE')).toBeUndefined();
  expect(switchboard.callerOf(undefined)).toBeUndefined();
});

test('of a service that names its operations, each input has its shape, and no other operation is called', async () => {
  const switchboard = createSwitchboard(smallPlan());
  const heard: unknown[] = [];
  const answer = async (...call: unknown[]) => {
    heard.push(call);
    return {};
  };
  switchboard.connect('events', answer, { Put: { Entries: [{ Source: 'string' }] } });
  const put = (input: Record<string, unknown>) =>
    switchboard.call('events', 'Put', input, { name: 'greet', policy: [] });
  // IAM would read the entry.
  await expect(put({ Entries: [null] })).rejects.toMatchObject({ code: 'SerializationException' });
  await expect(put({ Entries: [{ Source: 's' }] })).rejects.toMatchObject({
    code: 'AccessDeniedException',
  });
  for (const action of ['Other', 'constructor'])
    await expect(switchboard.call('events', action, {})).rejects.toMatchObject({
      ...{ code: 'UnknownOperationException', message: expect.stringContaining(action) },
    });
  await switchboard.call('events', 'Put', { Entries: [{ Source: 's' }], Other: null });
  expect(heard).toEqual([['Put', { Entries: [{ Source: 's' }] }]]);
});
