// M16 and M19: on a phone with its keyboard up, in the dark, in forced colours and at twice the size, one still reads and writes.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, BrowserContextOptions, Locator } from 'playwright-core';
import { launchChromium } from './chromium.ts';
import { emptied } from './emptied.ts';
import { type Machine, startBuilt } from './machine.ts';
import { becomes, type Visitor, visitor } from './visitor.ts';

const PHONE = { viewport: { width: 360, height: 640 }, hasTouch: true };

let browser: Browser;
let machine: Machine;
let ada: Visitor;

beforeAll(async () => {
  [browser, machine] = await Promise.all([launchChromium(), startBuilt()]);
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

async function arrive(options: BrowserContextOptions): Promise<void> {
  ada = await visitor(browser, options);
  await ada.connect(machine.page);
}

/** Waits until all of it is on the screen. */
async function isInView(what: Locator): Promise<void> {
  const node = await what.elementHandle();
  await ada.page.waitForFunction((element) => {
    const box = element?.getBoundingClientRect();
    return (
      box !== undefined &&
      box.width > 0 &&
      box.top >= 0 &&
      box.left >= 0 &&
      box.bottom <= innerHeight + 1 &&
      box.right <= innerWidth + 1
    );
  }, node);
}

const overflow = () =>
  ada.page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );

/** How light a colour is to the eye, 0 to 1, of what is painted behind or as the text of `selector`. */
const lightness = (selector: string, property: 'color' | 'backgroundColor') =>
  ada.page.locator(selector).evaluate((element, name) => {
    const context = document.createElement('canvas').getContext('2d');
    if (!context) throw new Error('No canvas.');
    context.fillStyle = getComputedStyle(element)[name];
    context.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
  }, property);

describe('M16: at 360 px', () => {
  test('the composer and the last message stay in view when the keyboard comes up', async () => {
    await arrive(PHONE);
    for (let n = 1; n <= 8; n += 1) await ada.say(`Line ${n}\nand what belongs to it`);
    await becomes(ada.row('Line 8'), 'sent');
    await ada.composer.tap();
    // As `interactive-widget=resizes-content` has it, the keyboard takes from the height of the page.
    await ada.page.setViewportSize({ width: 360, height: 320 });
    await isInView(ada.composer);
    await isInView(ada.row('Line 8').locator('.bubble'));
    expect(await overflow()).toBe(0);
  });

  test('the rooms come in a drawer that takes the focus, and Escape gives it back', async () => {
    await arrive(PHONE);
    const open = ada.page.getByRole('button', { name: 'Rooms and conversations' });
    await open.focus();
    await ada.page.keyboard.press('Enter');
    const side = ada.page.getByRole('navigation', { name: 'Rooms and people' });
    await side.waitFor();
    expect(await side.evaluate((node) => node.contains(document.activeElement))).toBe(true);
    for (let n = 0; n < 12; n += 1) {
      await ada.page.keyboard.press('Tab');
      const isBehind = await ada.page.evaluate(
        () => document.activeElement?.closest('.conversation') !== null,
      );
      expect(isBehind).toBe(false);
    }
    await ada.page.keyboard.press('Escape');
    await side.waitFor({ state: 'hidden' });
    expect(await open.evaluate((node) => node === document.activeElement)).toBe(true);
  });

  test('choosing a room closes the drawer', async () => {
    await arrive(PHONE);
    await ada.page.getByRole('button', { name: 'Rooms and conversations' }).tap();
    const side = ada.page.getByRole('navigation', { name: 'Rooms and people' });
    await side.getByRole('button', { name: 'New room' }).tap();
    const dialog = ada.page.getByRole('dialog', { name: 'New room' });
    await dialog.getByRole('textbox', { name: 'Name' }).fill('phones');
    await dialog.getByRole('button', { name: 'Create' }).tap();
    await ada.page.getByRole('heading', { level: 1, name: '#phones' }).waitFor();
    await side.waitFor({ state: 'hidden' });
    const opener = ada.page.getByRole('button', { name: 'Rooms and conversations' });
    const node = await opener.elementHandle();
    await ada.page.waitForFunction((one) => one === document.activeElement, node);
  });
});

describe('M19:', () => {
  test('in the dark the ground is dark and the words are light, and by day the other way', async () => {
    await arrive({ colorScheme: 'dark' });
    await becomes(await ada.say('Good night'), 'sent');
    expect(await lightness('.conversation', 'backgroundColor')).toBeLessThan(0.2);
    expect(await lightness('.message .text', 'color')).toBeGreaterThan(0.8);
    await ada.page.getByRole('button', { name: 'Settings' }).click();
    await ada.page.getByRole('combobox', { name: 'Appearance' }).selectOption('light');
    await ada.page.getByRole('button', { name: 'Save' }).click();
    expect(await lightness('.conversation', 'backgroundColor')).toBeGreaterThan(0.9);
    expect(await lightness('.message .text', 'color')).toBeLessThan(0.25);
  });

  test('in forced colours bubbles, the open room and the focus still have an edge', async () => {
    await arrive({ forcedColors: 'active' });
    await becomes(await ada.say('High contrast'), 'sent');
    const edge = (what: Locator, side: 'borderTopStyle' | 'outlineStyle') =>
      what.evaluate((node, name) => getComputedStyle(node)[name], side);
    expect(await edge(ada.row('High contrast').locator('.bubble'), 'borderTopStyle')).toBe('solid');
    const room = ada.page.getByRole('list', { name: 'Rooms' }).getByRole('button', {
      name: 'Lobby',
    });
    expect(await edge(room, 'borderTopStyle')).toBe('solid');
    await room.focus();
    await ada.page.keyboard.press('Tab');
    const focused = ada.page.locator(':focus-visible');
    expect(await edge(focused, 'outlineStyle')).not.toBe('none');
  });

  test('at 200 % nothing is cut off: no sideways scrolling, and one can say something', async () => {
    // A window of 1280 by 800 at 200 % is one of half the pixels.
    await arrive({ viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 });
    await becomes(await ada.say('Twice as large'), 'sent');
    await isInView(ada.composer);
    await isInView(ada.row('Twice as large').locator('.bubble'));
    await isInView(ada.page.getByRole('button', { name: / here$/ }));
    expect(await overflow()).toBe(0);
  });

  test('with letters of twice the size on a phone, too', async () => {
    await arrive(PHONE);
    await ada.page.evaluate(() => {
      document.documentElement.style.fontSize = '200%';
    });
    await becomes(await ada.say('Large letters'), 'sent');
    await isInView(ada.composer);
    await isInView(ada.page.getByRole('button', { name: 'Send' }));
    await isInView(ada.page.getByRole('button', { name: 'Rooms and conversations' }));
    await isInView(ada.page.getByRole('button', { name: / here$/ }));
    expect(await overflow()).toBe(0);
  });
});
