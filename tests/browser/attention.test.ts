// Attention: a count in the title, one notification for a burst while nobody looks, and unread rooms that all tabs agree on.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from './chromium.ts';
import { emptied } from './emptied.ts';
import { type Machine, startBuilt } from './machine.ts';
import { becomes, type Visitor, visitor } from './visitor.ts';

interface Shown {
  title: string;
  body: string;
  click(): void;
}
declare global {
  interface Window {
    shown: Shown[];
    hide(is: boolean): void;
  }
}

let browser: Browser;
let machine: Machine;
let ada: Visitor;
let grace: Visitor;

/** A page that can be told that it is hidden, and that notes what it would have shown. */
function observed() {
  let isHidden = false;
  window.shown = [];
  Object.defineProperty(document, 'visibilityState', {
    get: () => (isHidden ? 'hidden' : 'visible'),
  });
  window.hide = (is) => {
    isHidden = is;
    document.dispatchEvent(new Event('visibilitychange'));
  };
  class Recorded extends EventTarget {
    static permission = 'granted';
    static requestPermission = async () => 'granted';
    constructor(title: string, { body = '' } = {}) {
      super();
      window.shown.push({ title, body, click: () => this.dispatchEvent(new Event('click')) });
    }
    close() {}
  }
  Object.assign(window, { Notification: Recorded });
}

const hide = (page: Page, is: boolean) => page.evaluate((hidden) => window.hide(hidden), is);
const shown = (page: Page) =>
  page.evaluate(() => window.shown.map(({ title, body }) => ({ title, body })));
/** Waits until the title begins so, and with no count for an empty string. */
const titled = (page: Page, count: string) =>
  page.waitForFunction(
    (want) => (/^\(\d+\) /.exec(document.title)?.[0] ?? '').trim() === want,
    count,
  );

async function askToNotify(page: Page) {
  await page.getByRole('button', { name: 'Settings' }).click();
  const wish = page.getByRole('checkbox', { name: 'Notify me while this page is hidden' });
  await wish.check();
  await page.getByRole('button', { name: 'Cancel' }).click();
}

