// @ts-check
// Signing in with OpenID Connect: the code flow with PKCE. Tokens live in this page's memory and nowhere else.
import { hasChannels, openChannel } from './channel.js';
import { readIdToken } from './id-token.js';
import { createIssuer, NotGranted } from './issuer.js';
import { challengeOf, nonce } from './pkce.js';
import { createSlot } from './slot.js';

/** @typedef {{ issuer: string, clientId: string }} SignInConfig */
/** @typedef {{ href(): string, go(url: string): void, show(url: string): void, ask: typeof fetch, now(): number,
 *   openChannel: import('./channel.js').OpenChannel | null, slot: { read(): unknown, write(value: unknown): void } }} Browser
 *   show: puts the address there without a step in the history; slot: kept for the length of the redirect; openChannel: to the other tabs, where there are channels */
/** @typedef {ReturnType<typeof createSignIn>} SignIn */

/** A token with less to live is exchanged for a fresh one: a hello that renews comes one or two minutes before the end. */
const FRESH_MS = 3 * 60_000;
const ANSWER = ['code', 'state', 'error', 'error_description', 'error_uri', 'iss', 'session_state'];

/** @param {(error: unknown) => void} trouble @returns {Browser} */
const thisBrowser = (trouble) => ({
  href: () => location.href,
  go: (url) => location.assign(url),
  show: (url) => history.replaceState(history.state, '', url),
  ask: (...how) => fetch(...how),
  now: () => Date.now(),
  openChannel: hasChannels() ? openChannel : null,
  slot: createSlot(() => sessionStorage, 'hubbub.sign-in', trouble),
});

/**
 * Takes up at once what a redirect from the issuer brought, and cleans the address of it.
 * @param {{ config: SignInConfig, trouble: (error: unknown) => void, failed: (has: boolean) => void, signedOut: () => void, link: () => string, browser?: Browser }} options
 *   trouble: told what failed; failed: whether signing in did, until it is begun again; signedOut: in another tab, and so here; link: the fragment of one that was followed here, else empty
 */
export function createSignIn(options) {
  const { config, trouble, failed, signedOut, link, browser = thisBrowser(trouble) } = options;
  const { issuer, clientId } = config;
  const { endpoints, token } = createIssuer(issuer, browser.ask);
  const home = () => new URL('.', browser.href()).href;
  /** @type {{ id: import('./id-token.js').IdToken, refresh: unknown, until: number } | null} */
  let held = null;
  /** @type {Promise<void> | null} */
  let refreshing = null;
  // The issuer's session is the whole browser's, so its end is every tab's.
  const tabs = browser.openChannel?.(`hubbub sign-out ${issuer}`, () => {
    if (held === null) return;
    held = null;
    signedOut();
  });
  const arrived = arrive().catch(fail);

  /** @param {unknown} error */
  function fail(error) {
    trouble(error);
    failed(true);
  }

  /** @param {Record<string, string>} fields @param {(id: import('./id-token.js').IdToken) => boolean} isExpected */
  async function obtain(fields, isExpected) {
    const answer = await token({ ...fields, client_id: clientId });
    const id = readIdToken(answer.id_token, config);
    if (!isExpected(id)) throw new NotGranted('The issuer answered for somebody else.');
    // By this clock's own count: it may be set otherwise than the issuer's.
    held = {
      id,
      refresh: answer.refresh_token ?? held?.refresh ?? null,
      until: browser.now() + id.lifeMs,
    };
  }

  async function arrive() {
    const url = new URL(browser.href());
    const answer = Object.fromEntries(ANSWER.map((name) => [name, url.searchParams.get(name)]));
    if (answer.state === null || (answer.code === null && answer.error === null)) return;
    const begun = /** @type {Record<string, unknown> | null} */ (browser.slot.read());
    browser.slot.write(null);
    const isOurs = begun !== null && begun.state === answer.state;
    for (const name of ANSWER) url.searchParams.delete(name);
    // A link to a room outlasts the way to the issuer.
    if (isOurs) url.hash = String(begun.link);
    browser.show(url.href);
    if (!isOurs || (answer.iss ?? issuer) !== issuer)
      throw new Error('This sign-in was not begun in this tab.');
    if (answer.code === null || answer.code === undefined)
      throw new Error(answer.error_description ?? 'The issuer refused.');
    await obtain(
      {
        ...{ grant_type: 'authorization_code', code: answer.code },
        ...{ redirect_uri: String(begun.home), code_verifier: String(begun.verifier) },
      },
      (id) => id.nonce === begun.nonce,
    );
  }

  async function refresh() {
    const was = held;
    if (typeof was?.refresh !== 'string') return;
    try {
      await obtain(
        { grant_type: 'refresh_token', refresh_token: was.refresh },
        (id) => held === was && id.sub === was.id.sub,
      );
    } catch (error) {
      // Signed out meanwhile.
      if (held !== was) return;
      if (error instanceof NotGranted) held = { ...was, refresh: null };
      // The old one still holds for a while; later the issuer may be there again.
      else if (was.until <= browser.now()) throw error;
    }
  }

  async function begin() {
    const { authorization_endpoint } = await endpoints();
    const begun = { verifier: nonce(), state: nonce(), nonce: nonce(), home: home(), link: link() };
    browser.slot.write(begun);
    const url = new URL(authorization_endpoint);
    const fields = {
      ...{ response_type: 'code', client_id: clientId, redirect_uri: begun.home },
      ...{ scope: 'openid profile', state: begun.state, nonce: begun.nonce },
      ...{ code_challenge: await challengeOf(begun.verifier), code_challenge_method: 'S256' },
    };
    for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, value);
    browser.go(url.href);
  }

  async function end() {
    const { end_session_endpoint } = await endpoints();
    if (end_session_endpoint === null) return browser.go(home());
    const url = new URL(end_session_endpoint);
    url.searchParams.set('client_id', clientId);
    // Cognito's name for it, and the standard's.
    url.searchParams.set('logout_uri', home());
    url.searchParams.set('post_logout_redirect_uri', home());
    browser.go(url.href);
  }

  return {
    /** For `connect`. Rejects where the issuer cannot be asked. @type {import('../core/credentials.js').AskCredentials} */
    async credentials() {
      await arrived;
      if (held && held.until - browser.now() < FRESH_MS) {
        refreshing ??= refresh().finally(() => {
          refreshing = null;
        });
        await refreshing;
      }
      if (held && held.until <= browser.now()) held = null;
      return held ? { token: held.id.text } : null;
    },
    /** Who is signed in, once that is known: their `sub`, or null. */
    async user() {
      await arrived;
      return held?.id.sub ?? null;
    },
    /** Leaves the page for the issuer's. */
    signIn() {
      failed(false);
      begin().catch(fail);
    },
    /** Forgets the tokens in every tab, and ends the issuer's own session where it has a way. */
    signOut() {
      held = null;
      tabs?.post(null);
      end().catch((error) => {
        trouble(error);
        browser.go(home());
      });
    },
  };
}
