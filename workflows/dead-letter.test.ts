// The three forms of a dead letter, and that nothing of what was said shows in what an operator is shown.

import { expect, test } from '@jest/globals';
import { sample } from '../tests/product/sample.ts';
import { type Envelope, readDeadLetter } from './dead-letter.ts';

const sent = sample<Envelope>('workflows/events/MessageSent.json');
const replaced = sample<Envelope>('workflows/events/replace.json');
const read = (body: unknown, code?: string) => readDeadLetter(JSON.stringify(body), code);

test('of a failed execution holds its input and the name of its error', () => {
  const error = { Error: 'States.TaskFailed', Cause: 'what was said' };
  expect(read({ input: sent, error })).toEqual({
    event: sent,
    error: 'States.TaskFailed',
    about: sent.detail.messageId,
  });
});

test('of a failed invocation holds the event, and what was thrown or why it was not tried', () => {
  const record = {
    requestContext: { condition: 'RetriesExhausted' },
    requestPayload: replaced,
    responsePayload: { errorType: 'TimeoutError', errorMessage: 'what was said' },
  };
  expect(read(record)).toEqual({
    event: replaced,
    error: 'TimeoutError',
    about: replaced.detail.connectionId,
  });
  const { responsePayload: _, ...untried } = record;
  expect(read(untried)).toMatchObject({ error: 'RetriesExhausted' });
});

test('of a frame that could not be told holds the frame, by its name', () => {
  const frame = { type: 'joined', room: 'tea', userId: 'u_ann' };
  const requestPayload = { topic: 'user:u_ann', shard: 0, frame };
  expect(read({ requestPayload, requestContext: { condition: 'EventAgeExceeded' } })).toEqual({
    event: { 'detail-type': 'joined', source: 'broadcast', detail: frame },
    ...{ error: 'EventAgeExceeded', about: 'u_ann' },
  });
});

test('of an event that no target took is the event, with the code that EventBridge puts beside it', () => {
  expect(read(sent, 'NO_PERMISSIONS')).toMatchObject({ event: sent, error: 'NO_PERMISSIONS' });
  expect(read(sent)).toMatchObject({ error: 'Unknown' });
});

test.each<[string, unknown]>([
  ['an empty object', {}],
  ['an array', [1]],
  ['an input that is no event', { input: { detail: {} } }],
  ['an event without detail', { 'detail-type': 'MessageSent', source: 'chat.api' }],
])('of another form, %s, is unreadable', (_, body) => {
  expect(read(body)).toBeUndefined();
});

test('that is not JSON is unreadable', () => {
  expect(readDeadLetter('hello')).toBeUndefined();
});

test('shows no words where a name should be', () => {
  const detail = { ...sent.detail, messageId: 'words, and more words' };
  expect(read({ input: { ...sent, detail }, error: { Error: 'Oh no: words' } })).toMatchObject({
    error: 'Unknown',
    about: 'nobody',
  });
});
