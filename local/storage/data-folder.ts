// The data folder: writable, and one runtime's alone while it runs.
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Refusal } from '../refusal.ts';

/** How long a killed process may take to end: until then it holds what it held. */
const ENDING_MS = 2_000;
/** https://www.sqlite.org/rescode.html; the higher bits tell more. */
const SQLITE_BUSY = 5;

/** A database that nothing refers to is collected, and its lock with it. */
const held = new Set<DatabaseSync>();

/**
 * Makes and locks the folder; the answer unlocks it. Throws a Refusal where it cannot be written or locked, or is in use.
 * The lock is the operating system's, which frees it when its process ends, however that ends.
 */
export function lockDataFolder(folder: string): () => void {
  const owner = join(folder, 'pid');
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw new Refusal('flags', '--data', folder, `cannot be written (${codeOf(error)})`);
  }
  const unlock = lockFile(folder, join(folder, 'in-use'));
  try {
    // LevelDB locks its own folder. It is asked too, because versions before this lock had only that one.
    const tables = join(folder, 'tables', 'LOCK');
    if (existsSync(tables)) lockFile(folder, tables)();
    writeFileSync(owner, String(process.pid));
  } catch (error) {
    unlock();
    throw error;
  }
  return () => {
    rmSync(owner, { force: true });
    unlock();
  };
}

/**
 * SQLite holds an exclusive lock on the file and writes nothing to it: Node has no other door to a file lock.
 * No second descriptor of the file may be opened here, since POSIX frees the lock when any of them is closed.
 */
function lockFile(folder: string, file: string): () => void {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { timeout: ENDING_MS });
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    if (typeof error !== 'object' || error === null || !('errcode' in error)) throw error;
    if ((Number(error.errcode) & 0xff) === SQLITE_BUSY) throw inUse(folder);
    const why = 'message' in error ? error.message : error.errcode;
    throw new Refusal('flags', '--data', folder, `cannot be locked (${why})`);
  }
  const locked = database;
  held.add(locked);
  return () => {
    if (held.delete(locked)) locked.close();
  };
}

/** Step by step: Node's own `recursive` never ends where no folder can be made, as in /proc. */
function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process that starts now has just made it.
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}

function inUse(folder: string): Refusal {
  const why = `is already running here${ownerOf(folder)}; stop it, or start with another --data folder or --memory`;
  return new Refusal('flags', '--data', folder, why);
}

/** For the reader of the refusal only: the number may be another container's, or that of a process before. */
function ownerOf(folder: string): string {
  try {
    return ` (process ${readFileSync(join(folder, 'pid'), 'utf8')})`;
  } catch {
    return '';
  }
}

const codeOf = (error: unknown) =>
  typeof error === 'object' && error !== null && 'code' in error
    ? String(error.code)
    : String(error);
