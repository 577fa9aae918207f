// Reload: a saved handler, template, state machine or page takes effect at once; a broken save keeps the last good version.
import { join, relative, sep } from 'node:path';
import type { Log } from '../log.ts';
import { watchTree } from './watch-tree.ts';

/** Editors write a file in several steps. */
const QUIET_MS = 60;
const FOLDERS = ['shared', 'api', 'workflows', 'front'];
const CODE = /\.(ts|js|json|ya?ml)$/;

/**
 * Calls `reload` after changes under the four stacks, one at a time. Its error is logged, not thrown.
 * Page files need no reload, they are read from disk at every request: they are only named in the log.
 */
export function startReload(
  root: string,
  reload: () => Promise<void>,
  log: Log,
): { stop(): Promise<void> } {
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  const run = async () => {
    const files = [...changed].sort();
    changed.clear();
    const page = join('front', 'src') + sep;
    try {
      if (files.some((file) => !file.startsWith(page))) await reload();
      log.say(`reloaded: ${files.join(', ')}`);
    } catch (error) {
      log.warn(
        `kept the last good version: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  };

  const onChange = (path: string) => {
    const file = relative(root, path);
    const isPage = file.startsWith(join('front', 'src') + sep);
    if (!isPage && (!CODE.test(file) || file.endsWith('.test.ts'))) return;
    changed.add(file);
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = running.then(run);
    }, QUIET_MS);
  };

  const watchers = FOLDERS.map((folder) =>
    watchTree(join(root, folder), onChange, (error) => log.warn(`reload: ${error.message}`)),
  );
  return {
    stop() {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
      return running;
    },
  };
}
