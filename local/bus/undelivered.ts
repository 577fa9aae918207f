// Events taken over but not yet delivered when the bus stopped: kept in a file for the next start.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Refusal } from '../refusal.ts';
import type { Envelope } from './envelope.ts';

/** One delivery still to be made; rule and target by name, so that they are found again in the plan of the day. */
export interface Undelivered {
  event: Envelope;
  /** Milliseconds since 1970. */
  takenAt: number;
  busName: string;
  ruleName: string;
  targetId: string;
  retries: number;
}

/** The file's path in `folder`. */
const fileIn = (folder: string) => join(folder, 'undelivered-events.json');

/** What the last run left; nothing where there is no file. A file that cannot be read is a Refusal, never overwritten. */
export function readUndelivered(folder: string): Undelivered[] {
  const file = fileIn(folder);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  try {
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list)) return list;
  } catch (error) {
    throw new Refusal(file, '$', undefined, `not JSON (${(error as Error).message})`);
  }
  throw new Refusal(file, '$', undefined, 'not a list of undelivered events');
}

/** Replaces the file, whole or not at all; an empty list removes it. */
export function writeUndelivered(folder: string, list: Undelivered[]): void {
  const file = fileIn(folder);
  if (list.length === 0) {
    rmSync(file, { force: true });
    return;
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(list, null, 1));
  renameSync(`${file}.new`, file);
}
