// Reading back: the place is kept to the pixel, older pages come by themselves, and never more than 400 rows stand on the page.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { launchChromium } from './chromium.ts';
import { emptied } from './emptied.ts';
import { longRoom, told } from './long-room.ts';
import { type Machine, startBuilt } from './machine.ts';
import { becomes, type Visitor, visitor } from './visitor.ts';
import { type Wire, wireOf } from './wire.ts';

const MOST_ROWS = 400;

let browser: Browser;
let machine: Machine;
let ada: Visitor;
let wire: Wire;

beforeAll(async () => {
  [browser, machine] = await Promise.all([launchChromium(), startBuilt()]);
});
beforeEach(async () => {
  await emptied(machine);
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

const row = (seq: number) => ada.page.locator(`[data-message-id="m${seq}"]`);
const topOf = (seq: number) =>
  row(seq)
    .locator('.text')
    .evaluate((text) => text.getBoundingClientRect().top);
const hear = async (from: number, to: number) => {
  for (let seq = from; seq <= to; seq += 1) wire.inject(told(seq));
};
const pill = () => ada.page.getByRole('button', { name: /jump to the latest/i });
const isAtBottom = () =>
  ada.page.waitForFunction(() => {
    const log = document.querySelector('.log');
    return log && log.scrollHeight - log.clientHeight - log.scrollTop <= 1;
  });
/** Scrolls there, and waits until the page has answered it. */
const scrollTo = (top: string) =>
  ada.log.evaluate(async (log, where) => {
    if (where === 'top') log.scrollTop = 0;
    if (where === 'two screens up') log.scrollTop = log.scrollHeight - 3 * log.clientHeight;
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  }, top);

describe('a reader further up', () => {
  test('M6: two screens up, 50 arrivals move nothing, are counted, and a click leads to them', async () => {
    await hear(1, 100);
    await row(100).waitFor();
    await scrollTo('two screens up');
    const first = await ada.log.evaluate((log) => {
      const top = log.getBoundingClientRect().top;
      const rows = [...log.querySelectorAll('li.message')];
      const seen = rows.find((one) => one.getBoundingClientRect().top >= top);
      return Number(seen?.getAttribute('data-message-id')?.slice(1));
    });
    const before = await topOf(first);
    await hear(101, 150);
    await row(150).waitFor({ state: 'attached' });
    await pill().filter({ hasText: '50 new' }).waitFor();
    expect(Math.abs((await topOf(first)) - before)).toBeLessThanOrEqual(1);
    await pill().click();
    await pill().waitFor({ state: 'hidden' });
    await isAtBottom();
    expect(await ada.log.evaluate((log) => log === document.activeElement)).toBe(true);
  });

  test('keeps the place when the window is turned and every line breaks anew', async () => {
    const words = 'so many words that they need several lines on a narrow page, '.repeat(3);
    for (let seq = 1; seq <= 60; seq += 1) wire.inject(told(seq, { message: `${words}${seq}` }));
    await row(60).waitFor();
    await scrollTo('two screens up');
    const first = () =>
      ada.log.evaluate((log) => {
        const { top } = log.getBoundingClientRect();
        const rows = [...log.querySelectorAll('li.message')];
        const seen = rows.find((one) => one.getBoundingClientRect().bottom > top);
        return seen?.getAttribute('data-message-id');
      });
    const before = await first();
    const height = await ada.log.evaluate((log) => log.scrollHeight);
    await ada.page.setViewportSize({ width: 360, height: 500 });
    await ada.page.waitForFunction(
      (was) => (document.querySelector('.log')?.scrollHeight ?? 0) > was,
      height,
    );
    await scrollTo('where it is');
    expect(await first()).toBe(before);
  });

  test('M7: at the top the older page comes above, and day and name move up with it', async () => {
    longRoom(wire, 1_000);
    await row(951).waitFor({ state: 'attached' });
    await isAtBottom();
    expect(await row(951).locator('.day').count()).toBe(1);
    expect(await row(951).getByText('Grace').isVisible()).toBe(true);
    const before = await ada.log.evaluate((log) => {
      log.scrollTop = 0;
      return log.querySelector('[data-message-id="m951"] .text')?.getBoundingClientRect().top;
    });
    await row(901).waitFor({ state: 'attached' });
    await ada.page.locator('.log:not([aria-busy])').waitFor();
    expect(Math.abs((await topOf(951)) - Number(before))).toBeLessThanOrEqual(1);
    expect(await row(951).locator('.day').count()).toBe(0);
    expect(await row(951).getByText('Grace').isVisible()).toBe(false);
    expect(await ada.page.locator('.day').count()).toBe(1);
    const texts = await ada.texts();
    expect(new Set(texts).size).toBe(texts.length);
  });

  test('M17: of 100,000 messages has never more than 400 rows, and no hole in them', async () => {
    longRoom(wire, 100_000);
    await row(99_951).waitFor({ state: 'attached' });
    let oldest = 99_951;
    while (oldest > 99_000) {
      await scrollTo('top');
      await row(oldest - 1).waitFor({ state: 'attached' });
      const numbers = (await ada.texts()).map((text) => Number(text.slice('number '.length)));
      expect(numbers.length).toBeLessThanOrEqual(MOST_ROWS);
      oldest = numbers[0] ?? 0;
      expect(numbers).toEqual(numbers.map((_, n) => oldest + n));
    }
    await pill().filter({ hasText: 'Latest' }).click();
    await row(100_000).waitFor();
    await isAtBottom();
    expect(await ada.rows.count()).toBeLessThanOrEqual(MOST_ROWS);
  });

  test('scrolls with the keyboard, and down again through what was unfilled below', async () => {
    longRoom(wire, 2_000);
    await row(1_951).waitFor({ state: 'attached' });
    let oldest = 1_951;
    while (oldest > 1_400) {
      await scrollTo('top');
      await row(oldest - 1).waitFor({ state: 'attached' });
      oldest = Number((await ada.texts())[0]?.slice('number '.length));
    }
    expect(await row(2_000).count()).toBe(0);
    await ada.log.focus();
    while ((await row(2_000).count()) === 0) await ada.page.keyboard.press('End');
    await ada.page.keyboard.press('End');
    await isAtBottom();
    expect((await ada.texts()).at(-1)).toBe('number 2000');
  });

  test('M8: finds a line above what came while away, until one answers, and never above one’s own', async () => {
    await becomes(await ada.say('Read and said'), 'sent');
    await ada.page.goto('about:blank');
    const grace = await visitor(browser);
    await grace.connect(machine.page);
    for (const text of ['First unread', 'Second unread'])
      await becomes(await grace.say(text), 'sent');
    await ada.connect(machine.page);
    await ada.row('Second unread').waitFor();
    const line = ada.page.getByText('New messages', { exact: true });
    await ada.row('First unread').locator(line).waitFor();
    await becomes(await grace.say('Watched'), 'sent');
    await ada.row('Watched').waitFor();
    expect(await ada.row('First unread').locator(line).count()).toBe(1);
    await becomes(await ada.say('An answer'), 'sent');
    await becomes(await grace.say('And another'), 'sent');
    await ada.row('And another').waitFor();
    expect(await ada.rows.locator(line).count()).toBe(0);
    await grace.leave();

    await ada.connect(machine.page);
    await ada.row('And another').waitFor();
    expect(await ada.rows.locator(line).count()).toBe(0);
  });
});

test('what one watches arrive has no line above it', async () => {
  await becomes(await ada.say('Read and said'), 'sent');
  const grace = await visitor(browser);
  await grace.connect(machine.page);
  for (const text of ['One', 'Two', 'Three']) {
    await becomes(await grace.say(text), 'sent');
    await ada.row(text).waitFor();
    expect(await ada.rows.locator('.unread-line').count()).toBe(0);
  }
  await grace.leave();
});

describe('a burst', () => {
  test('costs the layout no more than a few looks for each frame drawn, however many come', async () => {
    await ada.page.evaluate(() => {
      const counts = { looks: 0, frames: 0 };
      const proto = Element.prototype;
      const { getBoundingClientRect } = proto;
      const height = Object.getOwnPropertyDescriptor(proto, 'scrollHeight');
      proto.getBoundingClientRect = function looked() {
        counts.looks += 1;
        return getBoundingClientRect.call(this);
      };
      Object.defineProperty(proto, 'scrollHeight', {
        get() {
          counts.looks += 1;
          return height?.get?.call(this) as number;
        },
      });
      const frame = () => {
        counts.frames += 1;
        requestAnimationFrame(frame);
      };
      frame();
      Object.assign(window, { counts });
    });
    await hear(1, 600);
    await row(600).waitFor();
    expect(await ada.rows.count()).toBe(MOST_ROWS);
    const { looks, frames } = await ada.page.evaluate(
      () => (window as unknown as { counts: { looks: number; frames: number } }).counts,
    );
    expect(looks).toBeLessThanOrEqual(6 * frames);
  });
});
