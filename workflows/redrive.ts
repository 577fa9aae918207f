// npm run redrive [-- --stage dev] [--list]: restarts what waits in the dead-letter queue. An operator's tool, not part of any stack.

import { parseArgs } from 'node:util';
import { openDeadLetterQueue, type Taken } from './dead-letter-queue.ts';
import { OUTDATED, openRestart } from './restart.ts';

const AT_ONCE = 10;

const { values } = parseArgs({
  options: { stage: { type: 'string', default: 'dev' }, list: { type: 'boolean', default: false } },
});
const stack = `hubbub-${values.stage}`;
const queue = await openDeadLetterQueue(`${stack}-dead-letters`);
const taken = await queue.takeAll();

if (values.list) {
  for (const one of taken) say(one, 'waits');
  await settled(taken.map(queue.showAgain));
} else if (taken.length > 0) {
  const outcomes = await redrive(taken);
  // What failed again has put its event back itself, even where its execution went on and succeeded: one copy is enough.
  const fresh = await queue.takeAll();
  const copies = new Set(fresh.map(eventOf));
  const tidied: Promise<void>[] = [];
  for (const [one, why] of outcomes) {
    const isCopied = copies.has(eventOf(one));
    const isDone = (why === undefined || why === OUTDATED) && !isCopied;
    if (!isDone) process.exitCode = 1;
    const end = why === OUTDATED ? 'outdated: the next welcome tells it' : 'done';
    say(one, isDone ? end : `kept: ${why ?? 'FailedAgain'}`);
    tidied.push(isDone || isCopied ? queue.forget(one) : queue.showAgain(one));
  }
  await settled([...tidied, ...fresh.map(queue.showAgain)]);
}

/** Restarts each event once, however many letters are about it; answers for each letter why it is not done, if it is not. */
async function redrive(letters: Taken[]): Promise<Map<Taken, string | undefined>> {
  const restart = await openRestart(stack);
  const outcomes = new Map<Taken, string | undefined>();
  const groups = Map.groupBy(letters, eventOf).values();
  const lane = async () => {
    for (const group of groups) {
      const event = group[0]?.letter?.event;
      const why = event === undefined ? 'unreadable' : await restart(event).catch(nameOf);
      for (const one of group) outcomes.set(one, why);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return outcomes;
}

/** Waits for all of them: one letter that the queue does not let go must not leave the others hidden. */
async function settled(calls: Promise<void>[]): Promise<void> {
  for (const call of await Promise.allSettled(calls)) {
    if (call.status === 'fulfilled') continue;
    console.error(`The queue: ${nameOf(call.reason)}`);
    process.exitCode = 1;
  }
}

function eventOf({ message, letter }: Taken): string {
  if (letter === undefined) return String(message.MessageId);
  return JSON.stringify([letter.event['detail-type'], letter.event.detail]);
}

function say({ message, letter }: Taken, outcome: string): void {
  const minutes = Math.floor((Date.now() - Number(message.Attributes?.SentTimestamp)) / 60_000);
  const { about = '-', error = '-', event } = letter ?? {};
  const columns = [about, event?.['detail-type'] ?? 'unreadable', error, `${minutes} min`, outcome];
  console.log(columns.join('  '));
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'Unknown';
}
