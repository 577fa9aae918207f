// Keeps what a build made, and what went into it: a start for which nothing has changed builds nothing.
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
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

/** What is saved this shortly before a build may be another version than the one that was built. */
const UNSETTLED_MS = 1000;

/**
 * What `make` makes, or what it made when last asked for the same with the same files.
 * `file`: where it is kept; `asked`: all that decides beside the contents of the files.
 */
export async function keptOr(
  file: string,
  asked: string,
  make: () => Promise<Made>,
): Promise<Made> {
  const kept = await read(file);
  if (kept?.asked === asked && kept.digest === (await digestOf(kept.inputs))) return kept;
  const startedMs = Date.now();
  const made = await make();
  if ((await newest(made.inputs)) < startedMs - UNSETTLED_MS)
    await write(file, { ...made, asked, digest: await digestOf(made.inputs) });
  return made;
}

/** Undefined where there is none, or only a part of one. */
async function read(file: string): Promise<Kept | undefined> {
  try {
    return deserialize(await readFile(file)) as Kept;
  } catch {
    return undefined;
  }
}

/** By rename: another start may read or write it right now. */
async function write(file: string, kept: Kept): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.${process.pid}`, serialize(kept));
  await rename(`${file}.${process.pid}`, file);
}

/** Of names and contents; a file that is gone is no content. */
export async function digestOf(files: string[]): Promise<string> {
  const contents = await Promise.all(files.map((file) => readFile(file).catch(() => '')));
  const hash = createHash('sha256');
  for (const [at, content] of contents.entries())
    hash.update(`${files[at]}\n${content.length}\n`).update(content);
  return hash.digest('base64url');
}

/** When the file that was changed last was, milliseconds since the epoch. */
async function newest(files: string[]): Promise<number> {
  const times = await Promise.all(files.map(async (file) => (await stat(file)).mtimeMs));
  return Math.max(0, ...times);
}
