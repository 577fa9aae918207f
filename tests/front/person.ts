// Somebody with the real client: its screen, its storage, and the right to crash at any moment and come back.
import { createHash } from 'node:crypto';
import { type ChatPorts, connect } from '../../front/src/core/chat.js';
import type { Clock } from '../../front/src/core/line.js';
import type { Change } from '../../front/src/core/timeline.js';
import type { Chance } from './chance.ts';
import { fakeStorage, settled } from './workbench.ts';

/** The list as a page would have it, from changes alone. */
export function screen() {
  const rows: { key: string; seq: number | null; state: string; text: string }[] = [];
  const wrongs: string[] = [];
  return {
    rows,
    wrongs,
    apply(changes: Change[]) {
      for (const change of changes) {
        const known = rows.findIndex((row) => row.key === change.key);
        const was = known < 0 ? null : rows.splice(known, 1)[0];
        if (change.kind === 'remove') continue;
        const { seq, state, text } = change.item;
        if (was?.seq && was.seq !== seq)
          wrongs.push(`${change.key} moved from ${was.seq} to ${seq}`);
        const before = rows.findIndex((row) => row.key === change.before);
        if (change.before !== null && before < 0) wrongs.push(`nothing stands after ${change.key}`);
        rows.splice(before < 0 ? rows.length : before, 0, { key: change.key, seq, state, text });
      }
      const seqs = rows.map((row) => row.seq ?? Number.MAX_SAFE_INTEGER);
      if (seqs.some((seq, at) => at > 0 && seq < (seqs[at - 1] ?? 0)))
        wrongs.push(`out of order: ${seqs}`);
    },
  };
}

interface World {
  clock: Clock;
  chance: Chance;
  openSocket: ChatPorts['openSocket'];
}

export function person(
  name: string,
  { clock, chance, openSocket }: World,
  from: 'latest' | 'cursor' = 'latest',
  diskMs = 0,
) {
  const storage = fakeStorage();
  /** Kept whatever happens to the page: what `say` has promised, in this order. */
  const promised: { messageId: string; text: string }[] = [];
  /** What a reader was handed, over all lives. */
  const read: number[] = [];
  const world: { digest: ChatPorts['digest']; isOnline: boolean } = {
    isOnline: true,
    // At once: the real one takes its time, which the clock here does not know of.
    digest: async (text) => createHash('sha256').update(text).digest(),
  };
  let life = begin();
  let said = 0;

  function begin() {
    const state = { alive: true };
    // A page that is gone hears no timer and writes nothing any more.
    const only =
      <A extends unknown[]>(run: (...args: A) => void) =>
      (...args: A) => {
        if (state.alive) run(...args);
      };
    // A disk takes its time before and after the word is kept; whoever is gone waits for ever.
    const disk = () =>
      new Promise<void>((resolve) => {
        if (diskMs === 0 && state.alive) resolve();
        else clock.after(Math.round(chance.fraction() * diskMs), only(resolve));
      });
    const ports: Partial<ChatPorts> = {
      clock: { now: clock.now, after: (ms, run) => clock.after(ms, only(run)) },
      fraction: chance.fraction,
      randomBytes: (count) => Uint8Array.from({ length: count }, () => chance.fraction() * 256),
      digest: (text) => world.digest(text),
      isOnline: () => world.isOnline,
      keep: { read: storage.keep.read, write: only(storage.keep.write) },
      outbox: {
        load: storage.outbox.load,
        async put(entry) {
          await disk();
          await storage.outbox.put(entry);
          await disk();
        },
        remove: (id) => (state.alive ? storage.outbox.remove(id) : new Promise(() => {})),
      },
      openSocket(url, protocols, { opened, heard, closed }) {
        const events = { opened: only(opened), heard: only(heard), closed: only(closed) };
        const socket = openSocket(url, protocols, events);
        return { send: only(socket.send), close: socket.close };
      },
    };
    const chat = connect({ url: 'wss://x', nickname: name, from, ports });
    const view = screen();
    const room = chat.room('lobby');
    room.on('changes', view.apply);
    return { state, chat, room, view };
  }

  return {
    name,
    promised,
    read,
    storage,
    world,
    view: () => life.view,
    room: () => life.room,
    chat: () => life.chat,
    clientId: () => String(storage.keep.read('clientId')),
    /** Writes; whether it was kept before a crash is in `promised`. */
    say() {
      said += 1;
      const text = `${name} ${said}`;
      void life.room.say(text).then((messageId) => promised.push({ messageId, text }));
      return text;
    },
    /** Reads message by message in this life. `answer` is what a bot says to one. */
    async reads(answer?: (text: string) => string | null) {
      const { room, state } = life;
      for await (const message of room) {
        if (!state.alive) return;
        read.push(message.seq);
        const reply = message.own ? null : (answer?.(message.text) ?? null);
        if (reply !== null) await room.say(reply, { once: message.messageId });
      }
    },
    /** The page goes without a word, and comes back from what was kept. */
    async crash() {
      life.state.alive = false;
      await settled();
      life = begin();
    },
  };
}
