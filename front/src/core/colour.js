// @ts-check
// A colour that belongs to a user: the same on every screen, because it comes from the userId.

/** @param {string} userId @returns {number} 32 bits, of which every one depends on every letter */
export function hashOf(userId) {
  let hash = 2_166_136_261;
  for (const letter of userId) {
    hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 16_777_619);
  }
  // Ids that differ in one letter only would otherwise land on a few neighbouring hues.
  hash = Math.imul(hash ^ (hash >>> 16), 2_246_822_507);
  hash = Math.imul(hash ^ (hash >>> 13), 3_266_489_909);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** @param {string} userId @returns {number} a hue, 0–359 degrees */
export const hueOf = (userId) => hashOf(userId) % 360;
