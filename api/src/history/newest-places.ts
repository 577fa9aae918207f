// A page backwards: the newest places below one. It only reads; a client asks for gaps by their numbers.

import type { History } from '../../../shared/src/protocol/frames.ts';
import { fittingPlaces, pageOf } from '../frame-budget.ts';
import { createReadBudget } from './read-budget.ts';
import { readInSteps } from './read-in-steps.ts';

type Page = Pick<History, 'items' | 'void' | 'from' | 'to' | 'more'>;

/** `below` from 1; the answer speaks for `from` to `below - 1`, and for nothing (from above to) where nothing is below. */
export async function readNewestPlaces(
  room: string,
  { below, limit }: { below: number; limit: number },
): Promise<Page> {
  const to = below - 1;
  if (to === 0) return { items: [], void: [], from: 1, to, more: false };
  const reading = createReadBudget(room);
  const { places, cut } = await readInSteps(room, { from: 1, to, limit, backwards: true }, reading);
  const fit = fittingPlaces(places);
  reading.end(fit);
  const lowest = fit.at(-1)?.seq ?? 1;
  const more = lowest > 1 && (cut || fit.length < places.length);
  return { ...pageOf(fit.toReversed()), from: more ? lowest : 1, to, more };
}
