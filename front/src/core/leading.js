// @ts-check
// The leader's part among tabs: it has the socket's line, tells the others what that says, and does what they ask.

/** @typedef {import('./line.js').LineStatus} LineStatus */
/** @typedef {import('./line.js').Line} Line */
/** @typedef {import('./tab-message.js').ServerFrame} ServerFrame */
/** @typedef {ReturnType<typeof createLeading>} Leading */

/** A tab that is looked at asks once a second; after this nobody is looking, and pings may be rare. */
const UNSEEN_MS = 5_000;

/**
 * @param {{ leader: import('./tab-message.js').Leader, clock: import('./line.js').Clock,
 *   openLine: (ears: import('./line.js').Ears) => Line, post: (message: import('./tab-message.js').TabMessage) => void,
 *   changed: (status: LineStatus) => void, heard: (frame: ServerFrame) => void }} ports
 */
export function createLeading({ leader, clock, openLine, post, changed, heard }) {
  let ended = false;
  let isSeen = true;
  let cancelUnseen = () => {};
  /** @type {import('./tab-message.js').Welcome | null} */
  let welcome = null;
  let told = 0;
  const line = openLine({
    changed: (status) => ended || lineChanged(status),
    heard: (frame) => ended || lineHeard(frame),
    nudged: () => {},
  });

  function tell(status = line.status()) {
    post({ ...leader, kind: 'status', status, told, welcome });
  }

  /** @param {LineStatus} status */
  function lineChanged(status) {
    if (status.state !== 'live') welcome = null;
    tell(status);
    changed({ ...status, leads: true });
  }

  /** @param {ServerFrame} frame */
  function lineHeard(frame) {
    if (frame.type === 'welcome') welcome = frame;
    else if (frame.type === 'pong') raise(Object.entries(frame.heads));
    else if (frame.type === 'message') raise([[frame.room, frame.seq]]);
    else if (frame.type === 'history') raise([[frame.room, frame.head]]);
    else if (frame.type === 'joined' && frame.head !== null) enter(frame, frame.head);
    else if (frame.type === 'left') leave(frame.room);
    else if (frame.type === 'removed' && frame.userId === welcome?.userId) leave(frame.room);
    else if (frame.type === 'presence' || frame.type === 'members') drop('here', frame.room);
    else if (frame.type === 'nickname') rename(frame);
    told += 1;
    post({ ...leader, kind: 'frame', frame });
    heard(frame);
  }

  /** Who is welcomed later must not be told less than was heard since. @param {[room: string, head: number][]} news */
  function raise(news) {
    if (!welcome) return;
    const heads = new Map(Object.entries(welcome.heads));
    for (const [room, head] of news) heads.set(room, Math.max(head, heads.get(room) ?? 0));
    welcome = { ...welcome, heads: Object.fromEntries(heads) };
  }

  /** @param {import('./frame.js').Joined} frame @param {number} head */
  function enter({ room, visibility, role = 'member' }, head) {
    raise([[room, head]]);
    if (welcome && visibility === 'private')
      welcome = { ...welcome, private: { ...welcome.private, [room]: role } };
  }

  /** @param {string} room that is heard no more */
  function leave(room) {
    drop('heads', room);
    drop('private', room);
  }

  /** Of a room whose people are others now they are asked for. @param {'heads' | 'here' | 'private'} what @param {string} room */
  function drop(what, room) {
    if (!welcome) return;
    const { [room]: _, ...rest } = welcome[what] ?? {};
    welcome = { ...welcome, [what]: rest };
  }

  /** @param {import('./frame.js').Nickname} frame */
  function rename({ userId, nickname }) {
    if (!welcome) return;
    const here = Object.entries(welcome.here).map(([room, people]) => [
      room,
      people.map((one) => (one.userId === userId ? { ...one, nickname } : one)),
    ]);
    const me = userId === welcome.userId ? { nickname } : {};
    welcome = { ...welcome, ...me, here: Object.fromEntries(here) };
  }

  function othersLook() {
    cancelUnseen();
    if (!isSeen) line.visible(true);
    cancelUnseen = clock.after(UNSEEN_MS, () => line.visible(isSeen));
  }

  return {
    line,
    tell: () => tell(),
    /** @param {import('./tab-message.js').Request} request another tab's */
    hear(request) {
      if (request.kind === 'ask') {
        othersLook();
        tell();
      } else if (request.kind === 'send') line.send(request.frame);
      else if (request.kind === 'urge') line[request.verb]();
    },
    /** @param {boolean} is whether somebody looks at this tab */
    visible(is) {
      isSeen = is;
      line.visible(is);
    },
    stop() {
      ended = true;
      cancelUnseen();
      line.stop();
    },
  };
}
