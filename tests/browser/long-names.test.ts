// The longest names there are, of rooms and of people, at a desk and on a phone: nothing is cut off, and every button is in reach.
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Locator } from 'playwright-core';
import { launchChromium } from './chromium.ts';
import { type Machine, startBuilt } from './machine.ts';
import { type Visitor, visitor } from './visitor.ts';

/** Without a place to break. */
const ROOM = 'w'.repeat(64);
const NAME = 'W'.repeat(32);
const DESK = { viewport: { width: 1280, height: 800 } };
const PHONE = { viewport: { width: 360, height: 640 } };

let browser: Browser;
let machine: Machine;
let ada: Visitor;
let grace: Visitor;
let made = 0;

beforeAll(async () => {
  [browser, machine] = await Promise.all([launchChromium(), startBuilt()]);
  grace = await visitor(browser);
  await grace.connect(machine.page);
  await grace.page.locator('.me').click();
  await grace.page.getByRole('textbox', { name: 'Nickname' }).fill(NAME);
  await grace.page.getByRole('button', { name: 'Save' }).click();
  await grace.page.locator('.me').getByText(NAME).waitFor();
});
afterEach(async () => {
  await ada.leave();
  expect(ada.wrongs).toEqual([]);
});
afterAll(async () => {
  await browser?.close();
  await machine?.stop();
});

/** Comes, meets Grace in the lobby, and makes a room. */
async function enter(options: typeof DESK): Promise<void> {
  made += 1;
  ada = await visitor(browser, options);
  await ada.connect(machine.page);
  await ada.page.getByText(NAME).first().waitFor({ state: 'attached' });
  if (options === PHONE) await button('Rooms and conversations').click();
  await button('New room').click();
  const dialog = ada.page.getByRole('dialog', { name: 'New room' });
  await dialog.getByRole('textbox').fill(`${made}${ROOM}`.slice(0, 64));
  await dialog.getByRole('button', { name: 'Create' }).click();
  await ada.page.getByRole('heading', { level: 1, name: /^#\d+w+$/ }).waitFor();
}

const button = (name: string) => ada.page.getByRole('button', { name, exact: true });

/** By how many pixels it holds more than it shows. */
const excess = (what: Locator) =>
  what.evaluate((node) => Math.max(0, node.scrollWidth - node.clientWidth));

describe.each([
  ['at a desk', DESK],
  ['on a phone', PHONE],
])('the longest names, %s', (_, size) => {
  test('leave the side, the head and the room’s dialog whole', async () => {
    await enter(size);
    await button('This room').click();
    const menu = ada.page.getByRole('dialog', { name: /^#\d+w+$/ });
    expect(await excess(menu)).toBe(0);
    await menu.getByRole('button', { name: 'Invite someone…' }).click();
    const inviting = ada.page.getByRole('dialog', { name: /^Invite someone to #\d+w+$/ });
    await inviting.getByRole('combobox').selectOption({ label: NAME });
    expect(await excess(inviting)).toBe(0);
    await inviting.getByRole('button', { name: 'Invite' }).click({ trial: true });
    await inviting.getByRole('button', { name: 'Cancel' }).click();
    if (size === PHONE) await button('Rooms and conversations').click();
    expect(await excess(ada.page.locator('.lists'))).toBe(0);
    expect(await excess(ada.page.locator('.rooms'))).toBe(0);
    expect(await excess(ada.page.locator('html'))).toBe(0);
    const [row, list] = await Promise.all([
      ada.page.locator('.rooms [aria-current]').boundingBox(),
      ada.page.locator('.lists').boundingBox(),
    ]);
    expect((row?.x ?? 0) + (row?.width ?? 0)).toBeLessThanOrEqual(
      (list?.x ?? 0) + (list?.width ?? 0),
    );
  });

  test('leave the field one line high: whom one writes to stands in its label alone', async () => {
    await enter(size);
    const field = ada.page.getByRole('textbox', { name: /^Message to / });
    expect(await field.getAttribute('placeholder')).toBe('Write a message');
    expect(await field.evaluate((node) => node.scrollHeight - node.clientHeight)).toBe(0);
    expect((await field.boundingBox())?.height).toBeLessThan(60);
  });

  test('leave room beside the name of whom one writes to for whether they are here', async () => {
    await enter(size);
    if (size === PHONE) await button('Rooms and conversations').click();
    await ada.page.locator('.rooms').getByRole('button', { name: 'Lobby' }).click();
    await ada.page.getByRole('heading', { level: 1, name: 'Lobby' }).waitFor();
    if (size === PHONE) await ada.page.locator('.open-people').click();
    await ada.page.locator('button.person', { hasText: NAME }).click();
    await ada.page.getByRole('heading', { level: 1, name: NAME }).waitFor();
    const line = ada.page.locator('.partner-line');
    expect(await line.textContent()).toBe('here');
    expect(await excess(line)).toBe(0);
    await line.evaluate((node) => node.replaceChildren('seen 59 minutes ago'));
    expect(await excess(line)).toBe(0);
    const called = await ada.page.getByRole('heading', { level: 1 }).boundingBox();
    expect(called?.width ?? 0).toBeGreaterThanOrEqual(48);
    expect(await excess(ada.page.locator('.conversation-top'))).toBe(0);
  });
});
