// @ts-check
// Who can be mentioned in a room: who spoke there last, then who else is there; oneself never.

/** @typedef {{ userId: string, nickname: string }} Person */

/**
 * @param {{ items(): Person[], roster(): Person[] }} room
 * @param {string} me one's own userId @returns {Person[]} each once, by the name they have now
 */
export function mentionable(room, me) {
  const roster = room.roster();
  const now = new Map(roster.map(({ userId, nickname }) => [userId, nickname]));
  /** @type {Map<string, Person>} */
  const known = new Map();
  for (const { userId, nickname } of [...room.items().toReversed(), ...roster])
    if (userId !== me && !known.has(userId))
      known.set(userId, { userId, nickname: now.get(userId) ?? nickname });
  return [...known.values()];
}
