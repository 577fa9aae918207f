// @ts-check
// Signing in with OpenID Connect: the code flow with PKCE. Tokens stay in this page's memory; docs/sign-in.md says why.
import { hasChannels, openChannel } from './channel.js';
import { readIdToken } from './id-token.js';
import { createIssuer, NotGranted } from './issuer.js';
import { challengeOf, nonce } from './pkce.js';
import { createSlot } from './slot.js';

/** @typedef {{ issuer: string, clientId: string }} SignInConfig */
/** @typedef {{ read(): unknown, write(value: unknown): void }} Slot */
/** @typedef {keyof typeof import('../words/en.js').en.line.signInSays} Says what the page says about signing in or out */
/** @typedef {{ href(): string, go(url: string): void, replace(url: string): void, show(url: string): void, wait(ms: number): Promise<void>, ask: typeof fetch, now(): number,
 *   openChannel: import('./channel.js').OpenChannel | null, slot: Slot, remains: Slot, known: Slot }} Browser
 *   replace: goes there without a step in the history; show: puts the address there without leaving; openChannel: to the other tabs, where there are channels;
 *   slot: what this tab keeps for the length of a redirect; remains: what this tab says after the redirect of a sign-out; known: whether somebody is signed in, for all tabs */
/** @typedef {ReturnType<typeof createSignIn>} SignIn */

/** A token with less to live is exchanged for a fresh one: a hello that renews comes one or two minutes before the end. */
const FRESH_MS = 3 * 60_000;
/** How long a page that leaves for the issuer may still be here. */
const LEAVING_MS = 10_000;
/** A page leaves by itself this long after its first token at the earliest: short tokens must not make it flicker. */
const AGAIN_MS = 60_000;
const ANSWER = ['code', 'state', 'error', 'error_description', 'error_uri', 'iss', 'session_state'];
/** OpenID Connect Core, section 3.1.2.6: the issuer would have to show a page. */
const NEEDS_PAGE = [
  'login_required',
  'interaction_required',
  'consent_required',
  'account_selection_required',
];
/** What the page says of an issuer's error code. @type {Record<string, Says>} */
const SAYS = {
  access_denied: 'refused',
  server_error: 'failed',
  temporarily_unavailable: 'failed',
};

/** The issuer sent its user back with an error. */
class Refused extends Error {
  /** @param {string} code @param {string | null | undefined} description */
  constructor(code, description) {
    super(`The issuer answered ${code}${description ? `: ${description}` : '.'}`);
    this.code = code;
  }
}

/** @param {(error: unknown) => void} trouble @returns {Browser} */
const thisBrowser = (trouble) => ({
  href: () => location.href,
  go: (url) => location.assign(url),
  replace: (url) => location.replace(url),
  show: (url) => history.replaceState(history.state, '', url),
  wait: (ms) => new Promise((done) => setTimeout(done, ms)),
  ask: (...how) => fetch(...how),
  now: () => Date.now(),
  openChannel: hasChannels() ? openChannel : null,
  slot: createSlot(() => sessionStorage, 'hubbub.sign-in', trouble),
  remains: createSlot(() => sessionStorage, 'hubbub.sign-out', trouble),
  known: createSlot(() => localStorage, 'hubbub.signed-in', trouble),
});

/**
 * Takes up at once what a redirect from the issuer brought, and cleans the address of it. A page that brought nothing asks the
 * issuer silently (`prompt=none`, by a redirect), if somebody signed in before in this browser and has not signed out.
 * @param {{ config: SignInConfig, trouble: (error: unknown) => void, says: (says: Says[]) => void, signedOut: () => void, link: () => string, browser?: Browser }} options
 *   trouble: told what failed; says: what to say about it, empty when signing in is begun again; signedOut: nobody is signed in here any more; link: the fragment of one that was followed here, else empty
 */
