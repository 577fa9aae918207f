// The journal: what a queue holds, on disk, so that messages survive a restart.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { MessageAttribute } from './digest.ts';

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

export interface Journal {
  /** What was there at the start, oldest first. */
  messages: StoredMessage[];
  /** Keeps the message as it is now. Resolves when it is written. */
  keep(message: StoredMessage): Promise<void>;
  forget(id: string): Promise<void>;
  close(): Promise<void>;
}

type Entry = { keep: StoredMessage } | { forget: string };

function read(file: string): StoredMessage[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  // A line without its newline is one that a crash cut off: it was never acknowledged.
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  const kept = new Map<string, StoredMessage>();
  for (const line of lines) {
    if (line === '') continue;
    const entry: Entry = JSON.parse(line);
    if ('keep' in entry) kept.set(entry.keep.id, entry.keep);
    else kept.delete(entry.forget);
  }
  return [...kept.values()];
}

/** Opens the journal, rewritten to what still counts; without a file, one that only lasts as long as the process. */
export async function openJournal(file: string | undefined): Promise<Journal> {
  if (file === undefined)
    return { messages: [], keep: async () => {}, forget: async () => {}, close: async () => {} };
  mkdirSync(dirname(file), { recursive: true });
  const messages = read(file);
  writeFileSync(`${file}.new`, messages.map((keep) => `${JSON.stringify({ keep })}\n`).join(''));
  renameSync(`${file}.new`, file);
  const handle: FileHandle = await open(file, 'a');
  let last: Promise<unknown> = Promise.resolve();
  const append = (entry: Entry) => {
    // One after the other: two appends at once may interleave.
    const written = last.then(() => handle.appendFile(`${JSON.stringify(entry)}\n`));
    last = written.catch(() => {});
    return written;
  };
  return {
    messages,
    keep: (message) => append({ keep: { ...message } }),
    forget: (id) => append({ forget: id }),
    async close() {
      await last;
      await handle.close();
    },
  };
}
