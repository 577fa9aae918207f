// On a phone the rooms are behind a button: what waits there shows as a dot on it, and is told in its name.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { faults } from './axe.ts';
import { launchChromium } from './chromium.ts';
import { type Machine, startBuilt } from './machine.ts';
import { type Visitor, visitor } from './visitor.ts';

const PHONE = { viewport: { width: 360, height: 640 } };

let browser: Browser;
let machine: Machine;
let ada: Visitor;
let grace: Visitor;
/** Rooms outlive a test; each takes a name of its own. */
let n = 0;
let name: string;

beforeAll(async () => {
  [browser, machine] = await Promise.all([launchChromium(), startBuilt()]);
});
beforeEach(async () => {
  n += 1;
  name = `den-${n}`;
  [ada, grace] = await Promise.all([visitor(browser, PHONE), visitor(browser)]);
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

const button = (who: Visitor, word: string | RegExp) =>
  who.page.getByRole('button', { name: word, exact: true });
const opener = (told = '') =>
  button(ada, told === '' ? 'Rooms and conversations' : `Rooms and conversations: ${told}`);
const nickname = async (who: Visitor) => (await who.page.locator('.me .name').textContent()) ?? '';
const dot = () =>
  ada.page.locator('.open-side').evaluate((node) => {
    const { content, backgroundColor } = getComputedStyle(node, '::after');
    return content === 'none' ? null : backgroundColor;
  });

async function makeRoom(who: Visitor, visibility: 'Public' | 'Private') {
  await button(who, 'New room').click();
  const dialog = who.page.getByRole('dialog', { name: 'A new room' });
  await dialog.getByRole('textbox', { name: 'Name' }).fill(name);
  await dialog.getByRole('radio', { name: visibility }).check();
  await dialog.getByRole('button', { name: 'Create' }).click();
  await who.page.getByRole('heading', { level: 1, name: `#${name}` }).waitFor();
}

describe('the button of the closed drawer', () => {
  test('has a dot and a count for what is unread, another for a mention, and none once it is read', async () => {
    await opener().click();
    await makeRoom(ada, 'Public');
    await opener().waitFor();
    expect(await dot()).toBeNull();
    await grace.say('Is anybody here?');
    await opener('1 unread').waitFor();
    const quiet = await dot();
    expect(quiet).not.toBeNull();
    expect(await faults(ada.page)).toEqual([]);
    await grace.say(`@${await nickname(ada)}, are you?`);
    await opener('2 unread, 1 for you').waitFor();
    expect(await dot()).not.toBe(quiet);
    await opener('2 unread, 1 for you').click();
    await button(ada, /^# Lobby|^Lobby/).click();
    await ada.row('are you?').waitFor();
    await opener().waitFor();
    expect(await dot()).toBeNull();
  });

  test('counts what somebody writes to oneself alone as such', async () => {
    const people = grace.page.getByRole('complementary', { name: 'People in this room' });
    await people.getByRole('button', { name: new RegExp(await nickname(ada)) }).click();
    const field = grace.page.getByRole('textbox', { name: `Message to ${await nickname(ada)}` });
    await field.fill('Between us');
    await field.press('Enter');
    await opener('1 unread, 1 for you').waitFor();
    expect(await dot()).not.toBeNull();
  });

  test('tells of an invitation, and no more of it once it is declined', async () => {
    const guest = await nickname(ada);
    await makeRoom(grace, 'Private');
    await button(grace, 'This room').click();
    await grace.page.getByRole('combobox', { name: 'Whom' }).selectOption({ label: guest });
    await button(grace, 'Invite').click();
    await opener('1 invitation').click();
    expect(await dot()).not.toBeNull();
    await button(ada, new RegExp(`^#${name} `)).click();
    await button(ada, 'Decline the invitation').click();
    await ada.page.getByRole('dialog').waitFor({ state: 'hidden' });
    await ada.page.keyboard.press('Escape');
    await opener().waitFor();
    expect(await dot()).toBeNull();
  });
});
