// The page in Arabic: by the browser's preference or by the settings, from right to left, with every name apart.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { ar } from '../../front/src/words/ar.js';
import { dialogsAr } from '../../front/src/words/dialogs-ar.js';
import { launchChromium } from './chromium.ts';
import { emptied } from './emptied.ts';
import { told } from './long-room.ts';
import { type Machine, startMachine } from './machine.ts';
import { becomes, type Visitor, visitor } from './visitor.ts';
import { wireOf } from './wire.ts';

let browser: Browser;
let machine: Machine;
let ada: Visitor;

beforeAll(async () => {
  [browser, machine] = await Promise.all([launchChromium(), startMachine()]);
});
beforeEach(() => emptied(machine));
afterEach(async () => {
  await ada.leave();
  expect(ada.wrongs).toEqual([]);
});
afterAll(async () => {
  await browser?.close();
  await machine?.stop();
});

const html = ({ page }: Visitor) =>
  page.locator('html').evaluate(({ lang, dir }: HTMLElement) => [lang, dir]);
const startOf = async (who: Visitor, selector: string) => {
  const box = await who.page.locator(selector).boundingBox();
  return box?.x ?? Number.NaN;
};

/** Names, keys and addresses, which have Latin letters in every language. */
const NAMES = /Hubbub|English|One word|Enter|Shift|guest-\w+|wss?:\/\/\S*/g;

/** All that the page shows or speaks, or will when it is opened, in Latin letters, of which a face has one. */
async function latinOn({ page }: Visitor) {
  const words = await page.evaluate(() => {
    const said = ['aria-label', 'title', 'placeholder', 'alt'];
    return [...document.querySelectorAll('body, body *:not(script, noscript)')].flatMap((node) => [
      ...said.map((name) => node.getAttribute(name) ?? ''),
      ...[...node.childNodes].map((child) => (child instanceof Text ? child.data.trim() : '')),
    ]);
  });
  return words.filter((word) => /[a-z]{2}/i.test(word.replace(NAMES, '')));
}

/** How many there are of what a session makes and must take away. */
const piecesOn = ({ page }: Visitor) =>
  page.evaluate(() =>
    ['dialog', '.rooms li', '.composer textarea', '[role="log"]'].map(
      (one) => document.querySelectorAll(one).length,
    ),
  );

