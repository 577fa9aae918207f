// How long the first reconnects are spread if all connections are lost at once.

/** Below API Gateway's 500 new connections a second, so that a herd leaves room for those who merely arrive. */
const TRIES_PER_S = 350;
const LEAST_MS = 1_000;
export const MAX_RECONNECT_WINDOW_MS = 60_000;

/** Milliseconds. */
export const reconnectWindowMs = (clients: number): number =>
  Math.round(Math.min(MAX_RECONNECT_WINDOW_MS, Math.max(LEAST_MS, (clients / TRIES_PER_S) * 1000)));
