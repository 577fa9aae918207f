// Publishes events of the catalogue on ChatBus.

import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { env } from './env.ts';
import { EVENT_SOURCES, type EventName, type Events } from './events.ts';
import { Refused } from './protocol/errors.ts';

const client = new EventBridgeClient({});
const busName = env('BUS_NAME');

/** Tries, and milliseconds before the second and third: an entry may fail although the call succeeds. */
const BACK_OFF_MS = [0, 50, 250];

/**
 * Puts one event on the bus; resolves when EventBridge has taken it over.
 * Throws `Refused('Busy')` when it does not, after retries (docs: PutEvents, "Handling failures"). `log`: what an alarm
 * counts, or `console.warn` where the refusal costs nobody the frame.
 */
export async function publish<N extends EventName>(
  name: N,
  detail: Events[N],
  log = console.error,
): Promise<void> {
  const failure = await put(name, detail, BACK_OFF_MS);
  if (failure === undefined) return;
  const messageId = 'messageId' in detail ? detail.messageId : undefined;
  log({ message: 'the event was not published', event: name, messageId, failure });
  throw new Refused('Busy', { ref: messageId ?? null });
}

/** Puts an event on the bus that nobody misses: tried once, and lost where the bus is busy. */
export async function publishBestEffort<N extends EventName>(
  name: N,
  detail: Events[N],
): Promise<void> {
  const failure = await put(name, detail, [0]);
  if (failure !== undefined)
    console.warn({ message: 'a best-effort event was lost', event: name, failure });
}

/** Answers why it is not there; undefined where it is. */
async function put<N extends EventName>(
  name: N,
  detail: Events[N],
  waits: number[],
): Promise<unknown> {
  const entry = {
    EventBusName: busName,
    Source: EVENT_SOURCES[name],
    DetailType: name,
    Detail: JSON.stringify(detail),
  };
  let failure: unknown;
  for (const waitMs of waits) {
    if (waitMs > 0) await new Promise((done) => setTimeout(done, waitMs * Math.random()));
    try {
      const { FailedEntryCount, Entries } = await client.send(
        new PutEventsCommand({ Entries: [entry] }),
      );
      if (!FailedEntryCount) return undefined;
      failure = Entries?.[0]?.ErrorCode ?? 'Unknown';
    } catch (error) {
      failure = error instanceof Error ? error.name : error;
    }
  }
  return failure;
}
