// Signing in at the page: out to the issuer, back with a name, and nothing of a token left where another could find it.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { ar } from '../../front/src/words/ar.js';
import { dialogsAr } from '../../front/src/words/dialogs-ar.js';
import { en } from '../../front/src/words/en.js';
import { faults } from './axe.ts';
import { launchChromium } from './chromium.ts';
import { type Machine, startMachine } from './machine.ts';
import { makeRoom } from './room-steps.ts';
import { becomes, type Visitor, visitor, wrongsOf } from './visitor.ts';

let browser: Browser;
let machine: Machine;
let visitors: Visitor[] = [];

beforeAll(async () => {
  browser = await launchChromium();
  machine = await startMachine(['--memory', '--auth', 'oidc', '--issuer-port', '0']);
});
beforeEach(() => {
  visitors = [];
});
afterEach(async () => {
  for (const one of visitors) await one.leave();
  expect(visitors.flatMap(({ wrongs }) => wrongs)).toEqual([]);
});
afterAll(async () => {
  await machine?.stop();
  await browser?.close();
});

const somebody = async () => {
  const one = await visitor(browser);
  visitors.push(one);
  await one.open(machine.page);
  return one;
};
const signsIn = async (one: Visitor, name: string) => {
  await one.page.getByRole('button', { name: 'Sign in' }).click();
  await one.page.getByRole('textbox', { name: 'Name', exact: true }).fill(name);
  await one.page.getByRole('button', { name: 'Sign in' }).click();
  await one.page.locator('[data-line="live"]').waitFor();
};

const signsOut = async (one: Visitor) => {
  await one.page.getByRole('button', { name: 'Settings' }).click();
  await one.page.getByRole('button', { name: 'Sign out' }).click();
};

/** The issuer forgets that somebody signed in: its cookie is gone. */
const forgets = (one: Visitor) => one.page.context().clearCookies({ name: /^issuer-session-/ });
/** What stands in the place of messages while nobody is signed in. */
const wall = (page: Page) => page.locator('.signed-out').getByText(en.line.signedOut);
const isLive = (page: Page) => page.locator('[data-line="live"]').waitFor();
/** Each time this tab has gone to the issuer's authorize endpoint. */
const questionsOf = (page: Page) => {
  const questions: URL[] = [];
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (request.method() === 'GET' && url.pathname === '/authorize') questions.push(url);
  });
  return questions;
};

test('who is signed out is told so, and sees and says nothing', async () => {
  const one = await somebody();
  await wall(one.page).waitFor();
  expect(await one.status.textContent()).toContain('Signed out');
  expect(await one.rows.count()).toBe(0);
});

test('who is signed out is shown the way in, and nothing that needs a name', async () => {
  const one = await somebody();
  await one.log.getByRole('heading', { name: 'Sign in to read and write' }).waitFor();
  expect(await one.log.getByText('Loading messages…').isVisible()).toBe(false);
  const names = ['Find a room', 'New room', 'Change your name'];
  for (const name of names)
    expect(await one.page.getByRole('button', { name }).isVisible()).toBe(false);
  expect(await one.page.getByRole('button', { name: 'Sign in' }).count()).toBe(1);
  // Once, and not in a banner as well; and Enter signs in.
  expect(await one.page.locator('p:visible', { hasText: 'You are signed out' }).count()).toBe(1);
  expect(await one.page.locator('.banner').isVisible()).toBe(false);
  expect(await one.page.locator('.people-panel').isVisible()).toBe(false);
  expect(await one.page.locator(':focus').textContent()).toBe('Sign in');
  expect(await faults(one.page)).toEqual([]);
  await one.page.setViewportSize({ width: 360, height: 640 });
  const spare = () => document.documentElement.scrollWidth - window.innerWidth;
  expect(await one.page.evaluate(spare)).toBeLessThanOrEqual(0);
  await one.page.setViewportSize({ width: 1_280, height: 720 });
  await signsIn(one, 'Ada');
  for (const name of names.slice(0, 2)) await one.page.getByRole('button', { name }).waitFor();
  expect(await one.page.getByRole('button', { name: 'Sign in' }).count()).toBe(0);
});

