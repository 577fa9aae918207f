// The token bucket that limits new connections per second.

/** Says whether one more may pass now. Refills `perS` tokens a second, holds at most `perS`. */
export function tokenBucket(perS: number, now: () => number = () => performance.now()) {
  let tokens = perS;
  let filledAt = now();
  return (): boolean => {
    const at = now();
    tokens = Math.min(perS, tokens + ((at - filledAt) / 1000) * perS);
    filledAt = at;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
