// Where things stand: heads, short rooms, the strip above the composer, names of the other direction, days, and drawers.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, BrowserContextOptions, Locator } from 'playwright-core';
import { ar } from '../../front/src/words/ar.js';
import { faults } from './axe.ts';
import { launchChromium } from './chromium.ts';
import { emptied } from './emptied.ts';
import { longRoom, told } from './long-room.ts';
import { type Machine, startBuilt } from './machine.ts';
import { becomes, type Visitor, visitor } from './visitor.ts';
import { wireOf } from './wire.ts';

const DESK = { viewport: { width: 1280, height: 800 } };
const PHONE = { viewport: { width: 390, height: 700 } };

let browser: Browser;
let machine: Machine;
let here: Visitor[] = [];

beforeAll(async () => {
  [browser, machine] = await Promise.all([launchChromium(), startBuilt()]);
});
beforeEach(() => emptied(machine));
afterEach(async () => {
  const wrongs = here.flatMap((one) => one.wrongs);
  await Promise.all(here.map((one) => one.leave()));
  here = [];
  expect(wrongs).toEqual([]);
});
afterAll(async () => {
  await browser?.close();
  await machine?.stop();
});

async function enter(options: BrowserContextOptions = DESK): Promise<Visitor> {
  const one = await visitor(browser, options);
  here.push(one);
  await one.connect(machine.page);
  return one;
}

async function rename({ page }: Visitor, nickname: string): Promise<void> {
  await page.locator('.me').click();
  await page.getByRole('textbox', { name: 'Nickname' }).fill(nickname);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.locator('.me').getByText(nickname).waitFor({ state: 'attached' });
}

async function boxOf(what: Locator) {
  const box = await what.boundingBox();
  if (!box) throw new Error(`${what} is not to be seen`);
  return { ...box, right: box.x + box.width, bottom: box.y + box.height };
}

test('in a direct conversation presence stands behind the name, and the rest at the end, however long the name is', async () => {
  const [ada, grace] = [await enter(), await enter()];
  const ends: number[] = [];
  for (const name of ['Al', 'A much longer name']) {
    await rename(grace, name);
    await ada.page.locator('button.person', { hasText: name }).click();
    await ada.page.getByRole('heading', { level: 1, name }).waitFor();
    const called = await boxOf(ada.page.getByRole('heading', { level: 1 }));
    const presence = await boxOf(ada.page.locator('.partner-line'));
    expect(presence.x - called.right).toBeLessThanOrEqual(16);
    const line = await boxOf(ada.page.locator('.conversation-top .line'));
    const people = await boxOf(ada.page.locator('.open-people'));
    expect(people.x - line.right).toBeLessThanOrEqual(16);
    ends.push(people.right);
  }
  expect(ends[0]).toBe(ends[1]);
});

test('the beginning of a short room stands right above its first day', async () => {
  const ada = await enter();
  await ada.say('hello');
  const edge = await boxOf(ada.page.locator('.edge', { hasText: 'beginning' }));
  const day = await boxOf(ada.page.locator('.day'));
  expect(day.y - edge.bottom).toBeLessThanOrEqual(16);
  expect(edge.y).toBeGreaterThan(300);
});

describe('above the composer', () => {
  test('one space is left below the last row, and rows that one scrolls back to reach the composer', async () => {
    const ada = await enter();
    const row = await boxOf(await ada.say('hello'));
    const composer = await boxOf(ada.page.locator('form.composer'));
    expect(composer.y - row.bottom).toBeLessThanOrEqual(28);
    const log = await boxOf(ada.log);
    expect(log.bottom).toBeCloseTo(composer.y, 0);
  });

  test('who writes is named in that space, and nothing moves', async () => {
    const ada = await enter();
    const wire = await wireOf(ada.page);
    await ada.page.reload();
    await ada.page.locator('[data-line="live"]').waitFor();
    const row = await ada.say('hello');
    await becomes(row, 'sent');
    const before = await boxOf(row);
    wire.inject({ type: 'typing', room: 'lobby', userId: 'u1', nickname: 'Grace', on: true });
    const typing = ada.page.locator('.typing-line', { hasText: 'Grace' });
    await typing.waitFor();
    expect(await boxOf(row)).toEqual(before);
    expect((await boxOf(typing)).y).toBeGreaterThanOrEqual(before.bottom);
  });
});

