// npm run redrive [-- --stage dev] [--list]: restarts what waits in the dead-letter queue. An operator's tool, not part of any stack.

import { parseArgs } from 'node:util';
import { openDeadLetterQueue, type Taken } from './dead-letter-queue.ts';
import { openRestart } from './restart.ts';

const AT_ONCE = 10;

const { values } = parseArgs({
  options: { stage: { type: 'string', default: 'dev' }, list: { type: 'boolean', default: false } },
});
const stack = `hubbub-${values.stage}`;
const queue = await openDeadLetterQueue(`${stack}-dead-letters`);
const taken = await queue.takeAll();

if (values.list) {
  for (const one of taken) say(one, 'waits');
  await Promise.all(taken.map(queue.showAgain));
} else {
  const kept = taken.length === 0 ? [] : await redrive(taken);
  // An execution that failed again has put its event back itself: one copy is enough.
  const fresh = await queue.takeAll();
  const copies = new Set(fresh.map(eventOf));
  await Promise.all(
    kept.map((one) => (copies.has(eventOf(one)) ? queue.forget(one) : queue.showAgain(one))),
  );
  await Promise.all(fresh.map(queue.showAgain));
  if (kept.length > 0) process.exitCode = 1;
}

/** Restarts each event once, however many letters are about it; forgets those that are done, answers the others. */
async function redrive(letters: Taken[]): Promise<Taken[]> {
  const restart = await openRestart(stack);
  const kept: Taken[] = [];
  const groups = Map.groupBy(letters, eventOf).values();
  const lane = async () => {
    for (const group of groups) {
      const event = group[0]?.letter?.event;
      const why = event === undefined ? 'unreadable' : await restart(event).catch(nameOf);
      for (const one of group) {
        if (why === undefined) await queue.forget(one);
        else kept.push(one);
        say(one, why === undefined ? 'done' : `kept: ${why}`);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return kept;
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
