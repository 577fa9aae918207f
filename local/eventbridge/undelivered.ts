// Deliveries still to be made: written down before PutEvents answers, so that the next start makes them.
import { join } from 'node:path';
import { type Journal, openJournal } from '../storage/journal.ts';
import type { Delivery } from './delivery.ts';
import type { Envelope } from './envelope.ts';

/** One delivery still to be made; rule and target by name, so that they are found again in the plan of the day. */
export interface Undelivered {
  /** Unlike any other delivery's: event, rule and target. */
  id: string;
  event: Envelope;
  /** Milliseconds since 1970. */
  takenAt: number;
  busName: string;
  ruleName: string;
  targetId: string;
  retries: number;
}

export function undelivered({
  event,
  takenAt,
  rule,
  target,
  retries,
}: Omit<Delivery, 'input'>): Undelivered {
  const id = [event.id, rule.name, target.id].join('/');
  const { name: ruleName, busName } = rule;
  return { id, event, takenAt, busName, ruleName, targetId: target.id, retries };
}

export type UndeliveredJournal = Journal<Undelivered>;

/** `entries` is what the last run left. Without a folder nothing is kept. A file that cannot be read is a Refusal. */
export const openUndelivered = (folder: string | undefined): UndeliveredJournal =>
  openJournal(folder === undefined ? undefined : join(folder, 'undelivered-events.jsonl'));
