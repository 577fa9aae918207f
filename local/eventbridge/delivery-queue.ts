// The road from bus to targets: every delivery under way, with its faults, until it is made, given up or kept.
import { systemClock } from './clock.ts';
import { type Delivery, type DeliveryDeps, deliver, type Outcome } from './delivery.ts';
import { type Faults, misfortune } from './faults.ts';

export interface Road {
  /** Sends the delivery on its way; resolves with the worst outcome of its copies, never rejects. */
  send(delivery: Delivery): Promise<Outcome>;
  /** True once nothing is under way; false if that takes longer than `withinMs`. */
  settled(withinMs: number): Promise<boolean>;
  /** Ends every wait, gives calls under way `withinMs` to finish, and hands back the deliveries still to be made. */
  stop(withinMs: number): Promise<Delivery[]>;
}

const WORST_FIRST: Outcome[] = ['kept', 'dropped', 'dead-lettered', 'delivered'];

export function openRoad(deps: DeliveryDeps, faults?: Faults): Road {
  const stopping = new AbortController();
  const underWay = new Map<Delivery, Promise<Outcome>>();
  const delays = faults ? misfortune(faults) : () => [0];

  async function travel(copy: Delivery, delayMs: number): Promise<Outcome> {
    if (delayMs > 0) await deps.clock.sleep(delayMs, stopping.signal);
    const outcome = await deliver(copy, deps, stopping.signal);
    if (outcome !== 'kept') underWay.delete(copy);
    return outcome;
  }

  return {
    async send(delivery) {
      const copies = delays().map((delayMs) => {
        const copy = { ...delivery };
        const outcome = travel(copy, delayMs);
        underWay.set(copy, outcome);
        return outcome;
      });
      const outcomes = await Promise.all(copies);
      if (outcomes.length === 0) return 'dropped';
      return WORST_FIRST.find((outcome) => outcomes.includes(outcome)) ?? 'delivered';
    },
    async settled(withinMs) {
      return (await within(withinMs, allOf(underWay))) && underWay.size === 0;
    },
    async stop(withinMs) {
      stopping.abort();
      await within(withinMs, allOf(underWay));
      return [...underWay.keys()];
    },
  };
}

/** Waits until the map is empty, also of what was added meanwhile, or holds only what was kept. */
async function allOf(underWay: Map<Delivery, Promise<Outcome>>): Promise<void> {
  let outcomes: Outcome[];
  do outcomes = await Promise.all(underWay.values());
  while (outcomes.some((outcome) => outcome !== 'kept'));
}

/** In the caller's own time, whatever clock the deliveries run on. */
async function within(ms: number, done: Promise<void>): Promise<boolean> {
  const finished = new AbortController();
  const inTime = done.then(() => {
    finished.abort();
    return true;
  });
  const late = systemClock.sleep(ms, finished.signal).then(() => false);
  return Promise.race([inTime, late]);
}
