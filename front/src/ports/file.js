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

/** @param {string} folder made if it is not there */
function openFolder(folder) {
  const { fs, path } = node();
  fs.mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
  /** @param {string} name */
  const fileOf = (name) => path.join(folder, `${encodeURIComponent(name)}.json`);
  return {
    /** @param {string} name @returns {unknown} null if it is not there */
    read(name) {
      const file = fileOf(name);
      return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : null;
    },
    /** Whole or not at all, and on the disk when it returns. @param {string} name @param {unknown} value */
    write(name, value) {
      const file = fileOf(name);
      const handle = fs.openSync(`${file}.new`, 'w', FILE_MODE);
      fs.writeSync(handle, JSON.stringify(value));
      fs.fsyncSync(handle);
      fs.closeSync(handle);
      fs.renameSync(`${file}.new`, file);
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

/** @param {string} folder @returns {import('../core/identity.js').Keep} throws what the file system throws */
export function createFileKeep(folder) {
  const files = openFolder(folder);
  return { read: files.read, write: files.write };
}

/** @param {string} folder @returns {import('../core/outbox-entry.js').OutboxStore} */
export function createFileStore(folder) {
  const files = openFolder(folder);
  return {
    load: async () => files.names().map(files.read),
    put: async (entry) => files.write(entry.messageId, entry),
    remove: async (messageId) => files.remove(messageId),
  };
}
