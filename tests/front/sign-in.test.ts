// Proves the way of a sign-in, against a real issuer: out with a challenge, back with a code, tokens in memory, a clean address.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { OpenChannel } from '../../front/src/ports/channel.js';
import { type Browser, createSignIn } from '../../front/src/ports/sign-in.js';
import { createIssuer } from '../../local/issuer/issuer.ts';
import { openKeys } from '../../local/issuer/keys.ts';
import { hangUp, listen } from '../../local/listen.ts';

const HOME = 'http://127.0.0.1:3000/';
const MINUTE = 60_000;
const clientId = 'hubbub-page';

let issuer: string;
let end: () => Promise<void>;
/** What the issuer answers instead, while something is wrong with it. */
let instead: ((url: string) => Response | undefined) | undefined;
const asked: string[] = [];
const troubles: string[] = [];
const failures: boolean[] = [];
/** The tabs that were told that another has signed out. */
const signedOut: string[] = [];
const time = { now: Date.now() };

beforeAll(async () => {
  const { server, port, open } = await listen('--issuer-port', 0);
  issuer = `http://127.0.0.1:${port}`;
  const client = { clientId, redirectUris: [HOME] };
  const { handle } = createIssuer({
    issuer,
    client,
    keys: openKeys(undefined),
    now: () => time.now,
  });
  open({
    origins: [new URL(HOME).origin],
    linked: true,
    answer: (req, res) => void handle(req, res).catch(() => res.destroy()),
  });
  end = () => hangUp(server);
});
beforeEach(() => {
  instead = undefined;
  asked.length = 0;
  troubles.length = 0;
  failures.length = 0;
  signedOut.length = 0;
  channels.clear();
});
afterEach(() => {
  time.now = Date.now();
});
afterAll(() => end());

/** All tabs of one browser, by the channel that they share. */
const channels = new Map<string, Set<(message: unknown) => void>>();

/** As BroadcastChannel has it: to all but the one that posts. */
const openChannel: OpenChannel = (name, heard) => {
  const ears = channels.get(name) ?? new Set();
  channels.set(name, ears.add(heard));
  return {
    post: (message) => {
      for (const ear of ears) if (ear !== heard) ear(structuredClone(message));
    },
    close: () => void ears.delete(heard),
  };
};

/** A tab: its address, and what it keeps for the length of a redirect. */
function tab(href = HOME) {
  const kept: { value: unknown } = { value: null };
  const went = { to: '', waiting: Promise.withResolvers<string>() };
  let channel: ReturnType<OpenChannel> | undefined;
  const browser: Browser = {
    href: () => href,
    go(url) {
      went.to = url;
      went.waiting.resolve(url);
    },
    show(url) {
      href = url;
    },
    ask: async (url, how) => {
      asked.push(String(url));
      return instead?.(String(url)) ?? fetch(url, how);
    },
    now: () => time.now,
    openChannel(...how) {
      // The page that was in this tab before is gone.
      channel?.close();
      channel = openChannel(...how);
      return channel;
    },
    slot: {
      read: () => kept.value,
      write(value) {
        kept.value = structuredClone(value);
      },
    },
  };
  const load = () =>
    createSignIn({
      config: { issuer, clientId },
      trouble: (error) => troubles.push((error as Error).message),
      failed: (has) => failures.push(has),
      signedOut: () => signedOut.push(href),
      link: () => new URL(href).hash,
      browser,
    });
  return {
    kept,
    href: () => href,
    load,
    /** Presses the button, types the name at the issuer, and is back. */
    async signsIn(name: string, change: (back: URL) => void = () => {}) {
      load().signIn();
      const question = new URL(await went.waiting.promise);
      const body = new URLSearchParams(question.search);
      body.set('name', name);
      const answer = await fetch(`${issuer}/authorize`, {
        method: 'POST',
        body,
        redirect: 'manual',
      });
      const back = new URL(answer.headers.get('location') ?? 'none:');
      change(back);
      href = back.href;
      return load();
    },
    went,
  };
}
const tokenIn = (given: unknown) => (given as { token: string } | null)?.token ?? '';
const claimsIn = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sub: string };

test('who has not signed in has no token, and the issuer is not asked', async () => {
  const signIn = tab().load();
  expect([await signIn.credentials(), await signIn.user(), asked]).toEqual([null, null, []]);
});

test('the way there and back ends with a token of that name, a clean address, and nothing kept', async () => {
  const ada = tab(`${HOME}`);
  const signIn = await ada.signsIn('Ada', (back) => back.searchParams.set('room', 'tea'));
  const { sub } = claimsIn(tokenIn(await signIn.credentials()));
  expect(await signIn.user()).toBe(sub);
  expect(ada.href()).toBe(`${HOME}?room=tea`);
  expect(ada.kept.value).toBeNull();
  expect(troubles).toEqual([]);
});

test('a link to a room outlasts the way there and back; one that comes with somebody else’s answer does not', async () => {
  const ada = tab(`${HOME}#room=tea`);
  await ada.signsIn('Ada', (back) => {
    back.hash = '#room=poison';
  });
  expect(ada.href()).toBe(`${HOME}#room=tea`);
  const eve = tab(`${HOME}#room=tea`);
  const signIn = await eve.signsIn('Eve', (back) => back.searchParams.set('state', 'other'));
  expect(await signIn.user()).toBeNull();
  expect(eve.href()).toBe(HOME);
});

test('neither the verifier nor a token ever stands in an address', async () => {
  const ada = tab();
  const signIn = await ada.signsIn('Ada');
  const token = tokenIn(await signIn.credentials());
  expect(new URL(ada.went.to).searchParams.has('code_verifier')).toBe(false);
  expect([ada.went.to, ...asked].filter((url) => url.includes(token))).toEqual([]);
});

