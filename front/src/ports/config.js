// @ts-check
// Reads /config.json, which the deployment writes beside the page: where the chat's server is.
import { checkAddress } from '../core/address.js';

/** @returns {Promise<{ websocket: string, stage: string }>} throws an Error fit to show */
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
  return { websocket: checked.url, stage: 'stage' in config ? String(config.stage) : '' };
}
