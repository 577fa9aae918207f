// Which scripts of earlier builds leave the bucket: those that no build has named for 30 days.
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** An open page loads some of its own scripts only when it wants them. */
export const KEPT_DAYS = 30;
const DAY_MS = 86_400_000;
const SCRIPT = /^app-[\w-]+\.js$/;

/** When each script that is not of the newest build was first found so, in ISO 8601, by key. */
export type OldScripts = Record<string, string>;

/**
 * @param listed the keys in the bucket
 * @param built the files of the newest build
 * @param known what the run before this one wrote
 */
export function retire(
  listed: string[],
  built: string[],
  known: OldScripts,
  now: Date,
): { old: OldScripts; expired: string[] } {
  const since = (key: string) => known[key] ?? now.toISOString();
  const isOver = (key: string) => now.getTime() - Date.parse(since(key)) > KEPT_DAYS * DAY_MS;
  const unnamed = listed.filter((key) => SCRIPT.test(key) && !built.includes(key));
  return {
    old: Object.fromEntries(
      unnamed.filter((key) => !isOver(key)).map((key) => [key, since(key)] as const),
    ),
    expired: unnamed.filter(isOver),
  };
}

/** Reads listed.json, page/ and before/old-scripts.json in `folder`, and writes old-scripts.json and expired (a key a line). */
async function writeOldScripts(folder: string): Promise<void> {
  const json = async (path: string) =>
    JSON.parse(await readFile(join(folder, path), 'utf8')) as unknown;
  // The AWS CLI answers null for an empty bucket.
  const listed = ((await json('listed.json')) ?? []) as string[];
  const before = join('before', 'old-scripts.json');
  const known = existsSync(join(folder, before)) ? ((await json(before)) as OldScripts) : {};
  const built = await readdir(join(folder, 'page'));
  const { old, expired } = retire(listed, built, known, new Date());
  await writeFile(join(folder, 'old-scripts.json'), JSON.stringify(old));
  await writeFile(join(folder, 'expired'), expired.map((key) => `${key}\n`).join(''));
}

if (import.meta.main) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) throw new Error('Say where: node front/old-scripts.ts FOLDER');
  await writeOldScripts(folder);
}