test.each<[string, (back: URL) => void, RegExp]>([
  ['another state', (back) => back.searchParams.set('state', 'other'), /not begun/],
  ['another issuer', (back) => back.searchParams.set('iss', 'https://evil.example'), /not begun/],
  ['a code of nobody’s', (back) => back.searchParams.set('code', 'guess'), /Sign in again/],
  [
    'a refusal',
    (back) => {
      back.searchParams.delete('code');
      back.searchParams.set('error', 'access_denied');
      back.searchParams.set('error_description', 'Not today.');
    },
    /Not today/,
  ],
])('who comes back with %s is told, and is nobody', async (_, change, why) => {
  const ada = tab();
  const signIn = await ada.signsIn('Ada', change);
  expect(await signIn.credentials()).toBeNull();
  expect(troubles).toEqual([expect.stringMatching(why)]);
  expect(failures).toEqual([false, true]);
  expect(ada.href()).toBe(HOME);
});

test('a link with somebody else’s code signs nobody in', async () => {
  const eve = tab(`${HOME}?code=eves&state=eves`);
  expect(await eve.load().credentials()).toBeNull();
  expect(asked).toEqual([]);
  expect(eve.href()).toBe(HOME);
});

test('coming back a second time, by the history, is nobody’s sign-in', async () => {
  const ada = tab();
  let address = '';
  await (await ada.signsIn('Ada', (back) => (address = back.href))).user();
  expect(await tab(address).load().user()).toBeNull();
});

test('a token of another sign-in, known by its nonce, is refused', async () => {
  const ada = tab();
  const signIn = await ada.signsIn('Ada', () => {
    ada.kept.value = { ...(ada.kept.value as object), nonce: 'other' };
  });
  expect(await signIn.user()).toBeNull();
  expect(troubles).toHaveLength(1);
});

test('a token that is about to end is exchanged once, for the same user', async () => {
  const signIn = await tab().signsIn('Ada');
  const first = tokenIn(await signIn.credentials());
  expect(tokenIn(await signIn.credentials())).toBe(first);
  time.now += 58 * MINUTE;
  const before = asked.length;
  const both = (await Promise.all([signIn.credentials(), signIn.credentials()])).map(tokenIn);
  expect(new Set(both).size).toBe(1);
  expect(both[0]).not.toBe(first);
  expect(claimsIn(both[0] ?? '').sub).toBe(claimsIn(first).sub);
  expect(asked.length - before).toBe(1);
});

test('an issuer that is away takes no token before its end; after it the line is told, not the user', async () => {
  const signIn = await tab().signsIn('Ada');
  const first = tokenIn(await signIn.credentials());
  instead = () => new Response('', { status: 503 });
  time.now += 58 * MINUTE;
  expect(tokenIn(await signIn.credentials())).toBe(first);
  time.now += 2 * MINUTE;
  await expect(signIn.credentials()).rejects.toThrow('503');
  instead = undefined;
  expect(tokenIn(await signIn.credentials())).not.toBe('');
});

test('an issuer that refuses to go on signs out, once the last token has ended', async () => {
  const signIn = await tab().signsIn('Ada');
  await signIn.credentials();
  instead = () => Response.json({ error: 'invalid_grant' }, { status: 400 });
  time.now += 58 * MINUTE;
  expect(await signIn.credentials()).not.toBeNull();
  time.now += 2 * MINUTE;
  expect(await signIn.credentials()).toBeNull();
});

test('signing out forgets the token, and ends the session at the issuer without telling it one', async () => {
  const ada = tab();
  const signIn = await ada.signsIn('Ada');
  const token = tokenIn(await signIn.credentials());
  ada.went.waiting = Promise.withResolvers();
  signIn.signOut();
  expect(await signIn.credentials()).toBeNull();
  const left = await ada.went.waiting.promise;
  expect(left).not.toContain(token);
  const answer = await fetch(left, { redirect: 'manual' });
  expect(answer.headers.get('location')).toBe(HOME);
});

test('signing out signs out every tab, and what one had just asked for signs it in no more', async () => {
  const [ada, other] = [tab(), tab()];
  const [here, there] = [await ada.signsIn('Ada'), await other.signsIn('Ada')];
  expect([await here.credentials(), await there.credentials()]).not.toContain(null);
  time.now += 58 * MINUTE;
  const renewed = there.credentials();
  ada.went.waiting = Promise.withResolvers();
  const wasAt = other.went.to;
  here.signOut();
  expect([await renewed, await there.credentials(), await there.user()]).toEqual([
    null,
    null,
    null,
  ]);
  // Only the tab whose button it was leaves for the issuer's page.
  expect([signedOut, other.went.to]).toEqual([[HOME], wasAt]);
  await ada.went.waiting.promise;
});

test('an issuer that says it is another is not asked for anything', async () => {
  instead = () => Response.json({ issuer: 'https://evil.example' });
  const ada = tab();
  ada.load().signIn();
  while (troubles.length === 0) await new Promise(setImmediate);
  expect(troubles).toEqual([expect.stringMatching(/another/)]);
  expect(ada.went.to).toBe('');
});

test('an issuer that does not answer is a failure that is told, until it is tried again', async () => {
  instead = () => new Response('', { status: 503 });
  const ada = tab();
  const signIn = ada.load();
  signIn.signIn();
  while (failures.length < 2) await new Promise(setImmediate);
  expect(failures).toEqual([false, true]);
  instead = undefined;
  signIn.signIn();
  await ada.went.waiting.promise;
  expect(failures).toEqual([false, true, false]);
});
