// @ts-check
// Mints the messageId: a UUIDv7, made once by the writer's page and kept through every resend.

/** Milliseconds fill the first 48 bits (RFC 9562, section 5.7); version and variant take six more; the rest is chance. */
const TIME_BYTES = 6;

/**
 * @param {number} now milliseconds since 1970
 * @param {(count: number) => Uint8Array} randomBytes from a cryptographic source
 * @returns {string} for example `019a9d2e-6f10-7c3b-9a54-3f0b6f1d2c77`
 */
export function mintMessageId(now, randomBytes) {
  const bytes = randomBytes(16);
  let rest = now;
  for (let at = TIME_BYTES - 1; at >= 0; at -= 1) {
    bytes[at] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}
