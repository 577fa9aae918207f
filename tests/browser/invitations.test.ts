// Invitations that wait: the notice of one goes with it, or by itself, and the keyboard keeps its place when one is answered.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { faults } from './axe.ts';
import { launchChromium } from './chromium.ts';
import { type Machine, startBuilt } from './machine.ts';
import { ask, locked, makeRoom, nicknameOf, opened } from './room-steps.ts';
import { type Visitor, visitor } from './visitor.ts';
import { wireOf } from './wire.ts';

let browser: Browser;
let machine: Machine;
let ada: Visitor;
let ravi: Visitor;
/** Rooms outlive a test; each takes names of its own. */
let n = 0;
let name: string;

beforeAll(async () => {
  [browser, machine] = await Promise.all([launchChromium(), startBuilt()]);
});
beforeEach(async () => {
  n += 1;
  name = `den-${n}`;
  [ada, ravi] = await Promise.all([visitor(browser), visitor(browser)]);
  await Promise.all([ada.connect(machine.page), ravi.connect(machine.page)]);
});
afterEach(async () => {
  await Promise.all([ada.leave(), ravi.leave()]);
  expect([...ada.wrongs, ...ravi.wrongs]).toEqual([]);
});
afterAll(async () => {
  await browser?.close();
  await machine?.stop();
});

const button = (who: Visitor, word: string | RegExp) =>
  who.page.getByRole('button', { name: word, exact: true });
const invitationTo = (room: string) => button(ravi, new RegExp(`^${room} .* invites you$`));
const notice = () => ravi.page.locator('.notice');

/** Ada makes a private room and asks Ravi in. */
async function invite(room: string): Promise<void> {
  await makeRoom(ada.page, room, 'Private');
  await ask(ada.page, await nicknameOf(ravi.page));
  await notice().getByText(`invites you to the room ${room}.`).waitFor();
}

test('Enter never declines: it joins, and Decline is the last in reach', async () => {
  await invite(name);
  await invitationTo(name).click();
  await ravi.page.getByRole('dialog').waitFor();
  const focused = () => ravi.page.evaluate(() => document.activeElement?.textContent);
  expect(await focused()).toBe('Join');
  await ravi.page.keyboard.press('Tab');
  expect(await focused()).toBe('Decline');
  await ravi.page.keyboard.press('Shift+Tab');
  await ravi.page.keyboard.press('Enter');
  await opened(ravi.page, locked(name));
});

test('Enter in a dialog that takes something away takes nothing away', async () => {
  await makeRoom(ada.page, name, 'Private');
  await ada.page.getByRole('button', { name: 'This room', exact: true }).click();
  await button(ada, 'Leave the room').click();
  const focused = await ada.page.evaluate(() => document.activeElement?.textContent);
  expect(focused).toBe('Cancel');
});

test('one press declines nothing: it asks, and an opening later begins anew', async () => {
  await invite(name);
  await invitationTo(name).click();
  const question = ravi.page.getByRole('dialog', { name: `Join ${name}?` });
  await button(ravi, 'Decline').click();
  await question.getByText('You can join only if you are invited again.').waitFor();
  expect(await faults(ravi.page)).toEqual([]);
  await button(ravi, 'Cancel').click();
  await invitationTo(name).click();
  await question.getByRole('button', { name: 'Decline', exact: true }).waitFor();
  expect(await question.getByText('You can join only').count()).toBe(0);
  await button(ravi, 'Join').click();
  await opened(ravi.page, locked(name));
});

test('an invitation shows a lock for a private room, and a # for a public one', async () => {
  await invite(`${name}-den`);
  const lock = invitationTo(`${name}-den`).locator('.called svg');
  await lock.waitFor();
  await makeRoom(ada.page, `${name}-hall`);
  await ask(ada.page, await nicknameOf(ravi.page));
  await invitationTo(`#${name}-hall`).waitFor();
  expect(await faults(ravi.page)).toEqual([]);
  await ravi.page.reload();
  await lock.waitFor();
  await lock.click();
  await ravi.page.locator('dialog[open] h2 svg').waitFor();
});

