// @ts-check
// Reads /config.json, which the deployment writes beside the page: where the chat's server is.
import { checkAddress } from '../core/address.js';

/** @typedef {{ websocket: string, stage: string, signIn: import('./sign-in.js').SignInConfig | null }} Config signIn: null where guests come in */

/** @returns {Promise<Config>} throws an Error fit to show */
export async function readConfig() {
  const answer = await fetch(new URL('config.json', document.baseURI), { cache: 'no-cache' });
  if (!answer.ok) throw new Error(`config.json answered ${answer.status}.`);
  /** @type {unknown} */
  const config = await answer.json();
  if (typeof config !== 'object' || config === null || !('websocket' in config)) {
    throw new Error('config.json does not say "websocket".');
  }
  const checked = checkAddress(String(config.websocket));
  if ('why' in checked) throw new Error(`config.json: ${checked.why}`);
  const { stage = '', auth, issuer, clientId } = /** @type {Record<string, unknown>} */ (config);
  if (auth === 'oidc' && !(typeof issuer === 'string' && typeof clientId === 'string'))
    throw new Error('config.json does not say where to sign in.');
  const signIn = auth === 'oidc' ? { issuer: String(issuer), clientId: String(clientId) } : null;
  return { websocket: checked.url, stage: String(stage), signIn };
}
