// @ts-check
// The browser's randomness: cryptographic for ids, plain for spreading tries in time.

/** @param {number} count */
export function randomBytes(count) {
  return crypto.getRandomValues(new Uint8Array(count));
}

export const fraction = () => Math.random();
