// The limits of API Gateway's WebSocket API, with AWS's numbers.
import type { Throttle } from '../cloudformation/plan.ts';

/** Every number of the gateway; tests shrink them, `npm start` keeps AWS's. */
export interface Limits {
  /** One WebSocket frame's payload from a client, bytes. Above it: close 1009. */
  frameBytes: number;
  /** One message in either direction, bytes. From a client above it: close 1009; posted above it: 413. */
  messageBytes: number;
  /** Without a message either way: close 1001, ms. */
  idleMs: number;
  /** A connection's longest life: close 1001, ms. */
  lifeMs: number;
  /** The longest wait for a route's function, ms. A route's own time-out may be shorter. */
  integrationMs: number;
  /** New connections per second, and the burst: above it the handshake gets 429. */
  connectsPerS: number;
  /** Requests per second and the burst of the account and Region: frames, handshakes and `$disconnect` share it. */
  account: Throttle;
  /** Bytes waiting for one slow reader before it is cut off. AWS documents no number. */
  bufferedBytes: number;
  /** How long `stop` waits for `$disconnect` invocations and closing handshakes, ms. */
  stopMs: number;
}

/**
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 * and https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html for `account`; some Regions have a quarter of it.
 */
export const awsLimits: Limits = {
  frameBytes: 32 * 1024,
  messageBytes: 128 * 1024,
  idleMs: 10 * 60 * 1000,
  lifeMs: 2 * 60 * 60 * 1000,
  integrationMs: 29_000,
  connectsPerS: 500,
  account: { perS: 10_000, burst: 5_000 },
  bufferedBytes: 8 * 1024 * 1024,
  stopMs: 1_500,
};
