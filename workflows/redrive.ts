// npm run redrive [-- --stage dev] [--list]: restarts what waits in the dead-letter queue. An operator's tool, not part of any stack.

import { parseArgs } from 'node:util';
import { openDeadLetterQueue, type Taken } from './dead-letter-queue.ts';
import { OUTDATED, openRestart, type Restart } from './restart.ts';

const AT_ONCE = 10;
const USAGE = 'usage: npm run redrive -- [--stage STAGE] [--list]';

await main().catch((error: unknown) => {
  console.error(`redrive: ${error instanceof Error ? error.message || error.name : error}`);
  process.exitCode = 1;
});

async function main(): Promise<void> {
  const { stage, list, help } = options();
  if (help) {
    console.log(USAGE);
    return;
  }
  if (!/^[a-z][a-z0-9]{0,15}$/.test(stage))
    throw new Error(
      `the stage's name '${stage}' must be a small letter, then at most 15 small letters and digits, e.g. dev`,
    );
  const queue = await openDeadLetterQueue(stage);
  // Before a letter is taken, which hides it from the next redrive.
  const restart = list ? undefined : await openRestart(`hubbub-${stage}`);
  const taken = await queue.takeAll();
  if (taken.length === 0) {
    console.log(`nothing waits in ${queue.name}`);
    return;
  }
  if (restart === undefined) {
    for (const one of taken) say(one, 'waits');
    await settled(taken.map(queue.showAgain));
    return;
  }
  const outcomes = await redrive(taken, restart);
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

/** @throws Error in one line, with the usage, for arguments that are not known. */
function options() {
  try {
    return parseArgs({
      options: {
        stage: { type: 'string', default: 'dev' },
        list: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    // The first sentence; what follows is advice for programs that take other arguments.
    const [why] = (error as Error).message.split(/[.\n]/);
    throw new Error(`${why}; ${USAGE}`);
  }
}

/** Restarts each event once, however many letters are about it; answers for each letter why it is not done, if it is not. */
async function redrive(
  letters: Taken[],
  restart: Restart,
): Promise<Map<Taken, string | undefined>> {
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