test('what was written while signed out goes out once, in order, under the name of who signs in', async () => {
  const [ada, bob] = [await somebody(), await somebody()];
  await signsIn(bob, 'Bob');
  await becomes(await ada.say('Written outside'), 'pending');
  await becomes(await ada.say('And this after it'), 'pending');
  await signsIn(ada, 'Ada');
  await becomes(ada.row('And this after it'), 'sent');
  await bob.row('And this after it').waitFor();
  const said = (await bob.texts()).filter((text) => /outside|after it/.test(text));
  expect(said).toEqual(['Written outside', 'And this after it']);
  expect(await bob.row('Written outside').textContent()).toContain('Ada');
  await signsOut(ada);
  await wall(ada.page).waitFor();
  expect(await ada.rows.count()).toBe(0);
});

test('what somebody had begun to write is not shown to the next one, and is there again for them', async () => {
  const ada = await somebody();
  await signsIn(ada, 'Ada');
  await ada.composer.fill('Not for everybody');
  await signsOut(ada);
  await ada.log.getByRole('heading', { name: 'Sign in to read and write' }).waitFor();
  expect(await ada.composer.inputValue()).toBe('');
  await signsIn(ada, 'Eve');
  expect(await ada.composer.inputValue()).toBe('');
  await signsOut(ada);
  await signsIn(ada, 'Ada');
  await ada.page.waitForFunction(
    () => document.querySelector('textarea')?.value === 'Not for everybody',
  );
});

test('who signs out in one tab is signed out in all, and nothing of theirs stays on any screen', async () => {
  const ada = await somebody();
  await signsIn(ada, 'Ada');
  const page = await ada.page.context().newPage();
  const wrongs = wrongsOf(page);
  const other: Visitor = { ...ada, page };
  await page.goto(machine.page);
  await page.locator('[data-line="live"]').waitFor();
  await becomes(await ada.say('Between us'), 'sent');
  await page.locator('li.message', { hasText: 'Between us' }).waitFor();
  await page.getByRole('textbox', { name: 'Message to the lobby' }).fill('Half a thought');
  await signsOut(ada);
  await page.getByRole('heading', { name: 'Sign in to read and write' }).waitFor();
  await page.locator('[data-line="signed-out"]').waitFor();
  expect(await page.locator('li.message').count()).toBe(0);
  expect(await page.getByRole('textbox').inputValue()).toBe('');
  await signsIn(other, 'Ada');
  await page.locator('li.message', { hasText: 'Between us' }).waitFor();
  expect(await page.getByRole('textbox').inputValue()).toBe('Half a thought');
  expect(wrongs).toEqual([]);
});

test('what was begun while signed out stands behind one’s own draft, once, wherever one signs in to', async () => {
  const ada = await somebody();
  const { composer, page } = ada;
  const becomesDraft = (text: string) =>
    page.waitForFunction((want) => document.querySelector('textarea')?.value === want, text);
  await signsIn(ada, 'Ada');
  await composer.fill('Begun inside');
  await makeRoom(page, 'drafts');
  await signsOut(ada);
  await ada.log.getByRole('heading', { name: 'Sign in to read and write' }).waitFor();
  await composer.fill('Begun outside');
  await signsIn(ada, 'Ada');
  await page.getByRole('heading', { level: 1, name: '#drafts' }).waitFor();
  await signsOut(ada);
  await ada.log.getByRole('heading', { name: 'Sign in to read and write' }).waitFor();
  expect(await composer.inputValue()).toBe('');
  await signsIn(ada, 'Ada');
  await page.getByRole('button', { name: 'Lobby' }).click();
  await becomesDraft('Begun inside\nBegun outside');
  await composer.fill('');
  await page.reload();
  await page.locator('[data-line="live"]').waitFor();
  expect(await composer.inputValue()).toBe('');
});

