// @ts-check
// Who this client is to the server: a clientId, a secret, an epoch that only grows; and the ids of what it says.

/** @typedef {{ read(key: string): unknown, write(key: string, value: unknown): void }} Keep small durable values */
/** @typedef {(count: number) => Uint8Array<ArrayBuffer>} RandomBytes from a cryptographic source */
/** @typedef {(text: string) => Promise<Uint8Array>} Digest SHA-256 of the text in UTF-8 */
/** @typedef {{ clientId: string, secret: string, nextEpoch(): number, overtake(other: number): number,
 *   isOf(userId: string): boolean }} Identity */

const SECRET_BYTES = 32;
/** Milliseconds fill the first 48 bits (RFC 9562, section 5.7); version and variant take six more; the rest is chance. */
const TIME_BYTES = 6;

/** @param {Uint8Array} bytes */
const base64url = (bytes) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

/** @param {unknown} value */
const count = (value) => (Number.isSafeInteger(value) ? Number(value) : 0);

/**
 * The identity kept on this machine, made on first use. Whoever holds the secret is this user.
 * @param {{ keep: Keep, randomBytes: RandomBytes, now: () => number }} ports
 * @returns {Identity}
 */
export function createIdentity({ keep, randomBytes, now }) {
  /** @param {string} key @param {() => string} make */
  function kept(key, make) {
    const known = keep.read(key);
    if (typeof known === 'string' && known !== '') return known;
    const made = make();
    keep.write(key, made);
    return made;
  }
  let last = 0;

  /** @param {number} least */
  function advance(least) {
    last = Math.max(count(keep.read('epoch')) + 1, last + 1, least);
    keep.write('epoch', last);
    return last;
  }

  return {
    // Read when asked: the tab that connects holds the tabs' lock, so no two of them make one up.
    get clientId() {
      return kept('clientId', () => mintMessageId(now(), randomBytes));
    },
    get secret() {
      return kept('secret', () => base64url(randomBytes(SECRET_BYTES)));
    },
    /** For each connection a greater one; by the clock, because a crash may take the last one from storage. */
    nextEpoch: () => advance(now()),
    /** The user asks for the line here. @param {number} other the epoch of who has it */
    overtake: (other) => advance(Math.max(now(), other + 1)),
    /** Whether what is kept here is this user's: the first who came in with a token, for good. @param {string} userId */
    isOf: (userId) => kept('userId', () => userId) === userId,
  };
}

/** @param {Uint8Array} bytes 16 @param {number} version */
function uuid(bytes, version) {
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | (version << 4);
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/**
 * Mints the messageId: a UUIDv7, made once by the writer and kept through every resend.
 * @param {number} now milliseconds since 1970
 * @param {RandomBytes} randomBytes
 * @returns {string} for example `019a9d2e-6f10-7c3b-9a54-3f0b6f1d2c77`
 */
export function mintMessageId(now, randomBytes) {
  const bytes = randomBytes(16);
  let rest = now;
  for (let at = TIME_BYTES - 1; at >= 0; at -= 1) {
    bytes[at] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return uuid(bytes, 7);
}

/**
 * The same id each time for the same occasion: what is said once for it cannot be said twice, even after a crash.
 * @param {Digest} digest @param {string} secret @param {string} occasion for example the messageId that is answered
 * @returns {Promise<string>} a UUIDv8 (RFC 9562, section 5.8)
 */
export async function idForOccasion(digest, secret, occasion) {
  return uuid((await digest(`${secret}\n${occasion}`)).slice(0, 16), 8);
}
