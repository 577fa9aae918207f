// The page for whoever does not see it, or has no mouse: axe in every state, the tree that is read out, the keyboard alone.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { faults } from './axe.ts';
import { launchChromium } from './chromium.ts';
import { emptied } from './emptied.ts';
import { type Machine, startBuilt } from './machine.ts';
import { becomes, type Visitor, visitor } from './visitor.ts';

let browser: Browser;
let machine: Machine;
let ada: Visitor;
let grace: Visitor;

beforeAll(async () => {
  [browser, machine] = await Promise.all([launchChromium(), startBuilt()]);
});
beforeEach(async () => {
  await emptied(machine);
  [ada, grace] = await Promise.all([
    visitor(browser, { reducedMotion: 'reduce' }),
    visitor(browser),
  ]);
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

/** A talk with an own message, another's, a link and code. */
async function talk() {
  await becomes(await ada.say('Morning! See https://example.com/'), 'sent');
  await grace.composer.fill('Thanks, `npm start` and **that** helps.');
  await grace.composer.press('Enter');
  await ada.row('helps').waitFor();
}

/** The name of what has the focus, as it is read out. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const at = document.activeElement;
    return at?.getAttribute('aria-label') ?? (at?.id || at?.textContent?.trim()) ?? '';
  });

/** Presses Tab until this has the focus; throws after fifty. */
async function tabTo(page: Page, name: RegExp) {
  for (let presses = 0; presses < 50; presses += 1) {
    if (name.test(await focused(page))) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`The keyboard does not reach ${name}.`);
}

/** Behind an open drawer the conversation is inert, as behind a dialog. */
const COVERED = ['landmark-one-main', 'page-has-heading-one'];

describe('axe finds nothing', () => {
  test('in an empty room, and in a busy one, light and dark', async () => {
    expect(await faults(ada.page)).toEqual([]);
    await talk();
    expect(await faults(ada.page)).toEqual([]);
    await ada.page.emulateMedia({ colorScheme: 'dark' });
    expect(await faults(ada.page)).toEqual([]);
  });

  test('in the dialogs', async () => {
    const { page } = ada;
    for (const open of ['.me', '.open-settings', '.create-room', '.join-room']) {
      await page.locator(open).click();
      await page.locator('dialog[open]').waitFor();
      expect([open, await faults(page)]).toEqual([open, []]);
      await page.keyboard.press('Escape');
      await page.locator('dialog[open]').waitFor({ state: 'detached' });
    }
  });

  test('on a phone, with the side open and with the people', async () => {
    const { page } = ada;
    await talk();
    await page.setViewportSize({ width: 360, height: 640 });
    expect(await faults(page)).toEqual([]);
    for (const open of ['.open-side', '.open-people']) {
      await page.locator(open).click();
      await page.locator('.conversation[inert]').waitFor();
      expect([open, await faults(page, COVERED)]).toEqual([open, []]);
      await page.keyboard.press('Escape');
      await page.locator('.conversation:not([inert])').waitFor();
    }
  });

  test('from right to left, and offline', async () => {
    const nour = await visitor(browser, { locale: 'ar' });
    await nour.connect(machine.page);
    await talk();
    expect(await faults(nour.page)).toEqual([]);
    await nour.page.context().setOffline(true);
    await nour.page.locator('.banner').waitFor();
    expect(await faults(nour.page)).toEqual([]);
    await nour.leave();
    expect(nour.wrongs).toEqual([]);
  });
});

describe('M15: the keyboard alone', () => {
  test('goes past everything to the composer by the skip link, and stays in the room', async () => {
    const { page } = ada;
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    const before = page.url();
    await tabTo(page, /^Skip to the message box$/);
    await page.keyboard.press('Enter');
    await tabTo(page, /^message$/);
    await page.keyboard.type('by hand');
    await page.keyboard.press('Enter');
    await ada.row('by hand').waitFor();
    expect(page.url()).toBe(before);
    await page.getByRole('heading', { name: 'Lobby', level: 1 }).waitFor();
  });

  test('reaches rooms, people, the list and the composer, in the order of the page', async () => {
    const { page } = ada;
    await talk();
    await page.locator('.skip').focus();
    for (const name of [
      /^#?Lobby/,
      /^Change your name|guest-/,
      /^Messages/,
      /^message$/,
      /^guest-.*|^.?guest-/,
    ])
      await tabTo(page, name);
  });

  test('opens a dialog, leaves it by Escape, and is where it was', async () => {
    const { page } = ada;
    for (const button of ['.open-settings', '.me', '.create-room']) {
      await page.locator(button).focus();
      await page.keyboard.press('Enter');
      await page.locator('dialog[open]').waitFor();
      await page.keyboard.press('Escape');
      await page.locator('dialog[open]').waitFor({ state: 'detached' });
      const back = await page.locator(button).evaluate((one) => one === document.activeElement);
      expect([button, back]).toEqual([button, true]);
    }
  });

  test('begins a word to somebody alone at their name', async () => {
    const { page } = ada;
    await page.locator('button.person').first().focus();
    await page.keyboard.press('Enter');
    await page.getByRole('textbox', { name: /^Message to guest-/ }).waitFor();
    await page.keyboard.type('hello');
    expect(await focused(page)).toBe('message');
  });
});

describe('forced colours', () => {
  test('leave what matters to be seen: the focus, the dot of who is here, the edges of the buttons', async () => {
    const { page } = ada;
    await page.emulateMedia({ forcedColors: 'active' });
    const field = page.getByRole('textbox', { name: 'Message to the lobby' });
    await field.fill('x');
    const seen = (selector: string, property: string) =>
      page
        .locator(selector)
        .first()
        .evaluate((node, name) => getComputedStyle(node).getPropertyValue(name), property);
    await page.locator('.me').focus();
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Tab');
    expect(await seen('.me', 'outline-style')).toBe('solid');
    const ground = await seen('body', 'background-color');
    expect(await seen('.people-here .dot', 'background-color')).not.toBe(ground);
    expect(await seen('.send', 'border-top-color')).not.toBe(ground);
    await page.locator('.notice').evaluate((node) => {
      node.toggleAttribute('hidden', false);
    });
    expect(await seen('.notice', 'border-top-style')).toBe('solid');
    expect(await seen('.notice', 'border-top-color')).not.toBe(ground);
    expect(await faults(page)).toEqual([]);
  });
});
