// @ts-check
// An ID token as its receiver reads it: it came from the issuer itself over TLS, so what it says is checked, not its signature.

/** @typedef {{ text: string, sub: string, nonce: string, lifeMs: number }} IdToken lifeMs: from its making to its end */

/**
 * OpenID Connect Core, section 3.1.3.7. Throws an Error for a token of another issuer, or for another client.
 * @param {unknown} text @param {{ issuer: string, clientId: string }} config
 * @returns {IdToken}
 */
export function readIdToken(text, { issuer, clientId }) {
  const claims = claimsIn(text);
  const audience = Array.isArray(claims.aud) ? claims.aud : [claims.aud];
  if (claims.iss !== issuer || !audience.includes(clientId))
    throw new Error('The issuer gave a token that is not for this page.');
  const lifeMs = (Number(claims.exp) - Number(claims.iat)) * 1_000;
  if (typeof claims.sub !== 'string' || !(lifeMs > 0))
    throw new Error('The issuer gave a token that says nobody, or never holds.');
  return { text: String(text), sub: claims.sub, nonce: String(claims.nonce ?? ''), lifeMs };
}

/** @param {unknown} text @returns {Record<string, unknown>} */
function claimsIn(text) {
  const payload = typeof text === 'string' ? text.split('.')[1] : undefined;
  if (payload === undefined) throw new Error('The issuer gave no ID token.');
  const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (one) =>
    one.charCodeAt(0),
  );
  return JSON.parse(new TextDecoder().decode(bytes));
}
