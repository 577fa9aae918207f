// @ts-check
// A colour that belongs to a user: the same on every screen, because it comes from the userId.

/** @param {string} userId @returns {number} a hue, 0–359 degrees */
export function hueOf(userId) {
  let hash = 2_166_136_261;
  for (const letter of userId) {
    hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 16_777_619);
  }
  return (hash >>> 0) % 360;
}
