// The data folder: writable, and one runtime's alone while it runs.
import { accessSync, constants, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Refusal } from './refusal.ts';

/** Makes and locks the folder; the answer unlocks it. Throws a Refusal where it cannot be written or is in use. */
export function lockDataFolder(folder: string): () => void {
  const lock = join(folder, 'lock');
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw new Refusal('flags', '--data', folder, `cannot be written (${codeOf(error)})`);
  }
  const owner = ownerOf(lock);
  if (owner !== undefined && isAlive(owner)) {
    throw new Refusal(
      'flags',
      '--data',
      folder,
      `is already running here (process ${owner}); stop it, or start with another --data folder or --memory`,
    );
  }
  writeFileSync(lock, String(process.pid));
  return () => rmSync(lock, { force: true });
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
