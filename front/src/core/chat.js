// @ts-check
// The chat as its page sees it: say, retry, discard; and be told what changed.
import { compose, frameOf } from './composition.js';
import { readFrame } from './frame.js';
import { mintMessageId } from './identity.js';
import { createLine } from './line.js';
import { createOutbox } from './outbox.js';
import { createTimeline } from './timeline.js';

/** @typedef {import('./timeline.js').Item} Item */
/** @typedef {{ changed(changes: import('./timeline.js').Change[]): void, arrived(item: Item): void,
 *   line(status: import('./line.js').LineStatus): void }} Watcher arrived: another's message, once */
/** @typedef {{ openSocket: import('./line.js').OpenSocket, clock: import('./line.js').Clock,
 *   fraction: () => number, randomBytes: (count: number) => Uint8Array, isOnline: () => boolean,
 *   slot: import('./outbox.js').Slot }} ChatPorts */

/** A line that said nothing for as long as three sends waited is dead without knowing it. */
const SILENCE_MS = 30_000;

/** @param {{ room: string, ports: ChatPorts, watcher: Watcher }} options */
export function createChat({ room, ports, watcher }) {
  const { clock, fraction } = ports;
  const timeline = createTimeline();
  // A plain client is a new guest on each connection, so "own" is what this page has sent, and who sent it.
  /** @type {Set<string>} */
  const ownUserIds = new Set();
  let heardAt = 0;

  const line = createLine({
    ...ports,
    changed(status) {
      watcher.line(status);
      if (status.state === 'live') outbox.lineUp();
      else outbox.lineDown();
    },
    heard,
  });

  const outbox = createOutbox({
    slot: ports.slot,
    clock,
    fraction,
    send: (entry) => line.send(frameOf(entry)),
    changed: (entry) => watcher.changed(timeline.write(unsent(entry))),
    silent() {
      if (clock.now() - heardAt >= SILENCE_MS) line.distrust();
    },
  });

  /** @param {import('./outbox-entry.js').Entry} entry @returns {Item} */
  function unsent({ messageId, state, text, writtenAt, reason }) {
    const common = { messageId, state, text, reason, at: writtenAt, localAt: writtenAt };
    return { ...common, own: true, seq: null, userId: '', nickname: 'You' };
  }

  /** @param {string} text */
  function heard(text) {
    heardAt = clock.now();
    const frame = readFrame(text);
    if (frame?.type === 'error') outbox.refuse(frame.ref, frame);
    if (frame?.type === 'message' && frame.room === room) hearMessage(frame);
  }

  /** @param {import('./frame.js').MessageFrame} frame */
  function hearMessage({ messageId, seq, userId, nickname, message, timestamp }) {
    const mine = outbox.remove(messageId);
    if (mine) ownUserIds.add(userId);
    const own = mine || ownUserIds.has(userId);
    const times = { at: Date.parse(timestamp), localAt: clock.now() };
    const told = { messageId, seq, userId, nickname, text: message, own, ...times };
    /** @type {Item & { seq: number }} */
    const item = { ...told, state: 'sent', reason: null };
    const changes = timeline.hear(item);
    if (changes.length === 0) return;
    watcher.changed(changes);
    if (!own) watcher.arrived(item);
  }

  return {
    /** Shows what an earlier page left unsent, and connects. @param {string} url */
    start(url) {
      for (const entry of outbox.entries()) watcher.changed(timeline.write(unsent(entry)));
      line.start(url);
    },
    /** @param {string} draft @returns {boolean} whether it was taken; it was not if it breaks a limit */
    say(draft) {
      const { text, problem } = compose(draft, room);
      if (problem) return false;
      const messageId = mintMessageId(clock.now(), ports.randomBytes);
      outbox.add({ messageId, room, text, writtenAt: clock.now(), state: 'pending', reason: null });
      return true;
    },
    /** @param {string} messageId */
    retry: (messageId) => outbox.retry(messageId),
    /** @param {string} messageId */
    discard(messageId) {
      outbox.remove(messageId);
      watcher.changed(timeline.discard(messageId));
    },
    items: () => timeline.items(),
    line,
  };
}
