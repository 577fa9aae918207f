// The token bucket of API Gateway's throttles.
import type { Throttle } from '../cloudformation/plan.ts';

/** Answers whether one more may pass now, and takes a token if so. */
export function tokenBucket(
  { perS, burst }: Throttle,
  now: () => number = () => performance.now(),
) {
  let tokens = burst;
  let filledAt = now();
  return (): boolean => {
    const at = now();
    tokens = Math.min(burst, tokens + ((at - filledAt) / 1000) * perS);
    filledAt = at;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
