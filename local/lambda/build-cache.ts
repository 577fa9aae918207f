// Keeps what a build made, and what went into it: a start for which nothing has changed builds nothing.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { deserialize, serialize } from 'node:v8';

export interface Made {
  /** `path` is relative to the build's folder. */
  outputs: { path: string; contents: Uint8Array }[];
  /** Absolute paths of all files that were read. */
  inputs: string[];
}

interface Kept extends Made {
  asked: string;
  digest: string;
}

/** What is saved this shortly before a build, or later, may be another version than the one that was built. */
const UNSETTLED_MS = 1000;
/** So many files are open at once: some systems allow no more than 256. */
const AT_ONCE = 64;
/** What decides how files are found and read, in the folder of a file or above; the last names the versions of all packages. */
const SETTINGS = ['package.json', 'tsconfig.json', join('node_modules', '.package-lock.json')];

/**
 * What `make` makes, or what it made when last asked for the same with the same files.
 * `file`: where it is kept; `asked`: all that decides beside the contents of files; `unsettledMs`: for tests, which cannot wait.
 * Rejects only as `make` does: what cannot be kept is made again.
 */
export async function keptOr(
  file: string,
  asked: string,
  make: () => Promise<Made>,
  unsettledMs = UNSETTLED_MS,
): Promise<Made> {
  const kept = await quietly(() => read(file, asked));
  if (kept !== undefined) return kept;
  const startedMs = Date.now();
  const made = await make();
  await quietly(async () => {
    // Read first, then asked for their times: what is saved in between is seen to be young.
    const digest = await digestOf(made.inputs);
    if ((await newest(made.inputs)) < startedMs - unsettledMs)
      await write(file, { ...made, asked, digest });
  });
  return made;
}

/** Undefined where it fails: no disk, no leave, or only a part of what was written. */
async function quietly<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch {
    return undefined;
  }
}

async function read(file: string, asked: string): Promise<Kept | undefined> {
  const kept = deserialize(await readFile(file)) as Kept;
  return kept.asked === asked && kept.digest === (await digestOf(kept.inputs)) ? kept : undefined;
}

/** By rename: another start may read or write it right now. */
async function write(file: string, kept: Kept): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.${process.pid}`, serialize(kept));
  await rename(`${file}.${process.pid}`, file);
}

/** Of the names and contents of these files and of the settings above them, whether these are there or not. */
async function digestOf(files: string[]): Promise<string> {
  const all = [...files, ...settingsAbove(files)];
  const hash = createHash('sha256');
  for (let at = 0; at < all.length; at += AT_ONCE) {
    const some = all.slice(at, at + AT_ONCE);
    const contents = await Promise.all(some.map(contentOf));
    for (const [index, content] of contents.entries())
      hash.update(`${some[index]}\n${content?.length}\n`).update(content ?? '');
  }
  return hash.digest('base64url');
}

function settingsAbove(files: string[]): string[] {
  const folders = new Set<string>();
  for (const file of files)
    for (let at = dirname(file); !folders.has(at); at = dirname(at)) folders.add(at);
  return [...folders].flatMap((folder) => SETTINGS.map((name) => join(folder, name)));
}

async function contentOf(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** When the last of these files and settings was written or moved there, milliseconds since the epoch. Rejects where a file is gone. */
async function newest(files: string[]): Promise<number> {
  const settings = settingsAbove(files).filter((file) => existsSync(file));
  const times = await Promise.all(
    [...files, ...settings].map(async (file) => {
      const { mtimeMs, ctimeMs } = await stat(file);
      return Math.max(mtimeMs, ctimeMs);
    }),
  );
  return Math.max(0, ...times);
}
