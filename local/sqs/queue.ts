// One queue: messages that are visible, in flight, or gone.
import { randomUUID } from 'node:crypto';
import type { QueuePlan } from '../cloudformation/plan.ts';
import type { Journal } from '../storage/journal.ts';
import type { Clock } from './clock.ts';
import { badHandle, notInFlight } from './errors.ts';
import type { MessageAttribute } from './md5.ts';
import type { StoredMessage } from './message.ts';

export interface Received {
  message: StoredMessage;
  receiptHandle: string;
}

export interface Queue {
  plan: QueuePlan;
  /** @param delayS as the queue has it, where undefined */
  send(
    body: string,
    attributes: Record<string, MessageAttribute>,
    delayS: number | undefined,
  ): Promise<string>;
  /** Takes a message of another queue, which was received there too often; it keeps its id and its age. */
  adopt(message: StoredMessage): Promise<void>;
  /** Up to `most` messages; waits up to `waitS` seconds for the first. */
  receive(most: number, waitS: number, visibilityS: number | undefined): Promise<Received[]>;
  remove(receiptHandle: string): Promise<void>;
  hide(receiptHandle: string, seconds: number): Promise<void>;
  purge(): Promise<void>;
  /** Approximate only on AWS; exact here. */
  counts(): { visible: number; inFlight: number; delayed: number };
  /** Answers whoever waits with nothing, and closes the journal. */
  close(): Promise<void>;
}

/** A receipt handle is the message and which receipt of it: an older one no longer hides or shows it. */
const handleOf = ({ id, received }: StoredMessage) =>
  Buffer.from(JSON.stringify([id, received])).toString('base64');

function readHandle(handle: string): [id: string, received: number] {
  try {
    const [id, received] = JSON.parse(Buffer.from(handle, 'base64').toString());
    if (typeof id === 'string' && typeof received === 'number') return [id, received];
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
  }
  throw badHandle(handle);
}

/** @param bury gives a message that was received too often to the queue of that ARN */
export function createQueue(
  plan: QueuePlan,
  journal: Journal<StoredMessage>,
  clock: Clock,
  bury: (message: StoredMessage, deadLetterArn: string) => Promise<void>,
): Queue {
  const messages = new Map(journal.entries.map((message) => [message.id, message]));
  const waiting = new Set<() => void>();
  let closed = false;
  const queue = { plan };

  const wake = () => {
    for (const look of [...waiting]) look();
  };

  async function expire(): Promise<void> {
    const oldest = clock.now() - queue.plan.retentionS * 1000;
    for (const { id, sentMs } of messages.values()) {
      if (sentMs > oldest) continue;
      messages.delete(id);
      await journal.forget(id);
    }
  }

  /** First kept there, then forgotten here: a kill between the two doubles it, and loses nothing. */
  async function buryWorn(): Promise<void> {
    const { redrive } = queue.plan;
    if (redrive === undefined) return;
    const now = clock.now();
    for (const message of messages.values()) {
      if (message.visibleMs > now || message.received < redrive.maxReceiveCount) continue;
      messages.delete(message.id);
      await bury(message, redrive.deadLetterArn);
      await journal.forget(message.id);
    }
  }

  async function take(most: number, visibilityS: number): Promise<Received[]> {
    await expire();
    await buryWorn();
    const now = clock.now();
    const visible = [...messages.values()].filter(({ visibleMs }) => visibleMs <= now);
    const taken = visible.slice(0, most);
    for (const message of taken) {
      message.received++;
      message.firstReceivedMs ??= now;
      message.visibleMs = now + visibilityS * 1000;
    }
    const received = taken.map((message) => ({
      message: { ...message },
      receiptHandle: handleOf(message),
    }));
    await Promise.all(taken.map((message) => journal.keep(message)));
    return received;
  }

  /** Resolves when there may be something to take, or the time is over. */
  async function news(ms: number): Promise<void> {
    const now = clock.now();
    const next = Math.min(
      ms,
      ...[...messages.values()].map(({ visibleMs }) => Math.max(0, visibleMs - now)),
    );
    if (closed || next === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.add(resolve);
    const cancel = clock.after(next, resolve);
    await promise;
    cancel();
    waiting.delete(resolve);
  }

  return {
    get plan() {
      return queue.plan;
    },
    set plan(next) {
      queue.plan = next;
    },
    async send(body, attributes, delayS = queue.plan.delayS ?? 0) {
      const id = randomUUID();
      const now = clock.now();
      const message = {
        id,
        body,
        attributes,
        sentMs: now,
        received: 0,
        visibleMs: now + delayS * 1000,
      };
      await journal.keep(message);
      messages.set(id, message);
      wake();
      return id;
    },
    async adopt({ id, body, attributes, sentMs }) {
      const message = { id, body, attributes, sentMs, received: 0, visibleMs: clock.now() };
      await journal.keep(message);
      messages.set(id, message);
      wake();
    },
    async receive(most, waitS, visibilityS = queue.plan.visibilityTimeoutS) {
      const until = clock.now() + waitS * 1000;
      while (!closed) {
        const taken = await take(most, visibilityS);
        const leftMs = until - clock.now();
        if (taken.length > 0 || leftMs <= 0) return taken;
        await news(leftMs);
      }
      return [];
    },
    async remove(receiptHandle) {
      const [id] = readHandle(receiptHandle);
      if (messages.delete(id)) await journal.forget(id);
    },
    async hide(receiptHandle, seconds) {
      const [id, received] = readHandle(receiptHandle);
      const message = messages.get(id);
      const now = clock.now();
      if (!message || message.received !== received || message.visibleMs <= now)
        throw notInFlight();
      message.visibleMs = now + seconds * 1000;
      await journal.keep(message);
      wake();
    },
    async purge() {
      const ids = [...messages.keys()];
      messages.clear();
      for (const id of ids) await journal.forget(id);
    },
    counts() {
      const now = clock.now();
      const all = [...messages.values()];
      const hidden = all.filter(({ visibleMs }) => visibleMs > now);
      const inFlight = hidden.filter(({ received }) => received > 0).length;
      return {
        ...{ visible: all.length - hidden.length, inFlight, delayed: hidden.length - inFlight },
      };
    },
    async close() {
      closed = true;
      wake();
      await journal.close();
    },
  };
}
