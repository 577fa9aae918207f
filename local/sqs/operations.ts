// The operations of SQS, with the shapes of their requests: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html
import type { Operations } from '../endpoint/request-shapes.ts';

const attributes = {
  '*': { DataType: 'string', StringValue: 'string', BinaryValue: 'string' },
} as const;
const message = {
  MessageBody: 'string',
  MessageAttributes: attributes,
  MessageSystemAttributes: attributes,
  DelaySeconds: 'integer',
  MessageGroupId: 'string',
  MessageDeduplicationId: 'string',
} as const;
const queue = { QueueUrl: 'string' } as const;

export const SQS: Operations = {
  SendMessage: { ...queue, ...message },
  SendMessageBatch: { ...queue, Entries: [{ Id: 'string', ...message }] },
  ReceiveMessage: {
    ...queue,
    MaxNumberOfMessages: 'integer',
    WaitTimeSeconds: 'integer',
    VisibilityTimeout: 'integer',
    AttributeNames: ['string'],
    MessageSystemAttributeNames: ['string'],
    MessageAttributeNames: ['string'],
    ReceiveRequestAttemptId: 'string',
  },
  DeleteMessage: { ...queue, ReceiptHandle: 'string' },
  DeleteMessageBatch: { ...queue, Entries: [{ Id: 'string', ReceiptHandle: 'string' }] },
  ChangeMessageVisibility: { ...queue, ReceiptHandle: 'string', VisibilityTimeout: 'integer' },
  GetQueueUrl: { QueueName: 'string', QueueOwnerAWSAccountId: 'string' },
  GetQueueAttributes: { ...queue, AttributeNames: ['string'] },
  ListQueues: { QueueNamePrefix: 'string', NextToken: 'string', MaxResults: 'integer' },
  PurgeQueue: queue,
};
