// Lambda's asynchronous invocation: accepted at once, tried again on failure, then sent to the failure destination.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FunctionPlan } from '../cloudformation/plan.ts';
import type { Aws } from '../endpoint/aws.ts';
import type { Log } from '../log.ts';
import { Refusal } from '../refusal.ts';
import { type Answer, attempt, checkPayload, type Deployed, LIMITS, throttled } from './invoke.ts';

export interface Asynchronous {
  /** Takes the event and answers its request id; the rest happens later. */
  accept(deployed: Deployed, payload: string): string;
  /** Gives up what waits for another attempt, with a warning for each. */
  stop(): void;
}

interface Settings {
  /** The function as it is deployed when the next attempt is due. */
  current: (name: string) => Deployed | undefined;
  aws: Aws;
  awsEndpoint: () => string;
  log: Log;
  /** Before the second and the third attempt. AWS waits 60,000 and 120,000 ms; a person at a screen does not. */
  retryDelaysMs: number[];
  /** Every accepted event, until it is done. */
  pending: (work: Promise<void>) => void;
}

type Condition = 'RetriesExhausted' | 'EventAgeExceeded' | 'ZeroReservedConcurrency';

/** Destinations other than a queue are refused by name. */
export function refuseDestination({ onFailureArn, origin }: FunctionPlan): void {
  if (onFailureArn === undefined || onFailureArn.startsWith('arn:aws:sqs:')) return;
  const path = `${origin.path}.EventInvokeConfig.DestinationConfig.OnFailure.Destination`;
  const why = 'on this machine only an SQS queue can be a failure destination';
  throw new Refusal(origin.file, path, onFailureArn, why);
}

/** The record as https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html shows it. */
function recordOf(
  plan: FunctionPlan,
  event: string,
  requestId: string,
  condition: Condition,
  attempts: number,
  answer?: Answer,
): string {
  return JSON.stringify({
    version: '1.0',
    timestamp: new Date().toISOString(),
    requestContext: {
      requestId,
      functionArn: `${plan.arn}:$LATEST`,
      condition,
      approximateInvokeCount: attempts,
    },
    requestPayload: JSON.parse(event),
    ...(answer && {
      responseContext: {
        statusCode: 200,
        executedVersion: '$LATEST',
        functionError: 'Unhandled',
      },
      responsePayload: JSON.parse(answer.payload),
    }),
  });
}

export function createAsynchronous(settings: Settings): Asynchronous {
  const { current, aws, awsEndpoint, log, retryDelaysMs, pending } = settings;
  const stopping = new AbortController();

  const giveUp = async (plan: FunctionPlan, record: string, why: string) => {
    const { onFailureArn, name } = plan;
    if (!onFailureArn) return log.warn(`${name}: an asynchronous event was dropped: ${why}`);
    const [, , , , account, queue] = onFailureArn.split(':');
    const QueueUrl = `${awsEndpoint()}/${account}/${queue}`;
    // AWS writes to the destination with the function's own role.
    const role = { name, policy: plan.policy };
    await aws.call('sqs', 'SendMessage', { QueueUrl, MessageBody: record }, role);
    log.detail(`${name}: an asynchronous event went to ${queue}: ${why}`);
  };

  const deliver = async (name: string, event: string, requestId: string, first: FunctionPlan) => {
    const accepted = Date.now();
    let plan = first;
    let answer: Answer | undefined;
    let attempts = 0;
    let throttles = 0;
    const fail = (condition: Condition) =>
      giveUp(plan, recordOf(plan, event, requestId, condition, attempts, answer), condition);
    for (;;) {
      const deployed = current(name);
      if (!deployed)
        return log.warn(`${name}: an asynchronous event was dropped: no such function`);
      plan = deployed.plan;
      if (plan.reservedConcurrency === 0) return fail('ZeroReservedConcurrency');
      if (throttled(deployed)) {
        // As AWS: from 1 s, doubled, to at most 5 min; a throttle is not an attempt.
        await sleep(Math.min(1000 * 2 ** throttles++, 300_000), undefined, stopping);
      } else {
        answer = await attempt(deployed, event, log, requestId);
        attempts++;
        if (!answer.failed) return;
        if (attempts > plan.maximumRetryAttempts) return fail('RetriesExhausted');
        await sleep(retryDelaysMs[attempts - 1] ?? retryDelaysMs.at(-1) ?? 0, undefined, stopping);
      }
      if (Date.now() - accepted > plan.maximumEventAgeS * 1000) return fail('EventAgeExceeded');
    }
  };

  return {
    accept({ plan }, payload) {
      const event = checkPayload(payload, LIMITS.asynchronous);
      const requestId = randomUUID();
      const work = deliver(plan.name, event, requestId, plan).catch((error: unknown) => {
        const why = stopping.signal.aborted
          ? 'this machine stopped before its next attempt'
          : error;
        log.warn(`${plan.name}: an asynchronous event was dropped: ${why}`);
      });
      pending(work);
      return requestId;
    },
    stop: () => stopping.abort(),
  };
}
