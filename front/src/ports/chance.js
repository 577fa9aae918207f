// @ts-check
// Randomness, cryptographic for ids and plain for spreading tries in time; and the hash that looks random.

/** @param {number} count */
export function randomBytes(count) {
  return crypto.getRandomValues(new Uint8Array(count));
}

export const fraction = () => Math.random();

/** @type {import('../core/identity.js').Digest} */
export async function digest(text) {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
}
