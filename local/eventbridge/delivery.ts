// One delivery: an event to one target of one rule, tried again with back-off, then to the dead-letter queue.

import type { RulePlan, TargetPlan } from '../cloudformation/plan.ts';
import type { Aws } from '../endpoint/aws.ts';
import type { Log } from '../log.ts';
import type { Clock } from './clock.ts';
import type { Envelope } from './envelope.ts';
import { type Failure, failureOf } from './target-error.ts';
import { invoke, queueUrl, takesOnlyJson } from './targets.ts';

export interface Delivery {
  event: Envelope;
  /** When the bus took the event, in milliseconds since 1970. */
  takenAt: number;
  rule: Pick<RulePlan, 'name' | 'arn' | 'busName'>;
  target: TargetPlan;
  /** What the target gets: the event, or what the target's input makes of it. */
  input: string;
  /** Retries so far; grows as they are made. */
  retries: number;
}

/** `kept`: the bus stopped first; the delivery is still to be made. */
export type Outcome = 'delivered' | 'dead-lettered' | 'dropped' | 'kept';

export interface DeliveryDeps {
  aws: Aws;
  log: Log;
  clock: Clock;
  /** 0 to below 1, for the jitter. */
  random: () => number;
  newId: () => string;
}

type Exhausted = 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds';

/** AWS documents exponential back-off with jitter but no numbers; these spend 185 retries in about a day. */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15 * 60_000;

/**
 * Delivers, or gives up by the target's retry policy.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html
 */
export async function deliver(
  delivery: Delivery,
  deps: DeliveryDeps,
  stopping: AbortSignal,
): Promise<Outcome> {
  const { target, takenAt, rule } = delivery;
  const { clock, log, random } = deps;
  const executionName = `${delivery.event.id}_${deps.newId()}`;
  const expiresAt = takenAt + target.maximumEventAgeS * 1000;
  while (!stopping.aborted) {
    const failure = await attempt(delivery, deps.aws, executionName);
    if (!failure) return 'delivered';
    if (!failure.retriable) return giveUp(delivery, failure, undefined, deps);
    if (delivery.retries >= target.maximumRetryAttempts)
      return giveUp(delivery, failure, 'MaximumRetryAttempts', deps);
    const left = expiresAt - clock.now();
    if (left <= 0) return giveUp(delivery, failure, 'MaximumEventAgeInSeconds', deps);

    const wait = random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** delivery.retries);
    const ms = Math.ceil(Math.min(wait, left));
    log.detail(`bus: rule ${rule.name}, target ${target.id}: ${failure.code}, again in ${ms} ms`);
    await clock.sleep(ms, stopping);
    if (!stopping.aborted) delivery.retries++;
  }
  return 'kept';
}

async function attempt(
  { target, input }: Delivery,
  aws: Aws,
  executionName: string,
): Promise<Failure | undefined> {
  if (takesOnlyJson(target.arn)) {
    try {
      JSON.parse(input);
    } catch {
      return { code: 'INVALID_JSON', message: 'The input is not valid JSON.', retriable: false };
    }
  }
  try {
    await invoke(aws, target.arn, input, executionName);
    return undefined;
  } catch (error) {
    return failureOf(error);
  }
}

async function giveUp(
  { event, rule, target, retries }: Delivery,
  { code, message }: Failure,
  exhausted: Exhausted | undefined,
  { aws, log }: DeliveryDeps,
): Promise<Outcome> {
  const where = `bus: rule ${rule.name}, target ${target.id}: ${code} after ${retries} retries`;
  if (!target.deadLetterArn) {
    log.warn(`${where}; no dead-letter queue, event ${event.id} is dropped`);
    return 'dropped';
  }
  const attributes = {
    RULE_ARN: rule.arn,
    TARGET_ARN: target.arn,
    ERROR_CODE: code,
    ERROR_MESSAGE: message,
    RETRY_ATTEMPTS: String(retries),
    ...(exhausted && { EXHAUSTED_RETRY_CONDITION: exhausted }),
  };
  try {
    await aws.call('sqs', 'SendMessage', {
      QueueUrl: queueUrl(target.deadLetterArn),
      MessageBody: JSON.stringify(event),
      MessageAttributes: Object.fromEntries(
        Object.entries(attributes)
          // SQS refuses an attribute with an empty value.
          .filter(([, value]) => value !== '')
          .map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
      ),
    });
    log.warn(`${where}; event ${event.id} is in the dead-letter queue`);
    return 'dead-lettered';
  } catch (error) {
    const { code: why } = failureOf(error);
    log.warn(`${where}; dead-letter queue: ${why}, event ${event.id} is dropped`);
    return 'dropped';
  }
}
