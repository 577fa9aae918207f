// @ts-check
// Who came and who went, as one tells it to a person: only what the server's own words say, which a reload within the grace is none of.

/** @typedef {import('../../../shared/src/protocol/frames.ts').Member} Member */

/**
 * A snapshot tells how it is now and not what happened: it never makes news, or every new line would repeat who is here,
 * and a reload that a snapshot fell into would be a going and a coming.
 * @param {{ isMe: (userId: string) => boolean, came: (member: Member) => void, went: (member: Member) => void }} ports
 */
export function createComings({ isMe, came, went }) {
  /** Whose going would be news; nobody's before the first snapshot of a line. @type {Set<string> | null} */
  let here = null;

  return {
    /** The line is new: what happened meanwhile is not told. */
    begin() {
      here = null;
    },
    /** @param {Member[]} members */
    snapshot(members) {
      here ??= new Set(members.filter(({ online }) => online).map(({ userId }) => userId));
    },
    /** @param {Member} member as a `presence` tells it @param {Member | undefined} known what was known before */
    hear(member, known) {
      const { userId, online, at } = member;
      if (here === null || isMe(userId) || (known && known.at > at)) return;
      // Whoever is told to be here, and was shown as gone, had left by a word that was lost.
      const isNews = online ? !here.has(userId) || known?.online === false : here.has(userId);
      if (online) here.add(userId);
      else here.delete(userId);
      if (isNews) online ? came(member) : went(member);
    },
  };
}
