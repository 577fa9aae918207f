// What SQS answers: messages and attributes in the shapes of its JSON protocol, numbers as strings where SQS has them so.
import { pageOf } from '../endpoint/paging.ts';
import { badAttribute, badValue } from './errors.ts';
import { type MessageAttribute, md5OfAttributes, md5OfBody } from './md5.ts';
import type { Queue, Received } from './queue.ts';
import { type Input, whole } from './requests.ts';

type Pick = (name: string) => boolean;

/** `All`, a name, or a prefix with `.*`. */
function picker(wanted: string[]): Pick {
  if (wanted.includes('All') || wanted.includes('.*')) return () => true;
  return (name) =>
    wanted.some((one) => (one.endsWith('.*') ? name.startsWith(one.slice(0, -2)) : one === name));
}

const picked = <T>(all: Record<string, T>, pick: Pick): Record<string, T> =>
  Object.fromEntries(Object.entries(all).filter(([name]) => pick(name)));

const nonEmpty = <T extends object>(key: string, value: T) =>
  Object.keys(value).length > 0 ? { [key]: value } : {};

/** One message of ReceiveMessage's answer, with the attributes that were asked for. */
export function received(
  { message, receiptHandle }: Received,
  system: string[],
  own: string[],
  account: string,
): Record<string, unknown> {
  const attributes = picked<string>(
    {
      ApproximateReceiveCount: String(message.received),
      ApproximateFirstReceiveTimestamp: String(message.firstReceivedMs),
      SentTimestamp: String(message.sentMs),
      SenderId: account,
    },
    picker(system),
  );
  const asked = picked<MessageAttribute>(message.attributes, picker(own));
  return {
    MessageId: message.id,
    ReceiptHandle: receiptHandle,
    MD5OfBody: md5OfBody(message.body),
    Body: message.body,
    ...nonEmpty('Attributes', attributes),
    ...nonEmpty('MessageAttributes', asked),
    ...(Object.keys(asked).length > 0 && { MD5OfMessageAttributes: md5OfAttributes(asked) }),
  };
}

export function queueAttributes(queue: Queue, wanted: string[]): Record<string, unknown> {
  const { visible, inFlight, delayed } = queue.counts();
  const all: Record<string, string> = {
    QueueArn: queue.plan.arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    VisibilityTimeout: String(queue.plan.visibilityTimeoutS),
    MessageRetentionPeriod: String(queue.plan.retentionS),
    DelaySeconds: String(queue.plan.delayS ?? 0),
    ReceiveMessageWaitTimeSeconds: '0',
    MaximumMessageSize: '1048576',
    ...redrivePolicy(queue),
  };
  const known = ['All', 'RedrivePolicy', ...Object.keys(all)];
  for (const name of wanted) if (!known.includes(name)) throw badAttribute(name);
  return nonEmpty('Attributes', picked(all, picker(wanted)));
}

function redrivePolicy({ plan: { redrive } }: Queue): Record<string, string> {
  if (redrive === undefined) return {};
  const { deadLetterArn: deadLetterTargetArn, maxReceiveCount } = redrive;
  return { RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount }) };
}

const MOST_LISTED = 1000;

/** ListQueues: by prefix. Pages only where MaxResults (1 to 1,000) asks for them, as on AWS; else the first 1,000. */
export function listed(
  names: string[],
  input: Input,
  urlOf: (name: string) => string,
): Record<string, unknown> {
  const found = names.filter((name) => name.startsWith(String(input.QueueNamePrefix ?? ''))).sort();
  const most = whole(input, 'MaxResults', 1, MOST_LISTED, undefined);
  const { items, token } = pageOf(found, (name) => name, {
    limit: most ?? MOST_LISTED,
    token: input.NextToken,
    badToken: () => badValue('NextToken', input.NextToken, 'is not a token of this list'),
  });
  return {
    ...nonEmpty('QueueUrls', items.map(urlOf)),
    ...(most !== undefined && token !== undefined && { NextToken: token }),
  };
}