describe('a name of the other direction', () => {
  test('loses its end where there is no room, and keeps the mark of oneself', async () => {
    const ada = await enter({ ...DESK, locale: 'ar-EG' });
    await ada.page.locator('.me').click();
    await ada.page.getByRole('dialog').getByRole('textbox').fill('W'.repeat(32));
    await ada.page.getByRole('dialog').locator('button[type="submit"]').click();
    const name = ada.page.locator('.person .name', { hasText: 'WWW' });
    await name.waitFor();
    const [direction, isCut] = await name.evaluate((node) => [
      getComputedStyle(node).direction,
      node.scrollWidth > node.clientWidth,
    ]);
    expect([direction, isCut]).toEqual(['ltr', true]);
    const panel = await boxOf(ada.page.locator('.people-panel'));
    const mark = await boxOf(ada.page.locator('.person .you'));
    expect(mark.x).toBeGreaterThanOrEqual(panel.x);
    expect(mark.right).toBeLessThanOrEqual((await boxOf(name)).x);
  });

  test('the button of the people is called by the number that it shows, with two people in Arabic', async () => {
    const ada = await enter({ ...DESK, locale: 'ar-EG' });
    await enter();
    await ada.page.getByRole('button', { name: ar.shell.here(2) }).waitFor();
    expect(ar.shell.here(2)).toContain('2');
    expect(await faults(ada.page)).toEqual([]);
  });
});

test('the day stands over the rows that one scrolls back to, and gives way to its own line', async () => {
  const ada = await visitor(browser, { ...DESK, timezoneId: 'UTC' });
  here.push(ada);
  const wire = await wireOf(ada.page);
  await ada.connect(machine.page);
  longRoom(wire, 300);
  // All of them are there: what comes above would else be followed from the bottom.
  await ada.rows.filter({ hasText: 'number 212' }).first().waitFor();
  const day = ada.page.locator('.floating-day');
  expect(await day.isVisible()).toBe(false);
  await ada.log.evaluate((log) => log.scrollBy(0, -1_500));
  await day.waitFor();
  expect(await day.textContent()).toBe('Friday 20 November');
  const list = await boxOf(ada.log);
  expect((await boxOf(day)).y - list.y).toBeLessThanOrEqual(16);
  expect(await faults(ada.page)).toEqual([]);
  await ada.page.getByRole('button', { name: /Jump/ }).click();
  await day.waitFor({ state: 'hidden' });
});

test('in a short room no day is shown twice', async () => {
  const ada = await enter();
  const wire = await wireOf(ada.page);
  await ada.page.reload();
  await ada.page.locator('[data-line="live"]').waitFor();
  for (let seq = 1; seq <= 40; seq += 1) wire.inject(told(seq));
  await ada.row('number 40').waitFor();
  await ada.log.evaluate((log) => log.scrollTo(0, 0));
  await ada.page.locator('.day').first().waitFor();
  expect(await ada.page.locator('.floating-day').isVisible()).toBe(false);
});

describe('on a phone', () => {
  test.each([
    ['the rooms', '.open-side', '.side'],
    ['the people', '.open-people', '.people-panel'],
  ])('%s close by a button, which gives the focus back', async (_, opener, drawer) => {
    const ada = await enter(PHONE);
    await ada.page.locator(opener).click();
    const close = ada.page.locator(drawer).getByRole('button', { name: 'Close' });
    const [button, panel] = [await boxOf(close), await boxOf(ada.page.locator(drawer))];
    expect(button.width).toBeGreaterThanOrEqual(40);
    expect(button.right).toBeLessThanOrEqual(panel.right);
    const head = await ada.page.locator(`${drawer} :is(.product, .how-many)`).evaluate((node) => {
      const { left, right } = node.getBoundingClientRect();
      return { left, right };
    });
    expect(head.right <= button.x || head.left >= button.right).toBe(true);
    // What lies behind an open drawer is inert.
    const behind = ['landmark-one-main', 'page-has-heading-one'];
    expect(await faults(ada.page, behind)).toEqual([]);
    await close.click();
    await ada.page.locator(drawer).waitFor({ state: 'hidden' });
    expect(await ada.page.locator(opener).evaluate((node) => node === document.activeElement)).toBe(
      true,
    );
  });

  test('the mark of oneself stays beside the longest name', async () => {
    const ada = await enter(PHONE);
    await ada.page.locator('.open-side').click();
    await rename(ada, 'M'.repeat(32));
    await ada.page.keyboard.press('Escape');
    await ada.page.locator('.open-people').click();
    const mark = await boxOf(ada.page.locator('.person .you'));
    const panel = await boxOf(ada.page.locator('.people-panel'));
    expect(mark.right).toBeLessThanOrEqual(panel.right);
  });
});

test('at a desk no drawer has a button to close it', async () => {
  const ada = await enter();
  expect(await ada.page.locator('.close-drawer').filter({ visible: true }).count()).toBe(0);
});
