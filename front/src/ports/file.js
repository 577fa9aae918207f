// @ts-check
// What a bot keeps in a folder: one small file for each value and each unsent message. Node only.

/** Not imported, so that a browser can load this module. */
const node = () => {
  const { getBuiltinModule } = globalThis.process;
  return { fs: getBuiltinModule('node:fs'), path: getBuiltinModule('node:path') };
};

/** The secret is in it: nobody else on this machine may read it. */
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/** @typedef {(error: unknown) => void} Trouble told of each file that holds nothing sound */

/** @param {string} folder made if it is not there @param {Trouble} trouble */
function openFolder(folder, trouble) {
  const { fs, path } = node();
  fs.mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
  /** @param {string} name */
  const fileOf = (name) => path.join(folder, `${encodeURIComponent(name)}.json`);
  /** A new name is on the disk only when its folder is. Windows opens no folders, and needs none of this. */
  function flushFolder() {
    if (globalThis.process.platform === 'win32') return;
    const handle = fs.openSync(folder, 'r');
    try {
      fs.fsyncSync(handle);
    } finally {
      fs.closeSync(handle);
    }
  }

  return {
    /** @param {string} name @returns {unknown} null if it is not there, or nothing sound is in it */
    read(name) {
      const file = fileOf(name);
      if (!fs.existsSync(file)) return null;
      const text = fs.readFileSync(file, 'utf8');
      try {
        return JSON.parse(text);
      } catch {
        trouble(new Error(`${file} holds no JSON; it is taken for absent.`));
        return null;
      }
    },
    /** Whole or not at all, and on the disk when it returns. @param {string} name @param {unknown} value */
    write(name, value) {
      const file = fileOf(name);
      const text = JSON.stringify(value);
      fs.writeFileSync(`${file}.new`, text, { mode: FILE_MODE, flush: true });
      fs.renameSync(`${file}.new`, file);
      flushFolder();
    },
    /** @param {string} name */
    remove: (name) => fs.rmSync(fileOf(name), { force: true }),
    names: () =>
      fs
        .readdirSync(folder)
        .filter((file) => file.endsWith('.json'))
        .map((file) => decodeURIComponent(file.slice(0, -'.json'.length))),
  };
}

/**
 * Throws what the file system throws.
 * @param {string} folder @param {Trouble} trouble
 * @returns {import('../core/identity.js').Keep}
 */
export function createFileKeep(folder, trouble) {
  const files = openFolder(folder, trouble);
  return { read: files.read, write: files.write };
}

/**
 * @param {string} folder @param {Trouble} trouble
 * @returns {import('../core/outbox-entry.js').OutboxStore}
 */
export function createFileStore(folder, trouble) {
  const files = openFolder(folder, trouble);
  return {
    load: async () => files.names().map(files.read),
    put: async (entry) => files.write(entry.messageId, entry),
    remove: async (messageId) => files.remove(messageId),
  };
}
