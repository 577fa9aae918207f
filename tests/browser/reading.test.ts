// Reading and writing by hand: the newest stays in view, a reader is left in peace, the keyboard does everything.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { launchChromium } from './chromium.ts';
import { emptied } from './emptied.ts';
import { type Machine, startBuilt } from './machine.ts';
import { becomes, type Visitor, visitor } from './visitor.ts';
import { type Wire, wireOf } from './wire.ts';

let browser: Browser;
let machine: Machine;
let ada: Visitor;
let wire: Wire;
let seq = 0;

beforeAll(async () => {
  [browser, machine] = await Promise.all([launchChromium(), startBuilt()]);
});
beforeEach(async () => {
  await emptied(machine);
  seq = 0;
  ada = await visitor(browser, { viewport: { width: 800, height: 500 } });
  wire = await wireOf(ada.page);
  await ada.connect(machine.page);
});
afterEach(async () => {
  await ada.leave();
  expect(ada.wrongs).toEqual([]);
});
afterAll(async () => {
  await browser?.close();
  await machine?.stop();
});

/** Another's messages, as the server would send them. */
async function hear(count: number, words = 'number'): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    seq += 1;
    const said = {
      messageId: `m${seq}`,
      userId: 'u1',
      nickname: 'Grace',
      message: `${words} ${seq}`,
    };
    const timestamp = new Date().toISOString();
    wire.inject({ type: 'message', room: 'lobby', seq, timestamp, ...said });
  }
  await ada.row(`${words} ${seq}`).waitFor({ state: 'attached' });
}

const fromBottom = () =>
  ada.log.evaluate((log) => Math.round(log.scrollHeight - log.clientHeight - log.scrollTop));
const topOf = async (text: string) =>
  Math.round((await ada.row(text).boundingBox())?.y ?? Number.NaN);
const pill = () => ada.page.getByRole('button', { name: /new, jump to the latest/ });

describe('the list', () => {
  test('follows the newest while one is at the bottom', async () => {
    await hear(40);
    expect(await fromBottom()).toBeLessThanOrEqual(1);
    expect(await pill().count()).toBe(0);
    await ada.page.setViewportSize({ width: 360, height: 400 });
    await expectSoon(fromBottom, (px) => px <= 1);
  });

  test('leaves a reader further up in peace, counts what came, and leads back', async () => {
    await hear(40);
    await ada.log.evaluate((log) => log.scrollTo(0, 200));
    await expectSoon(fromBottom, (px) => px > 300);
    const before = await topOf('number 12');
    await hear(3, 'unseen');
    await pill().waitFor();
    expect(await pill().textContent()).toBe('3 new ↓');
    expect(await topOf('number 12')).toBe(before);
    await pill().click();
    await pill().waitFor({ state: 'hidden' });
    await expectSoon(fromBottom, (px) => px <= 1);
  });

  test('does not jump when a message comes late and belongs above', async () => {
    await hear(4);
    seq += 1;
    await hear(35);
    await ada.log.evaluate((log) => log.scrollTo(0, 400));
    await expectSoon(fromBottom, (px) => px > 300);
    const before = await topOf('number 20');
    seq = 4;
    await hear(1, 'late');
    expect((await ada.texts())[4]).toBe('late 5');
    expect(await topOf('number 20')).toBe(before);
  });

  test('shows the writer what was just written, wherever the list was', async () => {
    await hear(40);
    await ada.log.evaluate((log) => log.scrollTo(0, 0));
    await expectSoon(fromBottom, (px) => px > 300);
    await ada.say('Here I am');
    await expectSoon(fromBottom, (px) => px <= 1);
  });

  test('takes a burst of 500 without losing order, and keeps the newest 400', async () => {
    await hear(500);
    const texts = await ada.texts();
    expect(texts).toEqual(Array.from({ length: 400 }, (_, n) => `number ${n + 101}`));
    expect(await fromBottom()).toBeLessThanOrEqual(1);
  });

  test('holds the longest message and the longest word at 360 pixels, nothing sticks out', async () => {
    await ada.page.setViewportSize({ width: 360, height: 640 });
    const word = 'w'.repeat(4_000);
    const row = await ada.say(word);
    await becomes(row, 'sent');
    expect(await row.locator('.text').textContent()).toBe(word);
    const [wide, room] = await ada.page.evaluate(() => {
      const bubble = document.querySelector('.bubble')?.getBoundingClientRect();
      return [bubble?.right ?? Number.NaN, document.documentElement.scrollWidth];
    });
    expect(wide).toBeLessThanOrEqual(360);
    expect(room).toBe(360);
  });
});

describe('the keyboard', () => {
  test('sends with Enter and breaks a line with Shift+Enter', async () => {
    await ada.composer.pressSequentially('first');
    await ada.composer.press('Shift+Enter');
    await ada.composer.pressSequentially('second');
    expect(await ada.rows.count()).toBe(0);
    await ada.composer.press('Enter');
    await becomes(ada.row('first'), 'sent');
    await ada.reads('first\nsecond');
    expect(await ada.composer.inputValue()).toBe('');
  });

  test('sends nothing for white space, and says when a message is too long', async () => {
    await ada.composer.fill('  \n ');
    await ada.composer.press('Enter');
    expect(await ada.page.getByRole('button', { name: 'Send' }).isDisabled()).toBe(true);
    await ada.composer.fill('x'.repeat(4_001));
    await ada.composer.press('Enter');
    expect(await ada.page.locator('.counter').textContent()).toBe('1 too many · Too long to send.');
    expect(await ada.rows.count()).toBe(0);
    expect(wire.said()).toEqual([]);
  });

  test('reaches the settings and comes back', async () => {
    await ada.page.getByRole('button', { name: 'Settings' }).press('Enter');
    await ada.page.getByRole('dialog', { name: 'Settings' }).waitFor();
    await ada.page.getByLabel('Appearance').selectOption('dark');
    await ada.page.getByRole('button', { name: 'Save' }).press('Enter');
    await ada.page.getByRole('dialog').waitFor({ state: 'hidden' });
    const scheme = await ada.page.evaluate(
      () => getComputedStyle(document.documentElement).colorScheme,
    );
    expect(scheme).toBe('dark');
    await ada.connect(machine.page);
    expect(await ada.page.locator('html').getAttribute('data-theme')).toBe('dark');
  });
});

/** Asks until the answer satisfies; the test's own time-out is the limit. */
async function expectSoon<T>(
  ask: () => Promise<T>,
  satisfies: (answer: T) => boolean,
): Promise<void> {
  while (!satisfies(await ask())) await ada.page.evaluate(() => new Promise(requestAnimationFrame));
}
