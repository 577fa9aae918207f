// A message as its queue holds it, in memory and in the journal.
import type { MessageAttribute } from './md5.ts';

export interface StoredMessage {
  id: string;
  body: string;
  attributes: Record<string, MessageAttribute>;
  sentMs: number;
  /** How often it was received. */
  received: number;
  firstReceivedMs?: number;
  /** Hidden until then: delayed, or in flight. */
  visibleMs: number;
}
