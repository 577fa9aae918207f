// SQS's Query protocol: forms to the shapes of the JSON protocol, answers and errors to XML.
import { expect, test } from '@jest/globals';
import { AwsError } from '../endpoint/aws-error.ts';
import { isQuery, queryAnswer, queryError, readQuery } from './query-protocol.ts';

const form = (fields: Record<string, string>) =>
  new URLSearchParams({ Version: '2012-11-05', ...fields }).toString();

test('a form is told from JSON by its content type', () => {
  expect(isQuery('application/x-www-form-urlencoded; charset=utf-8')).toBe(true);
  expect(isQuery('application/x-amz-json-1.0')).toBe(false);
  expect(isQuery(undefined)).toBe(false);
});

test('an empty list, which botocore writes under its own name, is a list', () => {
  const { input } = readQuery(form({ Action: 'SendMessageBatch', Entries: '' }));
  expect(input).toEqual({ Entries: [] });
});

test('lists, maps and numbers of a form become those of JSON, in the order of their numbers', () => {
  const read = readQuery(
    form({
      Action: 'SendMessageBatch',
      QueueUrl: 'http://127.0.0.1/0/dead',
      'SendMessageBatchRequestEntry.10.Id': 'last',
      'SendMessageBatchRequestEntry.2.Id': 'second',
      'SendMessageBatchRequestEntry.2.MessageBody': '42 & <b>',
      'SendMessageBatchRequestEntry.2.DelaySeconds': '3',
      'SendMessageBatchRequestEntry.2.MessageAttribute.1.Name': 'a.b',
      'SendMessageBatchRequestEntry.2.MessageAttribute.1.Value.DataType': 'Number',
      'SendMessageBatchRequestEntry.2.MessageAttribute.1.Value.StringValue': '7',
      'SendMessageBatchRequestEntry.1.Id': 'first',
    }),
  );
  expect(read).toEqual({
    action: 'SendMessageBatch',
    input: {
      QueueUrl: 'http://127.0.0.1/0/dead',
      Entries: [
        { Id: 'first' },
        {
          Id: 'second',
          MessageBody: '42 & <b>',
          DelaySeconds: 3,
          MessageAttributes: { 'a.b': { DataType: 'Number', StringValue: '7' } },
        },
        { Id: 'last' },
      ],
    },
  });
  const names = { Action: 'ReceiveMessage', MaxNumberOfMessages: 'x', WaitTimeSeconds: '' };
  expect(readQuery(form({ ...names, 'AttributeName.1': 'All' })).input).toEqual({
    MaxNumberOfMessages: Number.NaN,
    WaitTimeSeconds: '',
    AttributeNames: ['All'],
  });
});

test('a name with more parts than SQS has ends where its parts do', () => {
  const { input } = readQuery(form({ Action: 'SendMessage', [`a${'.a'.repeat(100_000)}`]: 'x' }));
  expect(JSON.stringify(input)).toBe('{"a":{"a":{"a":{"a":{"a":{"a":{"a":"x"}}}}}}}');
});

test('names that every object has are names like others', () => {
  const { input } = readQuery(form({ 'constructor.1': 'x', '__proto__.y': 'z' }));
  expect(Object.entries(input)).toEqual([
    ['constructor', { 1: 'x' }],
    ['__proto__', { y: 'z' }],
  ]);
});

test('a form of another service is refused by name', () => {
  expect(() => readQuery('Action=GetCallerIdentity&Version=2011-06-15')).toThrow(
    /GetCallerIdentity, version 2011-06-15.*SQS/,
  );
});

test('an answer is XML, with escaped text', () => {
  const answer = queryAnswer(
    'ReceiveMessage',
    {
      Messages: [
        {
          Body: '<a> & "b"\r',
          MD5OfMessageAttributes: 'x',
          Attributes: { SentTimestamp: '1' },
          MessageAttributes: { n: { DataType: 'Number', StringValue: '7' } },
        },
        { Body: 'c' },
      ],
    },
    'id',
  );
  expect(answer).toBe(
    '<?xml version="1.0"?><ReceiveMessageResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/"><ReceiveMessageResult>' +
      '<Message><Body>&#60;a&#62; &#38; &#34;b&#34;&#13;</Body><MD5OfMessageAttributes>x</MD5OfMessageAttributes>' +
      '<Attribute><Name>SentTimestamp</Name><Value>1</Value></Attribute>' +
      '<MessageAttribute><Name>n</Name><Value><DataType>Number</DataType><StringValue>7</StringValue></Value></MessageAttribute></Message>' +
      '<Message><Body>c</Body></Message>' +
      '</ReceiveMessageResult><ResponseMetadata><RequestId>id</RequestId></ResponseMetadata></ReceiveMessageResponse>',
  );
});

test('what a batch did is told per entry, with the codes of the Query protocol', () => {
  const Failed = [{ Id: 'b', Code: 'InvalidParameterValueException', SenderFault: true }];
  const answer = queryAnswer('DeleteMessageBatch', { Successful: [{ Id: 'a' }], Failed }, 'id');
  expect(answer).toContain(
    '<DeleteMessageBatchResult><DeleteMessageBatchResultEntry><Id>a</Id></DeleteMessageBatchResultEntry>' +
      '<BatchResultErrorEntry><Id>b</Id><Code>InvalidParameterValue</Code><SenderFault>true</SenderFault></BatchResultErrorEntry></DeleteMessageBatchResult>',
  );
});

test('an operation that answers nothing has no result', () => {
  expect(queryAnswer('DeleteMessage', {}, 'id')).not.toContain('Result');
});

test.each([
  [new AwsError('MissingRequiredParameterException', 'no'), 'Sender', 'MissingParameter'],
  [new AwsError('InternalFailure', 'no', 500), 'Receiver', 'InternalFailure'],
])('%s is a %s’s fault', (error, type, code) => {
  expect(queryError(error, 'id')).toContain(
    `<Error><Type>${type}</Type><Code>${code}</Code><Message>no</Message></Error>`,
  );
});
