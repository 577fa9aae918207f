// @ts-check
// The issuer's endpoints, as its own document names them (OpenID Connect Discovery), and what it answers.

/** @typedef {{ authorization_endpoint: string, token_endpoint: string, end_session_endpoint: string | null, revocation_endpoint: string | null }} Endpoints */
/** @typedef {{ id_token?: unknown, refresh_token?: unknown }} TokenAnswer */

const ANSWER_MS = 15_000;
/** Somebody waits at the screen while a token is revoked. */
const REVOKED_MS = 5_000;

/** The issuer's no, as against its silence: the code or the refresh token is used up, or was never good. */
export class NotGranted extends Error {}

/** @param {string} issuer @param {typeof fetch} ask */
export function createIssuer(issuer, ask) {
  /** @type {Promise<Endpoints> | null} */
  let known = null;

  async function discover() {
    const document = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const answer = await ask(document, { signal: AbortSignal.timeout(ANSWER_MS) });
    if (!answer.ok) throw new Error(`The issuer answered ${answer.status}.`);
    const told = await answer.json();
    if (told.issuer !== issuer) throw new Error('The issuer says that it is another.');
    const { authorization_endpoint, token_endpoint } = told;
    const { end_session_endpoint = null, revocation_endpoint = null } = told;
    return { authorization_endpoint, token_endpoint, end_session_endpoint, revocation_endpoint };
  }

  /** Asked for once; again after a failure. */
  function endpoints() {
    known ??= discover().catch((error) => {
      known = null;
      throw error;
    });
    return known;
  }

  return {
    endpoints,
    /**
     * Throws NotGranted for a 400, another Error where the issuer cannot be asked.
     * @param {Record<string, string>} fields @returns {Promise<TokenAnswer>}
     */
    async token(fields) {
      const { token_endpoint } = await endpoints();
      const body = new URLSearchParams(fields);
      const signal = AbortSignal.timeout(ANSWER_MS);
      const answer = await ask(token_endpoint, { method: 'POST', body, signal });
      if (answer.status === 400) throw new NotGranted('The issuer refused. Sign in again.');
      if (!answer.ok) throw new Error(`The issuer answered ${answer.status}.`);
      return answer.json();
    },
    /**
     * Ends a refresh token (RFC 7009), where the issuer has a way. Throws where it does not confirm it.
     * @param {string} token @param {string} clientId
     */
    async revoke(token, clientId) {
      const { revocation_endpoint } = await endpoints();
      if (revocation_endpoint === null) return;
      const fields = { token, token_type_hint: 'refresh_token', client_id: clientId };
      // keepalive: the page may be closed meanwhile.
      const how = { method: 'POST', body: new URLSearchParams(fields), keepalive: true };
      const answer = await ask(revocation_endpoint, {
        ...how,
        signal: AbortSignal.timeout(REVOKED_MS),
      });
      if (!answer.ok) throw new Error(`The issuer answered ${answer.status} to a revocation.`);
    },
  };
}
