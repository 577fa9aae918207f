// @ts-check
// Which rooms are private. The server says it when a room is joined and never again, so it is kept for the next visit.

/** @typedef {import('../../../shared/src/protocol.ts').Visibility} Visibility */

const KEY = 'visibilities';

/** @param {unknown} kept @returns {Map<string, Visibility>} what was kept, as far as it is sound */
function sound(kept) {
  const record = typeof kept === 'object' && kept !== null ? kept : {};
  return new Map(
    Object.entries(record).filter(([, value]) => value === 'public' || value === 'private'),
  );
}

/** @param {import('./identity.js').Keep} keep */
export function createVisibilities(keep) {
  let known = sound(keep.read(KEY));

  /** @param {(all: Map<string, Visibility>) => void} change */
  function keepWith(change) {
    // Another tab may have kept more meanwhile.
    known = sound(keep.read(KEY));
    change(known);
    keep.write(KEY, Object.fromEntries(known));
  }

  return {
    /** @param {import('./frame.js').Joined} frame */
    hear({ room, visibility }) {
      if (!visibility || known.get(room) === visibility) return;
      keepWith((all) => all.set(room, visibility));
    },
    /** @param {string} room */
    forget(room) {
      if (known.has(room)) keepWith((all) => all.delete(room));
    },
    /** @param {string} room @returns {Visibility | null} null where it was not told to this client */
    of: (room) => known.get(room) ?? null,
  };
}
