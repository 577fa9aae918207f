// SQS on this machine: the queues of the templates, with AWS's API to send, receive and look.
import { join } from 'node:path';
import type { QueuePlan } from '../cloudformation/plan.ts';
import { AwsError, unsupportedOperation } from '../endpoint/aws-error.ts';
import type { Log } from '../log.ts';
import { openJournal } from '../storage/journal.ts';
import { type Clock, realClock } from './clock.ts';
import { noQueue } from './errors.ts';
import { md5OfAttributes, md5OfBody } from './md5.ts';
import type { StoredMessage } from './message.ts';
import { createQueue, type Queue } from './queue.ts';
import { entries, type Input, names, newMessage, queueNameIn, text, whole } from './requests.ts';
import { listed, queueAttributes, received } from './responses.ts';

type Output = Record<string, unknown>;

export interface Queues {
  /** One action of the SQS API in the shapes of its JSON protocol. Rejects with an AwsError. */
  call(action: string, input: Input): Promise<Output>;
  /** Queues that are new are made, those that are gone are closed; the others keep their messages. */
  update(plans: QueuePlan[]): Promise<void>;
  stop(): Promise<void>;
}

const MOST_VISIBILITY_S = 43_200;
const MOST_WAIT_S = 20;

async function send(queue: Queue, input: Input): Promise<Output> {
  const { body, attributes, delayS } = newMessage(input);
  const MessageId = await queue.send(body, attributes, delayS);
  return {
    MessageId,
    MD5OfMessageBody: md5OfBody(body),
    ...(Object.keys(attributes).length > 0 && {
      MD5OfMessageAttributes: md5OfAttributes(attributes),
    }),
  };
}

/** One entry after another; an entry that fails is told beside those that did not. */
async function batch(input: Input, each: (entry: Input) => Promise<Output>): Promise<Output> {
  const Successful: Output[] = [];
  const Failed: Output[] = [];
  for (const entry of entries(input)) {
    try {
      Successful.push({ Id: entry.Id, ...(await each(entry)) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const { code: Code, message: Message } = error;
      Failed.push({ Id: entry.Id, SenderFault: error.status < 500, Code, Message });
    }
  }
  return { Successful, Failed };
}

/** `folder` keeps the messages over restarts; `endpoint` is the base URL that QueueUrls begin with. */
export async function startQueues(
  plans: QueuePlan[],
  deps: {
    log: Log;
    folder?: string;
    region: string;
    account: string;
    endpoint: () => string;
    clock?: Clock;
  },
): Promise<Queues> {
  const { log, folder, account, endpoint, clock = realClock } = deps;
  const queues = new Map<string, Queue>();
  const urlOf = (name: string) => `${endpoint().replace(/\/$/, '')}/${account}/${name}`;

  const named = (name: string | undefined): Queue => {
    const queue = queues.get(name ?? '');
    if (queue) return queue;
    throw noQueue();
  };
  const queueIn = (input: Input) => named(queueNameIn(text(input, 'QueueUrl')));

  async function bury(message: StoredMessage, deadLetterArn: string): Promise<void> {
    const queue = named(deadLetterArn.split(':').at(-1));
    await queue.adopt(message);
    log.warn(`queue   ${queue.plan.name} took ${message.id}, which was received too often`);
  }

  async function update(next: QueuePlan[]): Promise<void> {
    for (const [name, queue] of queues) {
      if (next.some((plan) => plan.name === name)) continue;
      queues.delete(name);
      await queue.close();
    }
    for (const plan of next) {
      const known = queues.get(plan.name);
      if (known) known.plan = plan;
      else {
        const journal = openJournal<StoredMessage>(folder && join(folder, `${plan.name}.jsonl`));
        queues.set(plan.name, createQueue(plan, journal, clock, bury));
      }
    }
  }
  await update(plans);

  const actions: Record<string, (input: Input) => Promise<Output>> = {
    async SendMessage(input) {
      const queue = queueIn(input);
      const output = await send(queue, input);
      log.detail(`queue   ${queue.plan.name} took ${output.MessageId}`);
      return output;
    },
    SendMessageBatch(input) {
      const queue = queueIn(input);
      return batch(input, (entry) => send(queue, entry));
    },
    async ReceiveMessage(input) {
      const taken = await queueIn(input).receive(
        whole(input, 'MaxNumberOfMessages', 1, 10, 1),
        whole(input, 'WaitTimeSeconds', 0, MOST_WAIT_S, 0),
        whole(input, 'VisibilityTimeout', 0, MOST_VISIBILITY_S, undefined),
      );
      const system = names(input, 'AttributeNames', 'MessageSystemAttributeNames');
      const own = names(input, 'MessageAttributeNames');
      return taken.length === 0
        ? {}
        : { Messages: taken.map((one) => received(one, system, own, account)) };
    },
    async DeleteMessage(input) {
      await queueIn(input).remove(text(input, 'ReceiptHandle'));
      return {};
    },
    DeleteMessageBatch(input) {
      const queue = queueIn(input);
      return batch(input, async (entry) => {
        await queue.remove(text(entry, 'ReceiptHandle'));
        return {};
      });
    },
    async ChangeMessageVisibility(input) {
      const seconds = whole(input, 'VisibilityTimeout', 0, MOST_VISIBILITY_S, 0);
      await queueIn(input).hide(text(input, 'ReceiptHandle'), seconds);
      return {};
    },
    async GetQueueUrl(input) {
      const { plan } = named(text(input, 'QueueName'));
      return { QueueUrl: urlOf(plan.name) };
    },
    async GetQueueAttributes(input) {
      return queueAttributes(queueIn(input), names(input, 'AttributeNames'));
    },
    ListQueues: async (input) => listed([...queues.keys()], input, urlOf),
    async PurgeQueue(input) {
      await queueIn(input).purge();
      return {};
    },
  };

  return {
    async call(action, input) {
      const run = Object.hasOwn(actions, action) ? actions[action] : undefined;
      if (!run) throw unsupportedOperation('sqs', action);
      return run(input);
    },
    update,
    stop: () => update([]),
  };
}
