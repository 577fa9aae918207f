// Proves the way of a sign-in, against a real issuer: out with a challenge, back with a code, tokens in memory, a clean address.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { OpenChannel } from '../../front/src/ports/channel.js';
import { type Browser, createSignIn } from '../../front/src/ports/sign-in.js';
import { hangUp, listen } from '../../local/http/listen.ts';
import { createIssuer } from '../../local/oidc/issuer.ts';
import { openKeys } from '../../local/oidc/keys.ts';
import { exchange } from '../product/sign-in.ts';

const HOME = 'http://127.0.0.1:3000/';
const MINUTE = 60_000;
const clientId = 'hubbub-page';

let issuer: string;
let end: () => Promise<void>;
/** What the issuer answers instead, while something is wrong with it. */
let instead: ((url: string) => Response | Promise<Response> | undefined) | undefined;
const asked: string[] = [];
let lastAsked: RequestInit | undefined;
const troubles: string[] = [];
const said: string[][] = [];
/** What all tabs of the browser keep. */
let known: unknown = null;
/** The issuer's cookie in this browser. */
let cookie = '';
/** The tabs where somebody was signed in until a sign-out, theirs or another's. */
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
  said.length = 0;
  known = null;
  cookie = '';
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
  const kept: { value: unknown; remains: unknown; works: boolean } = {
    ...{ value: null, remains: null, works: true },
  };
  const went = { to: '', waiting: Promise.withResolvers<string>() };
  let channel: ReturnType<OpenChannel> | undefined;
  const browser: Browser = {
    href: () => href,
    go(url) {
      went.to = url;
      went.waiting.resolve(url);
    },
    replace(url) {
      went.to = url;
      went.waiting.resolve(url);
    },
    show(url) {
      href = url;
    },
    wait: async () => undefined,
    ask: async (url, how) => {
      asked.push(String(url));
      lastAsked = how;
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
        if (kept.works) kept.value = structuredClone(value);
      },
    },
    remains: {
      read: () => kept.remains,
      write(value) {
        kept.remains = structuredClone(value);
      },
    },
    known: {
      read: () => known,
      write(value) {
        known = structuredClone(value);
      },
    },
  };
  const load = () =>
    createSignIn({
      config: { issuer, clientId },
      trouble: (error) => troubles.push((error as Error).message),
      says: (says) => said.push(says),
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
      const before = load();
      await before.user();
      went.waiting = Promise.withResolvers();
      said.length = 0;
      before.signIn();
      const question = new URL(await went.waiting.promise);
      const body = new URLSearchParams(question.search);
      body.set('name', name);
      const answer = await fetch(`${issuer}/authorize`, {
        method: 'POST',
        body,
        redirect: 'manual',
      });
      cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
      const back = new URL(answer.headers.get('location') ?? 'none:');
      change(back);
      href = back.href;
      return load();
    },
    /** Where the page has gone the browser goes, and comes back with what the issuer says. */
    async comesBack(change: (back: URL) => void = () => {}) {
      const answer = await fetch(await went.waiting.promise, {
        redirect: 'manual',
        headers: { cookie },
      });
      const back = new URL(answer.headers.get('location') ?? 'none:');
      change(back);
      href = back.href;
      return load();
    },
    /** The reload button. */
    reloads() {
      went.to = '';
      went.waiting = Promise.withResolvers();
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

test.each<[string, (back: URL) => void, RegExp, string]>([
  ['another state', (back) => back.searchParams.set('state', 'other'), /not begun/, 'failed'],
  [
    'another issuer',
    (back) => back.searchParams.set('iss', 'https://evil.example'),
    /not begun/,
    'failed',
  ],
  [
    'a code of nobody’s',
    (back) => back.searchParams.set('code', 'guess'),
    /Sign in again/,
    'failed',
  ],
  [
    'a refusal',
    (back) => {
      back.searchParams.delete('code');
      back.searchParams.set('error', 'access_denied');
      back.searchParams.set('error_description', 'Not today.');
    },
    /Not today/,
    'refused',
  ],
  [
    'an issuer that is down',
    (back) => {
      back.searchParams.delete('code');
      back.searchParams.set('error', 'temporarily_unavailable');
    },
    /temporarily_unavailable/,
    'failed',
  ],
  [
    'an error that nobody knows',
    (back) => {
      back.searchParams.delete('code');
      back.searchParams.set('error', 'unauthorized_client');
    },
    /unauthorized_client/,
    'misfit',
  ],
])('who comes back with %s is told, and is nobody', async (_, change, why, says) => {
  const ada = tab();
  const signIn = await ada.signsIn('Ada', change);
  expect(await signIn.credentials()).toBeNull();
  expect(troubles).toEqual([expect.stringMatching(why)]);
  expect(said).toEqual([[], [says]]);
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
  expect([signedOut, other.went.to]).toEqual([[HOME, HOME], wasAt]);
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
  while (said.length < 2) await new Promise(setImmediate);
  expect(said).toEqual([[], ['failed']]);
  instead = undefined;
  signIn.signIn();
  await ada.went.waiting.promise;
  expect(said).toEqual([[], ['failed'], []]);
});

describe('a reload', () => {
  test('asks the issuer without a page, and goes on as the same user, in the same place', async () => {
    const ada = tab(`${HOME}#room=tea`);
    const { sub } = claimsIn(tokenIn(await (await ada.signsIn('Ada')).credentials()));
    const reloaded = ada.reloads();
    const question = new URL(await ada.went.waiting.promise);
    expect(question.searchParams.get('prompt')).toBe('none');
    const back = await ada.comesBack();
    expect(claimsIn(tokenIn(await back.credentials())).sub).toBe(sub);
    expect([ada.href(), ada.kept.value, said.slice(1)]).toEqual([`${HOME}#room=tea`, null, []]);
    expect(await reloaded.user()).toBeNull();
  });

  test('keeps no token and no code in what the browser keeps', async () => {
    const ada = tab();
    const token = tokenIn(await (await ada.signsIn('Ada')).credentials());
    expect(known).toEqual({ issuer, isSignedIn: true });
    ada.reloads();
    await ada.went.waiting.promise;
    expect(JSON.stringify([ada.kept, known])).not.toContain(token.split('.')[1]);
  });

  test('finds nobody where the issuer’s session is over, says nothing, and does not ask again', async () => {
    const ada = tab();
    await (await ada.signsIn('Ada')).user();
    cookie = '';
    ada.reloads();
    const back = await ada.comesBack();
    expect([await back.user(), await back.credentials()]).toEqual([null, null]);
    expect([said.slice(1), troubles, ada.href()]).toEqual([[], [], HOME]);
    const later = ada.reloads();
    expect([await later.user(), await later.credentials(), ada.went.to]).toEqual([null, null, '']);
  });

  test.each(['interaction_required', 'invalid_request', 'unknown_parameter'])(
    'of an issuer that answers %s is the way in, without a word and without a loop',
    async (error) => {
      const ada = tab();
      await (await ada.signsIn('Ada')).user();
      ada.reloads();
      const back = await ada.comesBack((to) => {
        to.searchParams.delete('code');
        to.searchParams.set('error', error);
      });
      expect([await back.user(), said.slice(1)]).toEqual([null, []]);
      ada.reloads();
      expect(ada.went.to).toBe('');
    },
  );

  test('of an issuer that sends back without an answer asks no second time', async () => {
    const ada = tab();
    await (await ada.signsIn('Ada')).user();
    await ada.reloads().user();
    expect(ada.went.to).not.toBe('');
    const back = ada.reloads();
    expect([await back.user(), await back.credentials(), ada.went.to]).toEqual([null, null, '']);
  });

  test('with another state is refused, and its code is not exchanged', async () => {
    const ada = tab();
    await (await ada.signsIn('Ada')).user();
    ada.reloads();
    asked.length = 0;
    const back = await ada.comesBack((to) => to.searchParams.set('state', 'other'));
    expect([await back.user(), said.at(-1), asked]).toEqual([null, ['failed'], []]);
  });

  test('while the issuer is away leaves the line waiting, and is made up for when it is back', async () => {
    const ada = tab();
    await (await ada.signsIn('Ada')).user();
    instead = () => new Response('', { status: 503 });
    const waiting = ada.reloads();
    expect([await waiting.user(), said.slice(1)]).toEqual([null, []]);
    await expect(waiting.credentials()).rejects.toThrow('503');
    expect(ada.went.to).toBe('');
    instead = undefined;
    expect(await waiting.credentials()).toBeNull();
    expect(await (await ada.comesBack()).user()).not.toBeNull();
  });

  test('in a tab that keeps nothing is the way in: its answer could not be told from another’s', async () => {
    const ada = tab();
    await (await ada.signsIn('Ada')).user();
    ada.kept.works = false;
    expect([await ada.reloads().user(), ada.went.to]).toEqual([null, '']);
  });

  test('of who never signed in here asks nothing', async () => {
    const eve = tab();
    expect([await eve.reloads().user(), eve.went.to, asked]).toEqual([null, '', []]);
  });

  test('asks only the issuer where one signed in', async () => {
    known = { issuer: 'https://other.example', isSignedIn: true };
    const eve = tab();
    expect([await eve.reloads().user(), eve.went.to]).toEqual([null, '']);
  });
});

test('two new tabs at once are signed in, each by its own question', async () => {
  await (await tab().signsIn('Ada')).user();
  const [one, other] = [tab(), tab()];
  one.load();
  other.load();
  const both = await Promise.all([one.comesBack(), other.comesBack()]);
  const users = await Promise.all(both.map((signIn) => signIn.user()));
  expect(users[0]).not.toBeNull();
  expect(users[0]).toBe(users[1]);
});

test('an issuer that gives no refresh token is asked silently when the token has ended, once', async () => {
  const ada = tab();
  instead = async (url) => {
    if (!url.endsWith('/token')) return fetch(url);
    const answer = await fetch(url, lastAsked);
    const { refresh_token: _, ...rest } = (await answer.json()) as Record<string, unknown>;
    return Response.json(rest, { status: answer.status });
  };
  const signIn = await ada.signsIn('Ada');
  await signIn.credentials();
  ada.went.to = '';
  time.now += 58 * MINUTE;
  expect(await signIn.credentials()).not.toBeNull();
  expect(ada.went.to).toBe('');
  time.now += 2 * MINUTE;
  expect(await signIn.credentials()).toBeNull();
  expect(new URL(ada.went.to).searchParams.get('prompt')).toBe('none');
  ada.went.to = '';
  expect([await signIn.credentials(), ada.went.to]).toEqual([null, '']);
});

test.each([
  [59, ''],
  [60, 'none'],
])(
  'a page whose token ended after %s seconds leaves for a fresh one at most once a minute',
  async (lifeS, prompt) => {
    const ada = tab();
    instead = async (url) => {
      if (!url.endsWith('/token')) return fetch(url);
      const claims = {
        ...{ iss: issuer, aud: clientId, sub: 'ada', iat: 0, exp: lifeS },
        nonce: new URL(ada.went.to).searchParams.get('nonce'),
      };
      const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
      return Response.json({ id_token: `x.${payload}.x` });
    };
    const signIn = await ada.signsIn('Ada');
    expect(await signIn.credentials()).not.toBeNull();
    ada.went.to = HOME;
    time.now += lifeS * 1_000;
    expect(await signIn.credentials()).toBeNull();
    expect(new URL(ada.went.to).searchParams.get('prompt') ?? '').toBe(prompt);
  },
);

describe('signing out', () => {
  const refreshOf = () => String(new URLSearchParams(String(lastAsked?.body)).get('token'));

  test('revokes the refresh token, and a reload signs nobody in', async () => {
    const ada = tab();
    const signIn = await ada.signsIn('Ada');
    await signIn.credentials();
    ada.went.waiting = Promise.withResolvers();
    signIn.signOut();
    await ada.went.waiting.promise;
    const fields = { grant_type: 'refresh_token', client_id: clientId, refresh_token: refreshOf() };
    expect(asked.at(-1)).toBe(`${issuer}/revoke`);
    expect((await exchange(issuer, fields)).body).toEqual({ error: 'invalid_grant' });
    // The issuer's cookie is still there: it was the page that signed out.
    const later = ada.reloads();
    expect([await later.user(), await later.credentials(), ada.went.to]).toEqual([null, null, '']);
    expect(said.slice(1)).toEqual([]);
  });

  test('revokes each tab’s own token', async () => {
    const [ada, other] = [tab(), tab()];
    const here = await ada.signsIn('Ada');
    const there = await other.signsIn('Ada');
    await Promise.all([here.credentials(), there.credentials()]);
    ada.went.waiting = Promise.withResolvers();
    here.signOut();
    await ada.went.waiting.promise;
    expect(await there.credentials()).toBeNull();
    expect(asked.filter((url) => url.endsWith('/revoke'))).toHaveLength(2);
  });

  test('is noticed by a tab that has no channel to the others', async () => {
    const ada = tab();
    const signIn = await ada.signsIn('Ada');
    await signIn.credentials();
    known = { issuer, isSignedIn: false };
    expect([await signIn.credentials(), signedOut]).toEqual([null, [HOME]]);
    expect(asked.at(-1)).toBe(`${issuer}/revoke`);
  });

  test('is not undone by an answer that was still on its way', async () => {
    const ada = tab();
    await (await ada.signsIn('Ada')).user();
    ada.reloads();
    await ada.went.waiting.promise;
    known = { issuer, isSignedIn: false };
    asked.length = 0;
    const back = await ada.comesBack();
    expect([await back.user(), asked, known]).toEqual([null, [], { issuer, isSignedIn: false }]);
  });

  test.each(['a code', 'a refresh token'])(
    'ends what another tab is just getting for %s',
    async (what) => {
      const [ada, other] = [tab(), tab()];
      const here = await ada.signsIn('Ada');
      await here.credentials();
      const before = other.load();
      const there = await other.comesBack();
      expect([await before.user(), await there.user()]).toEqual([null, expect.any(String)]);
      const [isAsked, mayAnswer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const given: string[] = [];
      instead = async (url) => {
        const how = lastAsked;
        if (!url.endsWith('/token')) return fetch(url, how);
        const answer = (await (await fetch(url, how)).json()) as { refresh_token: string };
        isAsked.resolve();
        await mayAnswer.promise;
        given.push(answer.refresh_token);
        return Response.json(answer);
      };
      if (what === 'a refresh token') time.now += 58 * MINUTE;
      else other.reloads();
      const late = what === 'a code' ? await other.comesBack() : there;
      const got = late.credentials();
      await isAsked.promise;
      ada.went.waiting = Promise.withResolvers();
      here.signOut();
      await ada.went.waiting.promise;
      mayAnswer.resolve();
      expect([await got, await late.user()]).toEqual([null, null]);
      expect(known).toEqual({ issuer, isSignedIn: false });
      instead = undefined;
      const fields = { grant_type: 'refresh_token', client_id: clientId };
      const kept = await exchange(issuer, { ...fields, refresh_token: given[0] ?? '' });
      expect(given).toEqual([expect.any(String)]);
      expect(kept.body).toEqual({ error: 'invalid_grant' });
      expect(said.slice(1)).toEqual([]);
    },
  );

  test('says what remains where the issuer does not confirm it', async () => {
    const ada = tab();
    const signIn = await ada.signsIn('Ada');
    await signIn.credentials();
    instead = (url) => (url.endsWith('/revoke') ? new Response('', { status: 503 }) : undefined);
    ada.went.waiting = Promise.withResolvers();
    signIn.signOut();
    expect(await ada.went.waiting.promise).toContain('/logout?');
    await ada.reloads().user();
    expect(said.at(-1)).toEqual(['notRevoked']);
    said.length = 0;
    await ada.reloads().user();
    expect(said).toEqual([]);
  });

  test('says that the session remains where the issuer has no way to end it', async () => {
    const ada = tab();
    instead = async (url) => {
      if (!url.endsWith('/openid-configuration')) return fetch(url, lastAsked);
      const {
        end_session_endpoint: _,
        revocation_endpoint: __,
        ...rest
      } = await (await fetch(url)).json();
      return Response.json(rest);
    };
    const signIn = await ada.signsIn('Ada');
    await signIn.credentials();
    ada.went.waiting = Promise.withResolvers();
    signIn.signOut();
    expect(await ada.went.waiting.promise).toBe(HOME);
    await ada.reloads().user();
    expect(said.at(-1)).toEqual(['sessionRemains']);
    expect(asked.filter((url) => url.endsWith('/revoke'))).toEqual([]);
  });
});
