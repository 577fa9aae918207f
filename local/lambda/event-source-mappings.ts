// Event source mappings: Lambda polls queues, hands what it received to functions, and deletes what they are done with.
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventSourcePlan, FunctionPlan } from '../cloudformation/plan.ts';
import type { Aws } from '../endpoint/aws.ts';
import type { Log } from '../log.ts';

export interface EventSources {
  /** Polls what is mapped from now on; batches under way end as they began. */
  update(plan: Mapped): void;
  /** Receives no more, and waits for the batches under way. Messages that are not deleted stay in their queues. */
  stop(): Promise<void>;
}

interface Mapped {
  region: string;
  eventSources: EventSourcePlan[];
  functions: FunctionPlan[];
}

interface Message {
  MessageId: string;
  ReceiptHandle: string;
  Body: string;
  MD5OfBody: string;
  Attributes: Record<string, string>;
  MessageAttributes?: Record<string, { DataType: string; StringValue?: string }>;
}

interface Deps {
  aws: Aws;
  log: Log;
  /** Resolves when functions can be invoked: nothing is received before. */
  ready: Promise<unknown>;
}

/** As many batches of one mapping at once as AWS begins with. */
const MOST_BATCHES = 5;
const WAIT_S = 20;
const AGAIN_MS = 1_000;

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
export function startEventSources(first: Mapped, { aws, log, ready }: Deps): EventSources {
  const polls = new Map<string, AbortController>();
  const batches = new Set<Promise<void>>();

  /** Receives until it is stopped; what comes after that is shown again at once. */
  async function poll(source: EventSourcePlan, plan: Mapped, stopping: AbortSignal): Promise<void> {
    const { queueArn: QueueUrl, batchSize } = source;
    const polled = plan.functions.find(({ arn }) => arn === source.functionArn);
    const role = polled && { name: polled.name, policy: polled.policy };
    const own = new Set<Promise<void>>();
    await ready;
    while (!stopping.aborted) {
      try {
        const { Messages = [] } = (await aws.call(
          'sqs',
          'ReceiveMessage',
          {
            ...{ QueueUrl, MaxNumberOfMessages: batchSize, WaitTimeSeconds: WAIT_S },
            ...{ AttributeNames: ['All'], MessageAttributeNames: ['All'] },
          },
          role,
        )) as { Messages?: Message[] };
        if (stopping.aborted) await showAgain(QueueUrl, Messages);
        else if (Messages.length > 0) {
          const batch: Promise<void> = hand(Messages, source, plan.region, role)
            .catch((error: unknown) => log.warn(`${polled?.name}: a batch comes again: ${error}`))
            .finally(() => {
              own.delete(batch);
              batches.delete(batch);
            });
          own.add(batch);
          batches.add(batch);
        }
        if (own.size >= MOST_BATCHES) await Promise.race(own);
      } catch (error) {
        if (stopping.aborted) return;
        log.warn(`${polled?.name}: ${QueueUrl} cannot be polled: ${error}`);
        await sleep(AGAIN_MS, undefined, { signal: stopping }).catch(() => undefined);
      }
    }
  }

  async function showAgain(QueueUrl: string, messages: Message[]): Promise<void> {
    for (const { ReceiptHandle } of messages)
      await aws.call('sqs', 'ChangeMessageVisibility', {
        ...{ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 },
      });
  }

  /** One invocation. What it does not end well comes again after the queue's visibility time-out. */
  async function hand(
    messages: Message[],
    { queueArn, functionArn, reportsFailures }: EventSourcePlan,
    region: string,
    role: Parameters<Aws['call']>[3],
  ): Promise<void> {
    const Payload = JSON.stringify({
      Records: messages.map((message) => recordOf(message, queueArn, region)),
    });
    const answer = await aws.call('lambda', 'Invoke', { FunctionName: functionArn, Payload });
    const ids = messages.map(({ MessageId }) => MessageId);
    const failed =
      answer.FunctionError === undefined
        ? failedIn(reportsFailures ? String(answer.Payload ?? '') : '', ids)
        : ids;
    const done = messages.filter(({ MessageId }) => !failed.includes(MessageId));
    if (failed.length > 0) log.detail(`${functionArn}: ${failed.length} messages come again`);
    if (done.length === 0) return;
    const Entries = done.map(({ MessageId: Id, ReceiptHandle }) => ({ Id, ReceiptHandle }));
    await aws.call('sqs', 'DeleteMessageBatch', { QueueUrl: queueArn, Entries }, role);
  }

  const keyOf = (source: EventSourcePlan, { functions }: Mapped) => {
    const policy = functions.find(({ arn }) => arn === source.functionArn)?.policy;
    return JSON.stringify([{ ...source, origin: undefined }, policy]);
  };

  function update(plan: Mapped): void {
    const wanted = new Map(
      plan.eventSources
        .filter(({ enabled }) => enabled)
        .map((source) => [keyOf(source, plan), source]),
    );
    for (const [key, stopping] of polls) {
      if (wanted.has(key)) continue;
      stopping.abort();
      polls.delete(key);
    }
    for (const [key, source] of wanted) {
      if (polls.has(key)) continue;
      const stopping = new AbortController();
      polls.set(key, stopping);
      poll(source, plan, stopping.signal).catch((error: unknown) =>
        log.warn(`lambda: ${source.queueArn}: ${error}`),
      );
    }
  }
  update(first);

  return {
    update,
    async stop() {
      for (const stopping of polls.values()) stopping.abort();
      await Promise.all(batches);
    },
  };
}

const recordOf = (message: Message, eventSourceARN: string, awsRegion: string) => ({
  messageId: message.MessageId,
  receiptHandle: message.ReceiptHandle,
  body: message.Body,
  attributes: message.Attributes,
  messageAttributes: Object.fromEntries(
    Object.entries(message.MessageAttributes ?? {}).map(([name, { DataType, StringValue }]) => [
      name,
      {
        ...{ stringValue: StringValue, dataType: DataType },
        ...{ stringListValues: [], binaryListValues: [] },
      },
    ]),
  ),
  md5OfBody: message.MD5OfBody,
  eventSource: 'aws:sqs',
  eventSourceARN,
  awsRegion,
});

/**
 * Which messages an answer says have failed: all of them, where it says something that AWS does not understand.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function failedIn(payload: string, ids: string[]): string[] {
  if (payload === '' || payload === 'null') return [];
  let answer: unknown;
  try {
    answer = JSON.parse(payload);
  } catch {
    return ids;
  }
  if (typeof answer !== 'object' || answer === null) return ids;
  const { batchItemFailures: failures = [] } = answer as { batchItemFailures?: unknown };
  if (failures === null) return [];
  if (!Array.isArray(failures)) return ids;
  const named = failures.map((one) => Object(one).itemIdentifier as unknown);
  return named.every((id): id is string => ids.includes(id as string)) ? named : ids;
}
