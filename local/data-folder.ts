// The data folder: writable, and one runtime's alone while it runs.
import {
  accessSync,
  constants,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Refusal } from './refusal.ts';

/** Makes and locks the folder; the answer unlocks it. Throws a Refusal where it cannot be written or is in use. */
export function lockDataFolder(folder: string): () => void {
  const lock = join(folder, 'lock');
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw new Refusal('flags', '--data', folder, `cannot be written (${codeOf(error)})`);
  }
  const owner = ownerOf(lock);
  if (owner !== undefined && isAlive(owner)) {
    throw inUse(folder, owner);
  }
  rmSync(lock, { force: true });
  try {
    // Two that start at once: the second finds the first's lock.
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    throw inUse(folder, ownerOf(lock));
  }
  return () => rmSync(lock, { force: true });
}

/** Step by step: Node's own `recursive` never ends where no folder can be made, as in /proc. */
function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder));
  mkdirSync(folder);
}

function inUse(folder: string, owner: number | undefined): Refusal {
  const why = `is already running here (process ${owner}); stop it, or start with another --data folder or --memory`;
  return new Refusal('flags', '--data', folder, why);
}

function ownerOf(lock: string): number | undefined {
  try {
    return Number(readFileSync(lock, 'utf8'));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** A lock outlives a killed process: only a living one counts. */
function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

const codeOf = (error: unknown) =>
  typeof error === 'object' && error !== null && 'code' in error
    ? String(error.code)
    : String(error);
