// Retry: how often and how long after.
import type { Retrier } from './asl.ts';
import { matches } from './failure.ts';

/** AWS's defaults, https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html. */
const DEFAULTS = { IntervalSeconds: 1, MaxAttempts: 3, BackoffRate: 2 };

/** Counts the attempts of one visit to a state, each retrier for itself. */
export function retries(retriers: Retrier[], random: () => number) {
  const used = retriers.map(() => 0);
  return {
    /** Milliseconds to wait before the next attempt, or undefined when there is none. */
    delayMs(error: string): number | undefined {
      const index = retriers.findIndex((retrier) => matches(retrier.ErrorEquals, error));
      const retrier = retriers[index];
      const attempt = used[index];
      if (!retrier || attempt === undefined) return undefined;
      const { IntervalSeconds, MaxAttempts, BackoffRate } = { ...DEFAULTS, ...retrier };
      if (attempt >= MaxAttempts) return undefined;
      used[index] = attempt + 1;
      const delayS = Math.min(
        IntervalSeconds * BackoffRate ** attempt,
        retrier.MaxDelaySeconds ?? Number.POSITIVE_INFINITY,
      );
      return delayS * 1000 * (retrier.JitterStrategy === 'FULL' ? random() : 1);
    },
  };
}