async function makeRoom(page: Page, name: string) {
  await page.getByRole('button', { name: 'New room' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill(name);
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
}

beforeAll(async () => {
  [browser, machine] = await Promise.all([launchChromium(), startBuilt()]);
});
beforeEach(async () => {
  await emptied(machine);
  [ada, grace] = await Promise.all([visitor(browser), visitor(browser)]);
  await ada.page.context().addInitScript(observed);
  await Promise.all([ada.connect(machine.page), grace.connect(machine.page)]);
});
afterEach(async () => {
  await Promise.all([ada.leave(), grace.leave()]);
  expect([...ada.wrongs, ...grace.wrongs]).toEqual([]);
});
afterAll(async () => {
  await browser?.close();
  await machine?.stop();
});

describe('M13: a hidden page', () => {
  test('counts in its title, notifies once for a burst, and is calm again when it is looked at', async () => {
    await askToNotify(ada.page);
    await hide(ada.page, true);
    for (const text of ['one', 'two', 'three']) await grace.say(text);
    await titled(ada.page, '(3)');
    await ada.page.waitForFunction(() => window.shown.length > 0);
    for (const text of ['four', 'five', 'six']) await grace.say(text);
    await titled(ada.page, '(6)');
    expect(await ada.page.title()).toBe('(6) Lobby · Hubbub');
    const notes = await shown(ada.page);
    expect(notes).toHaveLength(1);
    expect(notes[0]?.title).toContain('Lobby');
    await hide(ada.page, false);
    await titled(ada.page, '');
    expect(await ada.page.locator('link[rel="icon"]').getAttribute('href')).toBe('icon.svg');
  });

  test('notifies of nothing while it is looked at, nor unless it was asked to', async () => {
    await hide(ada.page, true);
    await grace.say('nobody asked');
    await titled(ada.page, '(1)');
    await hide(ada.page, false);
    await titled(ada.page, '');
    await askToNotify(ada.page);
    await becomes(await grace.say('seen at once'), 'sent');
    await ada.row('seen at once').waitFor();
    await hide(ada.page, true);
    await grace.say('behind the back');
    await ada.page.waitForFunction(() => window.shown.length > 0);
    expect((await shown(ada.page)).map(({ body }) => body)).toEqual(['behind the back']);
  });

  test('says nothing while another tab is looked at, and one of two hidden tabs speaks', async () => {
    await askToNotify(ada.page);
    const second = await ada.page.context().newPage();
    await second.goto(machine.page);
    await second.locator('[data-line="live"]').waitFor();
    await makeRoom(second, 'pantry');
    await ada.page.clock.install();
    await hide(ada.page, true);
    await grace.say('somebody looks at the pantry');
    await titled(ada.page, '(1)');
    await titled(second, '(1)');
    // The second of the burst passes; who is asked after the page has asked hears after it.
    await ada.page.clock.runFor(1_000);
    await ada.page.evaluate(() => navigator.locks.query());
    await hide(second, true);
    const name = (await second.locator('.me .name').textContent()) ?? '';
    await grace.say(`@${name}, hello?`);
    await ada.page.waitForFunction(() => window.shown.length > 0);
    const all = [...(await shown(ada.page)), ...(await shown(second))];
    expect(all.map(({ body }) => body)).toEqual([`@${name}, hello?`]);
  });

  test('a click on the notification opens the room it was for', async () => {
    await askToNotify(ada.page);
    await makeRoom(ada.page, 'study');
    await hide(ada.page, true);
    await grace.say('come over');
    await ada.page.waitForFunction(() => window.shown.length > 0);
    await hide(ada.page, false);
    await ada.page.evaluate(() => window.shown[0]?.click());
    await ada.page.getByRole('heading', { level: 1, name: 'Lobby' }).waitFor();
    await ada.row('come over').waitFor();
  });
});

describe('the wish for notifications', () => {
  const wish = (page: Page) => page.getByRole('checkbox', { name: /^Notify me/ });

  test('stands in the settings as it is, and is taken back there', async () => {
    await askToNotify(ada.page);
    await ada.page.reload();
    await ada.page.locator('[data-line="live"]').waitFor();
    await ada.page.getByRole('button', { name: 'Settings' }).click();
    expect(await wish(ada.page).isChecked()).toBe(true);
    await wish(ada.page).uncheck();
    await ada.page.getByRole('button', { name: 'Cancel' }).click();
    await ada.page.clock.install();
    await hide(ada.page, true);
    await grace.say('nobody is called');
    await titled(ada.page, '(1)');
    await ada.page.clock.runFor(5_000);
    expect(await shown(ada.page)).toEqual([]);
  });

  test('that the browser refuses is not on, and the dialog says why', async () => {
    await ada.page.evaluate(() => {
      Notification.requestPermission = async () => 'denied';
    });
    await ada.page.getByRole('button', { name: 'Settings' }).click();
    await wish(ada.page).click();
    await ada.page.getByText('The browser does not allow it.').waitFor();
    expect(await wish(ada.page).isChecked()).toBe(false);
  });
});

describe('unread rooms', () => {
  const lobby = (page: Page) => page.getByRole('button', { name: /Lobby/ });

  test('are kept over a reload, count mentions apart, and are read in all tabs at once', async () => {
    await makeRoom(ada.page, 'kitchen');
    const name = (await ada.page.locator('.me .name').textContent()) ?? '';
    await grace.say('is anybody here?');
    await grace.say(`@${name}, are you?`);
    await lobby(ada.page).getByText('2 unread, 1 for you').waitFor();
    await ada.page.reload();
    await lobby(ada.page).getByText('2 unread, 1 for you').waitFor();
    await titled(ada.page, '(2)');

    const second = await ada.page.context().newPage();
    await second.goto(machine.page);
    await lobby(second).click();
    await second.getByText('is anybody here?').waitFor();
    await titled(second, '');
    await titled(ada.page, '');
    expect(await lobby(ada.page).locator('.unread').isHidden()).toBe(true);
  });
});
