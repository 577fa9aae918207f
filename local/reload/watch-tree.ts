// Every save below a folder, also one that puts a new file in the old one's place, as many editors and git do.
import { existsSync, type FSWatcher, readdirSync, statSync, watch } from 'node:fs';
import { join, sep } from 'node:path';

/**
 * Calls `changed` with the path of each file that was written, made, renamed or removed. One watch a folder: on Linux,
 * Node's own `recursive` watches the files instead, and hears no more of one that was replaced.
 */
export function watchTree(
  root: string,
  changed: (file: string) => void,
  failed: (error: Error) => void,
): { close(): void } {
  const watchers = new Map<string, FSWatcher>();

  const forget = (folder: string) => {
    for (const [path, watcher] of watchers) {
      if (path !== folder && !path.startsWith(folder + sep)) continue;
      watcher.close();
      watchers.delete(path);
    }
  };

  const add = (folder: string): string[] => {
    const watcher = watch(folder, (event, name) => {
      // A folder that is removed says so itself too; the one above it tells better.
      if (name === null || !existsSync(folder)) return;
      const path = join(folder, name);
      // What is there now may be another folder of the same name, which nobody watches yet.
      if (event === 'rename') {
        forget(path);
        for (const file of addIfFolder(path)) changed(file);
      }
      changed(path);
    });
    watcher.on('error', failed);
    watchers.set(folder, watcher);
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? addIfFolder(path) : [path];
    });
  };

  /** The files below, for they may have been written before anybody watched; none where there is no folder (any more). */
  const addIfFolder = (path: string): string[] => {
    try {
      return statSync(path).isDirectory() ? add(path) : [];
    } catch (error) {
      forget(path);
      if (isGone(error)) return [];
      throw error;
    }
  };

  add(root);
  return {
    close: () => forget(root),
  };
}

const isGone = (error: unknown) =>
  typeof error === 'object' &&
  error !== null &&
  'code' in error &&
  (error.code === 'ENOENT' || error.code === 'ENOTDIR');