describe('the language', () => {
  test('of the browser is taken: Arabic words, from right to left', async () => {
    ada = await visitor(browser, { locale: 'ar-EG' });
    await ada.connect(machine.page);
    expect(await html(ada)).toEqual(['ar', 'rtl']);
    await ada.page.getByRole('navigation', { name: ar.shell.side }).waitFor();
    await ada.page.getByRole('complementary', { name: ar.shell.people }).waitFor();
    await ada.page.getByRole('textbox', { name: ar.composer.label(ar.shell.theLobby) }).waitFor();
    expect(await startOf(ada, '.side')).toBeGreaterThan(await startOf(ada, '.people-panel'));
  });

  test('has one kind of digits, in times and dates as in numbers', async () => {
    ada = await visitor(browser, { locale: 'ar-EG', timezoneId: 'UTC' });
    const wire = await wireOf(ada.page);
    await ada.connect(machine.page);
    wire.inject(told(1, { timestamp: '2025-11-20T14:05:00.000Z' }));
    const row = ada.row('number 1');
    await row.waitFor();
    const time = row.locator('time');
    const shown = [await time.textContent(), await time.getAttribute('title')];
    expect(shown[0]).toContain('02:05');
    for (const text of [...shown, await row.locator('.day').textContent()])
      expect(text?.match(/\p{Nd}/gu)).toEqual(text?.match(/[0-9]/g));
    expect(await row.locator('.day').textContent()).toContain('2025');
  });

  test('whose words cannot be fetched leaves the page in English, and it talks', async () => {
    ada = await visitor(browser, { locale: 'ar-EG' });
    await ada.page.route('**/ar.js', (route) => route.abort());
    await ada.connect(machine.page);
    expect(await html(ada)).toEqual(['en', 'ltr']);
    await becomes(await ada.say('Without a catalogue'), 'sent');
  });

  test('that is chosen and cannot be fetched is said, and comes with the next load', async () => {
    ada = await visitor(browser);
    await ada.page.route('**/ar.js', (route) => route.abort());
    await ada.connect(machine.page);
    await ada.composer.fill('Half a thought');
    await ada.page.getByRole('button', { name: 'Settings' }).click();
    await ada.page.getByRole('combobox', { name: 'Language' }).selectOption('ar');
    await ada.page.getByRole('button', { name: 'Save' }).click();
    await ada.page.locator('.notice').getByText('That language did not load.').waitFor();
    expect(await html(ada)).toEqual(['en', 'ltr']);
    await ada.page.waitForFunction(
      () => document.querySelector('textarea')?.value === 'Half a thought',
    );
    await ada.page.unroute('**/ar.js');
    await ada.connect(machine.page);
    expect(await html(ada)).toEqual(['ar', 'rtl']);
  });

  test('no page of it scrolls sideways, wide or narrow', async () => {
    ada = await visitor(browser, { locale: 'ar', viewport: { width: 360, height: 640 } });
    await ada.connect(machine.page);
    const field = ada.page.getByRole('textbox', { name: ar.composer.label(ar.shell.theLobby) });
    await field.fill('مرحبًا بالجميع، this is mixed, https://example.com/');
    await field.press('Enter');
    await ada.row('مرحبًا').waitFor();
    const spare = () =>
      ada.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(await spare()).toBeLessThanOrEqual(0);
    await ada.page.setViewportSize({ width: 1_440, height: 900 });
    expect(await spare()).toBeLessThanOrEqual(0);
  });

  test('is also that of why the server takes this page no more', async () => {
    ada = await visitor(browser, { locale: 'ar' });
    const wire = await wireOf(ada.page);
    const refusal = { type: 'error', ref: null, retry: false, afterMs: 0, message: 'In English.' };
    wire.instead(() => wire.inject({ ...refusal, code: 'UnsupportedVersion' }));
    await ada.open(machine.page);
    await ada.page.getByText(ar.line.closed.UnsupportedVersion).waitFor();
    wire.instead(() => wire.inject({ ...refusal, code: 'BadField' }));
    await ada.page.reload();
    await ada.page.getByText(ar.line.closed.other).waitFor();
    expect(await ada.page.getByText(refusal.message).count()).toBe(0);
  });

  test('is chosen in the settings, and kept', async () => {
    ada = await visitor(browser);
    const { page } = ada;
    await ada.connect(machine.page);
    expect(await html(ada)).toEqual(['en', 'ltr']);
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('combobox', { name: 'Language' }).selectOption('ar');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: ar.shell.settings }).waitFor();
    expect(await html(ada)).toEqual(['ar', 'rtl']);
    await page.reload();
    await page.getByRole('button', { name: ar.shell.settings }).click();
    await page.getByRole('combobox', { name: dialogsAr.settings.language }).selectOption('en');
    await page.getByRole('button', { name: dialogsAr.settings.save }).click();
    await page.getByRole('button', { name: 'Settings' }).waitFor();
    expect(await html(ada)).toEqual(['en', 'ltr']);
  });

  test('changes without a reload, and leaves no word of the other behind', async () => {
    ada = await visitor(browser);
    const { page } = ada;
    await ada.connect(machine.page);
    await becomes(await ada.say('One word'), 'sent');
    await ada.composer.fill('half a thou');
    await page.evaluate(() => document.documentElement.setAttribute('data-same', ''));
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('combobox', { name: 'Language' }).selectOption('ar');
    await page.getByRole('button', { name: 'Save' }).click();

    const isSettled = async () => {
      const field = page.getByRole('textbox', { name: ar.composer.label(ar.shell.theLobby) });
      await field.waitFor();
      await page.locator('[data-line="live"][data-shown="live"]').waitFor();
      await ada.row('One word').waitFor();
      expect(await field.inputValue()).toBe('half a thou');
    };
    await isSettled();
    expect(await page.locator('html[data-same]').count()).toBe(1);
    expect(await latinOn(ada)).toEqual([]);
    const pieces = await piecesOn(ada);
    await page.reload();
    await isSettled();
    expect(await piecesOn(ada)).toEqual(pieces);
  });
});
