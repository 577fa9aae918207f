// On a phone the rooms are behind a button: what waits there shows as a dot on it, and is told in its name.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { faults } from './axe.ts';
import { launchChromium } from './chromium.ts';
import { type Machine, startBuilt } from './machine.ts';
import { ask, makeRoom, nicknameOf } from './room-steps.ts';
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
const dot = () =>
  ada.page.locator('.open-side').evaluate((node) => {
    const { content, backgroundColor } = getComputedStyle(node, '::after');
    return content === 'none' ? null : backgroundColor;
  });

describe('the button of the closed drawer', () => {
  test('has a dot and a count for what is unread, another for a mention, and none once it is read', async () => {
    await opener().click();
    await makeRoom(ada.page, name);
    await opener().waitFor();
    expect(await dot()).toBeNull();
    await grace.say('Is anybody here?');
    await opener('1 unread').waitFor();
    const quiet = await dot();
    expect(quiet).not.toBeNull();
    expect(await faults(ada.page)).toEqual([]);
    await grace.say(`@${await nicknameOf(ada.page)}, are you?`);
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
    await people.getByRole('button', { name: new RegExp(await nicknameOf(ada.page)) }).click();
    const field = grace.page.getByRole('textbox', {
      name: `Message to ${await nicknameOf(ada.page)}`,
    });
    await field.fill('Between us');
    await field.press('Enter');
    await opener('1 unread, 1 for you').waitFor();
    expect(await dot()).not.toBeNull();
  });

  test('tells of an invitation, and no more of it once it is declined', async () => {
    const guest = await nicknameOf(ada.page);
    await makeRoom(grace.page, name, 'Private');
    await ask(grace.page, guest);
    await opener('1 invitation').click();
    expect(await dot()).not.toBeNull();
    await button(ada, new RegExp(`^${name} `)).click();
    await button(ada, 'Decline').click();
    await button(ada, 'Yes, decline').click();
    await ada.page.getByRole('dialog').waitFor({ state: 'hidden' });
    await ada.page.keyboard.press('Escape');
    await opener().waitFor();
    expect(await dot()).toBeNull();
  });
});
