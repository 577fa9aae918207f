// The reconnect window that `welcome` carries, from a count of the clients that connected in the last hours.

import { countReconnect } from '../../../shared/src/store/reconnects.ts';
import { MAX_RECONNECT_WINDOW_MS, reconnectWindowMs } from './reconnect-window.ts';

export interface CountedReconnect {
  spreadMs: number;
  /** The hour in which the client is counted now; undefined where it could not be counted. */
  came?: number;
}

/** `before`: the hour in which it was counted. Where nobody can count, the widest: that is when a herd is likely. */
export async function countReconnects(before?: number): Promise<CountedReconnect> {
  try {
    const { count, hour } = await countReconnect(before);
    return { spreadMs: reconnectWindowMs(count), came: hour };
  } catch (error) {
    console.warn({
      message: 'the client was not counted among the reconnects',
      route: 'hello',
      error,
    });
    return { spreadMs: MAX_RECONNECT_WINDOW_MS };
  }
}