export function createSignIn(options) {
  const { config, trouble, says, signedOut, link, browser = thisBrowser(trouble) } = options;
  const { issuer, clientId } = config;
  const { endpoints, token, revoke } = createIssuer(issuer, browser.ask);
  const home = () => new URL('.', browser.href()).href;
  /** @type {{ id: import('./id-token.js').IdToken, refresh: unknown, until: number } | null} */
  let held = null;
  /** When this page got its first token. @type {number | null} */
  let since = null;
  /** @type {Promise<void> | null} */
  let refreshing = null;
  /** @type {Promise<void> | null} */
  let asking = null;
  /** The issuer is asked silently once in the life of a page, and once more for each token that has ended. */
  let hasAsked = false;
  /** After a sign-out no answer that is still on its way is taken. */
  let isOver = false;
  // The issuer's session is the whole browser's, so its end is every tab's.
  const tabs = browser.openChannel?.(`hubbub sign-out ${issuer}`, () => void endHere());
  const arrived = start().catch((error) => (isOver ? trouble(error) : fail(error)));

  /** @param {unknown} error */
  function fail(error) {
    trouble(error);
    says([error instanceof Refused ? (SAYS[error.code] ?? 'misfit') : 'failed']);
  }

  /** What all tabs keep: whether somebody signed in at this issuer, and has not signed out. @returns {boolean | null} null: nothing is kept */
  function isKnown() {
    const kept = /** @type {Record<string, unknown> | null} */ (browser.known.read());
    return kept?.issuer === issuer ? kept.isSignedIn === true : null;
  }

  /** @param {boolean | null} isSignedIn */
  function know(isSignedIn) {
    browser.known.write(isSignedIn === null ? null : { issuer, isSignedIn });
  }

  /** Whether nothing is left of it that the issuer could be asked to end. @param {unknown} refresh @returns {Promise<boolean>} */
  async function ended(refresh) {
    if (typeof refresh !== 'string') return true;
    try {
      await revoke(refresh, clientId);
      return true;
    } catch (error) {
      trouble(error);
      return false;
    }
  }

  /** Forgets the tokens of this tab; answers whether its refresh token is ended. */
  function forget() {
    const was = held;
    held = null;
    isOver = true;
    if (was) signedOut();
    return ended(was?.refresh);
  }

  /** Another tab signed out. */
  async function endHere() {
    if (!(await forget())) says(['notRevoked']);
  }

  /** @param {Record<string, string>} fields @param {(id: import('./id-token.js').IdToken) => boolean} isExpected */
  async function obtain(fields, isExpected) {
    const answer = await token({ ...fields, client_id: clientId });
    try {
      const id = readIdToken(answer.id_token, config);
      if (isOver || !isExpected(id))
        throw new NotGranted('The issuer answered for somebody else, or too late.');
      // By this clock's own count: it may be set otherwise than the issuer's.
      held = {
        id,
        refresh: answer.refresh_token ?? held?.refresh ?? null,
        until: browser.now() + id.lifeMs,
      };
      since ??= browser.now();
    } catch (error) {
      // Nobody will use it.
      await ended(answer.refresh_token);
      throw error;
    }
  }

  async function start() {
    const remains = browser.remains.read();
    if (Array.isArray(remains)) {
      browser.remains.write(null);
      says(remains);
    }
    const begun = /** @type {Record<string, unknown> | null} */ (browser.slot.read());
    if (begun !== null) browser.slot.write(null);
    const url = new URL(browser.href());
    const answer = Object.fromEntries(ANSWER.map((name) => [name, url.searchParams.get(name)]));
    if (answer.state !== null && (answer.code !== null || answer.error !== null)) {
      // An answer ends it, whatever it says.
      hasAsked = true;
      await arrive(url, answer, begun);
      return;
    }
    // It was asked and did not answer: it must not be asked by each load in turn.
    if (begun !== null) hasAsked = true;
    // Where the issuer cannot be asked now, the line waits and asks again.
    await askSilently().catch(trouble);
  }

  /** @param {URL} url @param {Record<string, string | null>} answer @param {Record<string, unknown> | null} begun */
  async function arrive(url, answer, begun) {
    const isOurs = begun !== null && begun.state === answer.state;
    for (const name of ANSWER) url.searchParams.delete(name);
    // A link to a room outlasts the way to the issuer.
    if (isOurs) url.hash = String(begun.link);
    browser.show(url.href);
    if (!isOurs || (answer.iss ?? issuer) !== issuer)
      throw new Error('This sign-in was not begun in this tab.');
    const isSilent = begun.isSilent === true;
    // Signed out in another tab meanwhile.
    if (isSilent && isKnown() !== true) return;
    if (answer.code === null || answer.code === undefined) {
      const refused = new Refused(answer.error ?? '', answer.error_description);
      if (!isSilent) throw refused;
      know(null);
      if (!NEEDS_PAGE.includes(refused.code)) trouble(refused);
      return;
    }
    await obtain(
      {
        ...{ grant_type: 'authorization_code', code: answer.code },
        ...{ redirect_uri: String(begun.home), code_verifier: String(begun.verifier) },
      },
      (id) => id.nonce === begun.nonce,
    );
    // Another tab may have signed out since.
    if (held === null) return;
    know(true);
    // When this token has ended, the issuer may be asked for the next.
    hasAsked = false;
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

  /** The address of an authorization request, kept in this tab until its answer comes. @param {boolean} isSilent */
  async function request(isSilent) {
    const { authorization_endpoint } = await endpoints();
    const begun = { verifier: nonce(), state: nonce(), nonce: nonce(), home: home(), link: link() };
    const url = new URL(authorization_endpoint);
    const fields = {
      ...{ response_type: 'code', client_id: clientId, redirect_uri: begun.home },
      ...{ scope: 'openid profile', state: begun.state, nonce: begun.nonce },
      ...{ code_challenge: await challengeOf(begun.verifier), code_challenge_method: 'S256' },
      ...(isSilent && { prompt: 'none' }),
    };
    for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, value);
    browser.slot.write({ ...begun, isSilent });
    return url.href;
  }

  async function leaveSilently() {
    const url = await request(true);
    const mayLeave = isMissed() && browser.slot.read() !== null;
    if (!mayLeave) return browser.slot.write(null);
    hasAsked = true;
    browser.replace(url);
    await browser.wait(LEAVING_MS);
  }

  /** Whether somebody should be signed in here, and is not. */
  function isMissed() {
    return held === null && !isOver && !hasAsked && isKnown() === true;
  }

  /** Leaves the page for the issuer, which sends it back without a page of its own. Rejects where the issuer cannot be asked. */
  async function askSilently() {
    if (!isMissed() || (since !== null && browser.now() - since < AGAIN_MS)) return;
    asking ??= leaveSilently().finally(() => {
      asking = null;
    });
    await asking;
  }

  /** @param {Promise<boolean>} isRevoked */
  async function end(isRevoked) {
    /** @type {Says[]} */
    const remains = (await isRevoked) ? [] : ['notRevoked'];
    const found = await endpoints().catch(trouble);
    const url = new URL(found?.end_session_endpoint ?? home());
    if (found?.end_session_endpoint) {
      url.searchParams.set('client_id', clientId);
      // Cognito's name for it, and the standard's.
      url.searchParams.set('logout_uri', home());
      url.searchParams.set('post_logout_redirect_uri', home());
    } else remains.push('sessionRemains');
    browser.remains.write(remains.length > 0 ? remains : null);
    browser.go(url.href);
  }

  return {
    /** For `connect`. Rejects where the issuer cannot be asked. @type {import('../core/credentials.js').AskCredentials} */
    async credentials() {
      await arrived;
      // The word of another tab may not have come: there may be no channel.
      if (held && isKnown() === false) await endHere();
      if (held && held.until - browser.now() < FRESH_MS) {
        refreshing ??= refresh().finally(() => {
          refreshing = null;
        });
        await refreshing;
      }
      if (held && held.until <= browser.now()) held = null;
      if (held === null) await askSilently();
      return held ? { token: held.id.text } : null;
    },
    /** Who is signed in, once that is known: their `sub`, or null. */
    async user() {
      await arrived;
      return held?.id.sub ?? null;
    },
    /** Leaves the page for the issuer's. */
    signIn() {
      says([]);
      request(false).then(browser.go, fail);
    },
    /** Forgets the tokens in every tab, revokes what renews them, and ends the issuer's own session where it has a way. */
    signOut() {
      know(false);
      tabs?.post(null);
      void end(forget());
    },
  };
}
