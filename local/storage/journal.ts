// A journal: what must outlive this process, even one that is killed, in a file of one JSON line per change.
import {
  appendFile,
  closeSync,
  ftruncate,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { Refusal } from '../refusal.ts';

export interface Journal<T extends { id: string }> {
  /** What was there at the start, oldest first. */
  entries: T[];
  /** Keeps the entry as it is now, in the place of one with its id. Resolves when the operating system has it. */
  keep(entry: T): Promise<void>;
  /** Resolves when that is written; forgetting the last entry empties the file. */
  forget(id: string): Promise<void>;
  /** Waits for what is being written. What is forgotten later comes back at the next start. */
  close(): Promise<void>;
}

const append = promisify(appendFile);
const truncate = promisify(ftruncate);

function read<T extends { id: string }>(file: string): Map<string, T> {
  const kept = new Map<string, T>();
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return kept;
    throw error;
  }
  // A line without its newline is one that a crash cut off: it was never acknowledged.
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  for (const [index, line] of lines.entries()) {
    if (line === '') continue;
    try {
      const { keep, forget } = JSON.parse(line) as { keep?: T; forget?: string };
      if (keep !== undefined) kept.set(keep.id, keep);
      else kept.delete(String(forget));
    } catch (error) {
      throw new Refusal(file, `line ${index + 1}`, undefined, (error as Error).message);
    }
  }
  return kept;
}

/**
 * Opens the journal, rewritten to what still counts; without a file, one that lasts as long as the process.
 * Writes are not flushed to the disk: they survive the process, not a power cut.
 * Throws a Refusal for a file that it cannot read, and leaves that as it is.
 */
export function openJournal<T extends { id: string }>(file: string | undefined): Journal<T> {
  if (file === undefined)
    return { entries: [], keep: async () => {}, forget: async () => {}, close: async () => {} };
  mkdirSync(dirname(file), { recursive: true });
  const kept = read<T>(file);
  const entries = [...kept.values()];
  writeFileSync(`${file}.new`, entries.map((keep) => `${JSON.stringify({ keep })}\n`).join(''));
  renameSync(`${file}.new`, file);
  const handle = openSync(file, 'a');
  const live = new Set(kept.keys());
  let waiting = '';
  let next: Promise<void> | undefined;
  let last: Promise<void> = Promise.resolve();
  let closed = false;

  const flush = async () => {
    const lines = waiting;
    waiting = '';
    next = undefined;
    if (live.size === 0) await truncate(handle, 0);
    else await append(handle, lines);
  };
  /** Changes that come while one is written go together in the next write. */
  const write = (line: object) => {
    waiting += `${JSON.stringify(line)}\n`;
    next ??= last = last.then(flush, flush);
    return next;
  };
  return {
    entries,
    async keep(entry) {
      if (closed) throw new Error(`${file} is closed`);
      live.add(entry.id);
      return write({ keep: entry });
    },
    async forget(id) {
      if (closed) return;
      live.delete(id);
      return write({ forget: id });
    },
    async close() {
      if (closed) return;
      closed = true;
      try {
        await last;
      } finally {
        closeSync(handle);
      }
    },
  };
}