test('who changes the language stays signed in, where they were', async () => {
  const ada = await somebody();
  await signsIn(ada, 'Ada');
  await becomes(await ada.say('In English'), 'sent');
  await ada.composer.fill('Half a thought');
  await ada.page.getByRole('button', { name: 'Settings' }).click();
  await ada.page.getByRole('combobox', { name: 'Language' }).selectOption('ar');
  await ada.page.getByRole('button', { name: 'Save' }).click();
  const field = ada.page.getByRole('textbox', { name: ar.composer.label(ar.shell.theLobby) });
  await field.waitFor();
  await ada.row('In English').waitFor();
  await ada.page.locator('[data-line="live"]').waitFor();
  expect(await field.inputValue()).toBe('Half a thought');
  await field.press('Enter');
  await becomes(ada.row('Half a thought'), 'sent');
  await ada.page.getByRole('button', { name: ar.shell.settings }).click();
  await ada.page.getByRole('button', { name: dialogsAr.settings.signOut }).click();
  await ada.page.getByRole('heading', { name: ar.line.signInTo }).waitFor();
});

describe('signing in that does not work', () => {
  const FAILED = en.line.signInSays.failed;

  test('because the issuer is out of reach is said, and can be tried again', async () => {
    const one = await somebody();
    await one.page.route('**/.well-known/**', (route) => route.abort());
    await one.page.getByRole('button', { name: 'Sign in' }).click();
    await one.page.getByText(FAILED).waitFor();
    await one.page.unroute('**/.well-known/**');
    await signsIn(one, 'Ada');
    await one.page.getByText(FAILED).waitFor({ state: 'hidden' });
  });

  test('because the issuer refuses is said', async () => {
    const one = await somebody();
    await one.page.getByRole('button', { name: 'Sign in' }).click();
    await one.page.getByRole('textbox', { name: 'Name', exact: true }).waitFor();
    const asked = new URL(one.page.url()).searchParams;
    const back = new URL(asked.get('redirect_uri') ?? 'none:');
    back.searchParams.set('error', 'access_denied');
    back.searchParams.set('state', asked.get('state') ?? '');
    await one.page.goto(back.href);
    await one.page.getByText(en.line.signInSays.refused).waitFor();
    expect(new URL(one.page.url()).search).toBe('');
    expect(await faults(one.page)).toEqual([]);
  });
});

test('two people sign in and talk, under the names that they gave the issuer', async () => {
  const [ada, bob] = [await somebody(), await somebody()];
  await signsIn(ada, 'Ada');
  await signsIn(bob, 'Bob');
  await becomes(await ada.say('Hello Bob'), 'sent');
  await bob.row('Hello Bob').waitFor();
  expect(await bob.row('Hello Bob').textContent()).toContain('Ada');
  await wall(bob.page).waitFor({ state: 'hidden' });
});

test('a link to a room is still followed once one has signed in', async () => {
  const one = await visitor(browser);
  visitors.push(one);
  await one.open(`${machine.page}/#room=far-off`);
  await signsIn(one, 'Ada');
  await one.page.getByRole('dialog', { name: 'Join far-off?' }).waitFor();
});

test('the address is clean, and no storage holds a token', async () => {
  const ada = await somebody();
  const sent: string[] = [];
  ada.page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => sent.push(String(payload))),
  );
  await signsIn(ada, 'Ada');
  expect(ada.page.url()).toBe(`${machine.page}/#room=lobby`);
  const token = sent
    .map((frame) => JSON.parse(frame) as { token?: string })
    .find((frame) => frame.token)?.token;
  expect(token?.split('.')).toHaveLength(3);
  const kept = await ada.page.evaluate(async () => {
    const names = (await indexedDB.databases()).map(({ name }) => name);
    return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, names, document.cookie]);
  });
  for (const part of token?.split('.').slice(1) ?? []) expect(kept).not.toContain(part);
  expect(kept).not.toContain('verifier');
});

