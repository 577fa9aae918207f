// The gateway's misbehaviour on request: lost $disconnects, gone and throttled posts, cut sockets.
import { seeded } from '../seeded.ts';
import { tokenBucket } from './token-bucket.ts';

/** Rates are probabilities from 0 to 1. The same seed and the same order of calls give the same faults. */
export interface GatewayFaults {
  seed?: number;
  /** No `$disconnect` is ever invoked: AWS promises it only as best effort. */
  loseDisconnects?: boolean;
  /** Posts answered 410 though the connection lives. */
  goneRate?: number;
  /** Posts answered 429 LimitExceededException. */
  throttleRate?: number;
  /** Posts per second of the whole account, and the burst; above it they are answered 429. 0: no such limit. */
  postsPerS?: number;
  /** Frames in and posts at which the socket is cut, the frame lost with it. */
  cutRate?: number;
}

/** Draws from the seeded dice; a rate of zero draws nothing. */
export interface Dice {
  losesDisconnect(): boolean;
  gone(): boolean;
  throttled(): boolean;
  cut(): boolean;
}

export function dice(faults: GatewayFaults = {}): Dice {
  const { seed = 1, loseDisconnects = false, goneRate = 0, throttleRate = 0, cutRate = 0 } = faults;
  const { postsPerS = 0 } = faults;
  const mayPost = postsPerS > 0 ? tokenBucket({ perS: postsPerS, burst: postsPerS }) : () => true;
  const random = seeded(seed);
  const hits = (rate: number) => rate > 0 && random() < rate;
  return {
    losesDisconnect: () => loseDisconnects,
    gone: () => hits(goneRate),
    throttled: () => hits(throttleRate) || !mayPost(),
    cut: () => hits(cutRate),
  };
}