describe('the notice of an invitation', () => {
  test('opens it by its button, which the keyboard reaches and keeps its place after', async () => {
    await ravi.page.clock.install();
    await ravi.page.clock.pauseAt(Date.now() + 60_000);
    await invite(name);
    await ravi.page.clock.runFor(6_000);
    const open = notice().getByRole('button', { name: 'Open' });
    await ravi.page.getByRole('textbox', { name: /^Message to/ }).press('Shift+Tab');
    await open.focus();
    // One who is about to press it is not hurried.
    await ravi.page.clock.runFor(12_000);
    expect(await open.isVisible()).toBe(true);
    await ravi.page.keyboard.press('Enter');
    const question = ravi.page.getByRole('dialog', { name: `Join ${name}?` });
    await question.waitFor();
    expect(await notice().isVisible()).toBe(false);
    await ravi.page.keyboard.press('Escape');
    await question.waitFor({ state: 'hidden' });
    expect(await ravi.page.evaluate(() => document.activeElement === document.body)).toBe(false);
  });

  test('goes when it is accepted', async () => {
    await invite(name);
    await invitationTo(name).click();
    await button(ravi, 'Join').click();
    await opened(ravi.page, locked(name));
    expect(await notice().isVisible()).toBe(false);
  });

  test('goes when it is declined; that of another invitation stays', async () => {
    // Neither its time passes nor the one in which a deed leaves it alone.
    await ravi.page.clock.install();
    await ravi.page.clock.pauseAt(Date.now() + 60_000);
    await invite(`${name}-a`);
    await invite(`${name}-b`);
    await invitationTo(`${name}-a`).click();
    await button(ravi, 'Decline').click();
    await button(ravi, 'Yes, decline').click();
    await invitationTo(`${name}-a`).waitFor({ state: 'detached' });
    expect(await notice().textContent()).toContain(`${name}-b.`);
    expect(await notice().isVisible()).toBe(true);
    await invitationTo(`${name}-b`).click();
    await button(ravi, 'Decline').click();
    await button(ravi, 'Yes, decline').click();
    await notice().waitFor({ state: 'hidden' });
  });

  test('goes when another conversation is opened', async () => {
    await invite(name);
    await ravi.page.locator('button.person').first().click();
    await ravi.page.getByText('Say something. Only the two of you can read it.').waitFor();
    expect(await notice().isVisible()).toBe(false);
  });

  test('goes by itself, after there was time to read it', async () => {
    await ravi.page.clock.install();
    await ravi.page.clock.pauseAt(Date.now() + 60_000);
    await invite(name);
    await ravi.page.clock.runFor(9_000);
    expect(await notice().isVisible()).toBe(true);
    await ravi.page.clock.runFor(1_000);
    await notice().waitFor({ state: 'hidden' });
    expect(await invitationTo(name).isVisible()).toBe(true);
  });
});

test('an invitation that was taken back is gone once that is found out', async () => {
  const wire = await wireOf(ravi.page);
  await ravi.connect(machine.page);
  wire.inject({ type: 'invited', room: name, by: 'u_nobody' });
  await invitationTo(name).click();
  await button(ravi, 'Join').click();
  await ravi.page.getByRole('alert').filter({ hasText: 'There is no such room' }).waitFor();
  await ravi.page.keyboard.press('Escape');
  await invitationTo(name).waitFor({ state: 'detached' });
  expect(await notice().isVisible()).toBe(false);
});

describe('M15: the keyboard alone', () => {
  /** What is said of that which has the focus. */
  const focused = () =>
    ravi.page.evaluate(() => {
      const { tagName, textContent } = document.activeElement ?? document.body;
      return tagName === 'BODY' ? 'nothing' : (textContent ?? '').trim();
    });

  async function answer(room: string, how: string): Promise<void> {
    await invitationTo(room).focus();
    await ravi.page.keyboard.press('Enter');
    await button(ravi, how).focus();
    await ravi.page.keyboard.press('Enter');
    if (how === 'Decline') await ravi.page.keyboard.press('Enter');
    await ravi.page.getByRole('dialog').waitFor({ state: 'hidden' });
    await invitationTo(room).waitFor({ state: 'detached' });
    await ravi.page.waitForFunction(() => document.activeElement !== document.body);
  }

  test('goes on at the next invitation when one is declined, then at the way into rooms', async () => {
    for (const end of ['a', 'b', 'c']) await invite(`${name}-${end}`);
    await answer(`${name}-b`, 'Decline');
    expect(await focused()).toContain(`${name}-c`);
    await answer(`${name}-c`, 'Decline');
    expect(await focused()).toBe('Find a room');
  });

  test('is not lost when one is accepted', async () => {
    await invite(name);
    await answer(name, 'Join');
    await opened(ravi.page, locked(name));
    expect(await focused()).not.toBe('nothing');
  });
});