describe('a reload', () => {
  test('goes on as the same user, in the same room, with the same draft', async () => {
    const ada = await somebody();
    const questions = questionsOf(ada.page);
    await signsIn(ada, 'Ada');
    await becomes(await ada.say('Before the reload'), 'sent');
    await makeRoom(ada.page, 'reloads');
    await ada.page.getByRole('textbox', { name: 'Message to #reloads' }).fill('Half a thought');
    await ada.page.reload();
    await isLive(ada.page);
    await ada.page.getByRole('heading', { level: 1, name: '#reloads' }).waitFor();
    const field = ada.page.getByRole('textbox', { name: 'Message to #reloads' });
    expect(await field.inputValue()).toBe('Half a thought');
    expect(ada.page.url()).toBe(`${machine.page}/#room=reloads`);
    expect(questions.map((url) => url.searchParams.get('prompt'))).toEqual([null, 'none']);
    await ada.page.getByRole('button', { name: 'Lobby' }).click();
    await becomes(await ada.say('After the reload'), 'sent');
    expect(await ada.row('After the reload').textContent()).toContain('Ada');
  });

  test('follows a link to a room, in a new tab as well', async () => {
    const ada = await somebody();
    await signsIn(ada, 'Ada');
    const page = await ada.page.context().newPage();
    const wrongs = wrongsOf(page);
    await page.goto(`${machine.page}/#room=far-away`);
    await page.getByRole('dialog', { name: 'Join far-away?' }).waitFor();
    expect(wrongs).toEqual([]);
  });

  test('finds the way in where the issuer’s session is over, and asks it once', async () => {
    const ada = await somebody();
    await signsIn(ada, 'Ada');
    await forgets(ada);
    const questions = questionsOf(ada.page);
    await ada.page.reload();
    await ada.log.getByRole('heading', { name: 'Sign in to read and write' }).waitFor();
    expect(await ada.page.locator('.banner').isVisible()).toBe(false);
    await ada.page.reload();
    await wall(ada.page).waitFor();
    expect(questions).toHaveLength(1);
    await signsIn(ada, 'Ada');
  });

  test('while the issuer is out of reach keeps trying, and goes on when it is back', async () => {
    const ada = await somebody();
    await signsIn(ada, 'Ada');
    await ada.page.route('**/.well-known/**', (route) => route.abort());
    await ada.page.reload();
    await ada.page.locator('[data-shown="waiting"]').waitFor();
    await ada.page.unroute('**/.well-known/**');
    await ada.page.getByRole('button', { name: 'Try now' }).click();
    await isLive(ada.page);
  });

  test('whose answer has another state is refused, and said', async () => {
    const ada = await somebody();
    await signsIn(ada, 'Ada');
    const link = `${machine.page}/?code=eves&state=eves`;
    await ada.page.goto(link);
    await ada.page.getByText(en.line.signInSays.failed).waitFor();
    expect(new URL(ada.page.url()).search).toBe('');
    await ada.page.reload();
    await isLive(ada.page);
  });
});

test('two new tabs that open at once are both signed in', async () => {
  const ada = await somebody();
  await signsIn(ada, 'Ada');
  const context = ada.page.context();
  const pages = await Promise.all([context.newPage(), context.newPage()]);
  await Promise.all(pages.map((page) => page.goto(machine.page)));
  await Promise.all(pages.map(isLive));
});

describe('signing out', () => {
  test('lasts: no tab and no reload signs in again, while the issuer would', async () => {
    const ada = await somebody();
    await signsIn(ada, 'Ada');
    const page = await ada.page.context().newPage();
    await page.goto(machine.page);
    await isLive(page);
    // The issuer keeps its session: it is the page that must not ask.
    await ada.page
      .context()
      .route('**/logout?*', (route) =>
        route.fulfill({ status: 303, headers: { location: `${machine.page}/` } }),
      );
    const revoked: string[] = [];
    ada.page.context().on('request', (request) => {
      if (new URL(request.url()).pathname === '/revoke') revoked.push(request.url());
    });
    const questions = [questionsOf(ada.page), questionsOf(page)];
    await signsOut(ada);
    for (const one of [ada.page, page]) {
      await wall(one).waitFor();
      await one.reload();
      await wall(one).waitFor();
    }
    expect(questions.flat()).toEqual([]);
    expect(revoked).toHaveLength(2);
    expect(await ada.page.locator('.banner').isVisible()).toBe(false);
  });

  test('says what remains where the issuer does not confirm it, in words that axe can read', async () => {
    const ada = await somebody();
    await signsIn(ada, 'Ada');
    await ada.page.route('**/revoke', (route) => route.abort());
    await signsOut(ada);
    await ada.page.getByText(en.line.signInSays.notRevoked).waitFor();
    expect(await faults(ada.page)).toEqual([]);
  });
});
