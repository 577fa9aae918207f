// @ts-check
// One room as this client knows it: what is shown, what is missing, and how far everything was read.
import { createAsker } from './asker.js';
import { createExtent } from './extent.js';
import { createReading } from './reading.js';
import { createTimeline } from './timeline.js';

/** @typedef {import('./frame.js').MessageFrame} MessageFrame */
/** @typedef {import('./frame.js').History} History */
/** @typedef {import('./timeline.js').Stored} Stored */
/** @typedef {import('./timeline.js').Change} Change */
/** @typedef {'latest' | 'cursor'} From latest: the newest page, then what comes; cursor: all since what was read last */

const PAGE = 50;
/** So many stored messages stay; the oldest go first. */
const KEEP = 400;
/** So many while somebody reads back. */
const KEEP_PAGED = 5_000;
/** So far beyond what was read does a reader of everything look ahead. */
const AHEAD = 1_000;

/**
 * @param {{ name: string, from: From, keep: import('./identity.js').Keep, clock: import('./line.js').Clock,
 *   fraction: () => number, send: (frame: object) => boolean, took: (messageId: string) => boolean,
 *   changed: (changes: Change[]) => void, arrived: (item: Stored) => void }} ports
 *   took: a message is stored: was it unsent here? arrived: somebody else's, said since this client came, once
 */
export function createRoom({ name, from, keep, clock, fraction, send, took, changed, arrived }) {
  const timeline = createTimeline();
  let extent = createExtent(0);
  let isStarted = false;
  let me = '';
  let isPagedUp = false;
  let wantsPage = false;
  let isBeginning = false;
  /** @type {((more: boolean) => void)[]} */
  const waiting = [];
  const reading = createReading({
    key: `cursor.${name}`,
    keep,
    waits: from === 'cursor',
    unbrokenAfter: (seq) => extent.unbrokenAfter(seq),
    moved: () => {
      if (extent.holes(horizon()).length > 0) asker.want();
    },
  });
  const asker = createAsker({
    clock,
    fraction,
    holes: () => extent.holes(horizon()),
    page: () => (wantsPage ? { before: extent.floor() + 1, limit: PAGE } : null),
    ask(question, n) {
      const { kind: _, ...rest } = question;
      return send({ action: 'history', room: name, n, ...rest });
    },
  });

  /** @param {Change[]} changes */
  const show = (changes) => changes.length > 0 && changed(changes);
  const horizon = () => (from === 'cursor' ? reading.doneTo() + AHEAD : Number.MAX_SAFE_INTEGER);

  /** @param {MessageFrame} frame @returns {Change[]} */
  function take({ messageId, seq, userId, nickname, message, timestamp }) {
    const own = took(messageId) || userId === me || timeline.find(messageId)?.own === true;
    extent.raise(seq);
    // Of an own message that is not to be shown any more nothing unsent may stay.
    if (seq <= extent.floor())
      return timeline.find(messageId)?.seq === null ? timeline.remove(messageId) : [];
    if (extent.covers(seq) || seq > horizon()) return [];
    const times = { at: Date.parse(timestamp), localAt: clock.now(), position: 0 };
    const said = { messageId, room: name, seq, userId, nickname, text: message, own, ...times };
    /** @type {Stored} */
    const item = { ...said, state: 'sent', reason: null };
    extent.know(seq);
    const changes = timeline.hear(item);
    if (changes.length === 0) return [];
    if (reading.add(item) && !own) arrived(item);
    return changes;
  }

  /** Forgets what is stored here and begins anew above `floor`. @param {number} floor @param {number} head */
  function begin(floor, head) {
    extent = createExtent(floor);
    extent.raise(head);
    isPagedUp = false;
    isBeginning = floor === 0;
    show(timeline.clear());
    reading.begin(floor);
  }

  /** Shows the newest page, however much lies before it. @param {number} head */
  function jump(head) {
    begin(head, head);
    wantsPage = head > 0;
    asker.want();
  }

  /** @param {number} head */
  function start(head) {
    isStarted = true;
    if (from === 'latest') return jump(head);
    const cursor = reading.kept() ?? head;
    // A cursor beyond the head is of another life of the server.
    begin(cursor > head ? 0 : cursor, head);
  }

  /** @param {number} head @returns {boolean} whether what was shown is left behind */
  function raise(head) {
    const isFar = from === 'latest' && head - extent.head() > KEEP;
    if (isFar) jump(head);
    else extent.raise(head);
    return isFar;
  }

  /** @returns {Change[]} */
  function trim() {
    /** @type {Change[]} */
    const changes = [];
    const most = isPagedUp ? KEEP_PAGED : KEEP;
    for (let over = timeline.size() - most; over > 0; over -= 1) {
      const oldest = timeline.oldest();
      if (!oldest || (from === 'cursor' && oldest.seq > reading.toldTo())) break;
      changes.push(...timeline.remove(oldest.messageId));
      extent.rise(oldest.seq);
      reading.skip(oldest.seq);
      isBeginning = false;
    }
    return changes;
  }

  /** @param {Change[]} changes */
  function settle(changes) {
    show([...changes, ...trim()]);
    reading.tell();
  }

  /** @param {boolean} more */
  function paged(more) {
    wantsPage = false;
    isBeginning = extent.floor() === 0 || !more;
    for (const resolve of waiting.splice(0)) resolve(!isBeginning);
  }

  return {
    name,
    timeline,
    /** @param {import('./frame.js').Welcome} welcome */
    welcome({ userId, heads, rotated, spreadMs }) {
      me = userId;
      const head = Object.hasOwn(heads, name) ? (heads[name] ?? 0) : 0;
      if (!isStarted) start(head);
      // Heads never fall, unless the server lost its tables.
      else if (!rotated && head < extent.head()) from === 'latest' ? jump(head) : begin(0, head);
      else raise(head);
      asker.lineUp(spreadMs);
    },
    lineDown: () => asker.lineDown(),
    /** @param {number} head as `pong` tells it */
    head(head) {
      if (!isStarted || head <= extent.head()) return;
      raise(head);
      asker.want();
    },
    /** @param {MessageFrame} frame */
    message(frame) {
      if (!isStarted) return;
      raise(frame.seq);
      settle(take(frame));
      if (extent.holes(horizon()).length > 0) asker.want();
    },
    /** @param {History} answer */
    history(answer) {
      if (!isStarted) return;
      const question = asker.heard(answer);
      const isPage =
        !raise(answer.head) && question?.kind === 'page' && question.before === extent.floor() + 1;
      if (isPage) extent.lower(answer.from - 1);
      const changes = answer.items.flatMap(take);
      for (const seq of answer.void) if (seq <= horizon()) extent.know(seq);
      settle(changes);
      if (isPage) paged(answer.more);
      if (question) asker.next();
    },
    refused: () => asker.refused(),
    /**
     * Shows the page before what is shown, above it.
     * @returns {Promise<boolean>} whether there is still more; kept when the page has come
     */
    older() {
      if (isBeginning || !isStarted) return Promise.resolve(false);
      wantsPage = true;
      isPagedUp = true;
      /** @type {Promise<boolean>} */
      const answered = new Promise((resolve) => waiting.push(resolve));
      asker.next();
      return answered;
    },
    /** The newest is in view again: what `older` brought may go. */
    newest() {
      isPagedUp = false;
      settle([]);
    },
    read: reading.open,
    close() {
      asker.lineDown();
      reading.close();
      for (const resolve of waiting.splice(0)) resolve(false);
    },
  };
}
