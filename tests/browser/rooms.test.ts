// Rooms on the page: found, made, opened to others, left, kept over a reload, and never joined by a link alone.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { faults } from './axe.ts';
import { launchChromium } from './chromium.ts';
import { type Machine, startBuilt } from './machine.ts';
import { ask, askForRoom, locked, makeRoom, nicknameOf, opened } from './room-steps.ts';
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
  name = `tea-${n}`;
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

const button = (page: Page, word: string | RegExp) =>
  page.getByRole('button', { name: word, exact: true });
const inList = (page: Page, room: string) =>
  page.getByRole('list', { name: 'Rooms' }).getByRole('button', { name: room });

async function say(who: Visitor, text: string) {
  const field = who.page.getByRole('textbox', { name: new RegExp(`^Message to #?${name}$`) });
  await field.fill(text);
  await field.press('Enter');
}

describe('a public room', () => {
  test('is made by one, found in the list by another, and what is said there stays there', async () => {
    await makeRoom(ada.page, name);
    await button(ravi.page, 'Find a room').click();
    await button(ravi.page, `#${name}`).click();
    await opened(ravi.page, `#${name}`);
    await say(ada, 'Milk first?');
    await ravi.reads('Milk first?');
    await inList(ravi.page, 'Lobby').click();
    await opened(ravi.page, 'Lobby');
    await ravi.row('Milk first?').waitFor({ state: 'detached' });
    await say(ada, 'Never.');
    await inList(ravi.page, `${name} 1 unread`).click();
    await ravi.reads('Milk first?', 'Never.');
    expect(await inList(ravi.page, name).getAttribute('aria-current')).toBe('page');
  });

  test('is found by how its name begins, and the list says when none does', async () => {
    await makeRoom(ada.page, name);
    await makeRoom(ada.page, `milk-${n}`);
    await button(ravi.page, 'Find a room').click();
    const finding = ravi.page.getByRole('dialog', { name: 'Find a room' });
    const rooms = finding.getByRole('list', { name: 'Public rooms' });
    const milk = rooms.getByRole('button', { name: `#milk-${n}`, exact: true });
    await milk.waitFor();
    await finding.getByRole('textbox').fill(`#Tea ${n}`);
    await milk.waitFor({ state: 'detached' });
    expect(await rooms.getByRole('button').allTextContents()).toEqual([`#${name}`]);
    await finding.getByRole('textbox').fill('nothing-like-it');
    await finding.getByText('No public room has a name that begins like this.').waitFor();
    await finding.getByRole('textbox').fill('?');
    await finding.getByText('This name cannot be used.').waitFor();
    expect(await rooms.getByRole('button').count()).toBe(0);
    await finding.getByRole('textbox').fill('te');
    await rooms.getByRole('button', { name: `#${name}`, exact: true }).click();
    await opened(ravi.page, `#${name}`);
  });

  test.each([
    ['हिन्दी', 'हिन्दी'],
    ['العَرَبِيَّة', 'العَرَبِيَّة'.normalize('NFC')],
    ['İstanbul', 'istanbul'],
  ])('may be called %s', async (typed, shown) => {
    await askForRoom(ada.page, typed, 'Public');
    await opened(ada.page, `#${shown}`);
    await ada.page.reload();
    await opened(ada.page, `#${shown}`);
    await button(ravi.page, 'Find a room').click();
    await ravi.page.getByRole('dialog', { name: 'Find a room' }).getByRole('textbox').fill(typed);
    await button(ravi.page, `#${shown}`).click();
    await opened(ravi.page, `#${shown}`);
  });

  test('is not made where another looks like it, or its name is reserved', async () => {
    for (const room of ['lobbу', 'support']) {
      await askForRoom(ada.page, room, 'Public');
      const dialog = ada.page.getByRole('dialog', { name: 'New room' });
      await dialog.getByRole('alert').getByText('is not available').waitFor();
      await ada.page.keyboard.press('Escape');
    }
  });

  test('comes back after a reload, open as it was; Back returns to the one before', async () => {
    await makeRoom(ada.page, name);
    await ada.page.reload();
    await opened(ada.page, `#${name}`);
    await inList(ada.page, 'Lobby').click();
    await opened(ada.page, 'Lobby');
    await ada.page.goBack();
    await opened(ada.page, `#${name}`);
  });

  test('that was opened is in view in a list that is longer than the page', async () => {
    await ada.page.setViewportSize({ width: 1280, height: 300 });
    for (const end of ['a', 'b', 'c', 'd', 'e']) {
      await makeRoom(ada.page, `${name}-${end}`);
    }
    const isInView = (room: string) =>
      inList(ada.page, room).evaluate((row) => {
        const [box, frame] = [row, row.closest('.lists')].map((one) =>
          one?.getBoundingClientRect(),
        );
        return box && frame && box.top >= frame.top && box.bottom <= frame.bottom;
      });
    expect(await isInView(`${name}-e`)).toBe(true);
    expect(await isInView('Lobby')).toBe(false);
    await ada.page.locator('.lists').evaluate((lists) => lists.scrollTo({ top: 0 }));
    expect(await isInView(`${name}-d`)).toBe(false);
    await ada.page.goBack();
    await opened(ada.page, `#${name}-d`);
    expect(await isInView(`${name}-d`)).toBe(true);
  });

  test('is left after a question, goes from the list, and the lobby is open', async () => {
    await makeRoom(ada.page, name);
    await button(ada.page, 'This room').click();
    await button(ada.page, 'Leave the room').waitFor();
    expect(await button(ada.page, 'Remove someone…').count()).toBe(0);
    await button(ada.page, 'Leave the room').click();
    const question = ada.page.getByRole('dialog', { name: `Leave #${name}?` });
    await question.getByRole('button', { name: 'Leave the room' }).click();
    await opened(ada.page, 'Lobby');
    await inList(ada.page, name).waitFor({ state: 'detached' });
    expect(await inList(ada.page, 'Lobby').getAttribute('aria-current')).toBe('page');
  });

  test('of a taken name is not made again, and the dialog says so', async () => {
    await makeRoom(ada.page, name);
    await askForRoom(ravi.page, name, 'Private');
    const problem = ravi.page
      .getByRole('alert')
      .filter({ hasText: 'There is already a public room of this name' });
    await problem.waitFor();
    await ravi.page.keyboard.press('Escape');
    await opened(ravi.page, 'Lobby');
  });
});

/** Has this one invited into the room that is open; answers what they are called. */
async function call(host: Visitor, guest: Visitor) {
  const called = await nicknameOf(guest.page);
  await ask(host.page, called);
  return called;
}

const invitationTo = (guest: Pick<Visitor, 'page'>) =>
  guest.page
    .getByRole('list', { name: 'Invitations' })
    .getByRole('button', { name: new RegExp(`^${name} .* invites you$`) });

/** Has this one invited into the room that is open, and there. */
async function invite(host: Visitor, guest: Visitor) {
  const called = await call(host, guest);
  await invitationTo(guest).click();
  const question = guest.page.getByRole('dialog', { name: `Join ${name}?` });
  await question.getByRole('button', { name: 'Join' }).click();
  await opened(guest.page, locked(name));
  return called;
}

/** Another device of theirs: the same secret in another browser, and nothing else. */
async function deviceOf(who: Visitor): Promise<Visitor> {
  const { cookies, origins } = await who.page.context().storageState();
  const secrets = origins.map(({ origin, localStorage }) => ({
    origin,
    localStorage: localStorage.filter((item) => item.name.endsWith('secret')),
  }));
  const device = await visitor(browser, { storageState: { cookies, origins: secrets } });
  await device.connect(machine.page);
  return device;
}

/** As far as the question; answers its dialog. */
async function askToRemove({ page }: Visitor, whom: string) {
  await button(page, 'This room').click();
  await button(page, 'Remove someone…').click();
  const question = page.getByRole('dialog', { name: `Remove someone from ${name}` });
  await question.getByRole('combobox', { name: 'Who' }).selectOption({ label: whom });
  expect(await faults(page)).toEqual([]);
  await question.getByRole('button', { name: 'Remove from the room' }).click();
  return question;
}

describe('a private room', () => {
  test('opens to who is invited and says yes, also after a reload, and to nobody who only knows its name', async () => {
    await makeRoom(ada.page, name, 'Private');
    await button(ravi.page, 'Find a room').click();
    const finding = ravi.page.getByRole('dialog', { name: 'Find a room' });
    await finding.getByRole('textbox').fill(name);
    await finding.getByRole('button', { name: 'Join', exact: true }).click();
    await finding.getByRole('alert').filter({ hasText: 'or it is private' }).waitFor();
    await ravi.page.keyboard.press('Escape');

    const guest = await call(ada, ravi);
    await ada.page.locator('.notice').getByText(`${guest} is invited.`).waitFor();
    const invitation = invitationTo(ravi);
    await invitation.waitFor();
    await ravi.page.reload();
    await invitation.click();
    expect(await inList(ravi.page, name).count()).toBe(0);
    const question = ravi.page.getByRole('dialog', { name: `Join ${name}?` });
    await question.getByRole('button', { name: 'Join' }).click();
    await opened(ravi.page, locked(name));
    await invitation.waitFor({ state: 'detached' });
    await say(ravi, 'Thank you for having me');
    await ada.reads('Thank you for having me');
  });

  test('to which an invitation is declined waits in no tab any more, be it open or opened later', async () => {
    await makeRoom(ada.page, name, 'Private');
    await call(ada, ravi);
    const tab = async () => {
      const page = await ravi.page.context().newPage();
      await page.goto(machine.page);
      return { page, invitation: invitationTo({ page }) };
    };
    const other = await tab();
    await other.invitation.waitFor();
    await invitationTo(ravi).click();
    await button(ravi.page, 'Decline').click();
    await button(ravi.page, 'Yes, decline').click();
    await invitationTo(ravi).waitFor({ state: 'detached' });
    await other.invitation.waitFor({ state: 'detached' });
    const later = await tab();
    await later.page.locator('[data-line="live"]').waitFor();
    expect(await later.invitation.count()).toBe(0);
  });

  test('loses whom its owner takes out of it: they are told, and back in the lobby', async () => {
    await makeRoom(ada.page, name, 'Private');
    const guest = await invite(ada, ravi);
    await ravi.page.clock.install();
    await ravi.page.clock.pauseAt(Date.now() + 60_000);
    const question = await askToRemove(ada, guest);
    await question.waitFor({ state: 'hidden' });
    await ada.page.locator('.notice').getByText(`${guest} is no longer in the room.`).waitFor();
    expect(await faults(ada.page)).toEqual([]);
    await opened(ravi.page, 'Lobby');
    await inList(ravi.page, name).waitFor({ state: 'detached' });
    const told = ravi.page.locator('.notice');
    await told.getByText(`You were removed from ${name}.`).waitFor();
    await say(ada, 'Among ourselves');
    await ada.reads('Among ourselves');
    expect(await inList(ravi.page, name).count()).toBe(0);
    // It stays until there was time to read it, and goes with what one does next.
    await ravi.page.keyboard.press('Shift');
    expect(await told.isVisible()).toBe(true);
    await ravi.page.clock.runFor(5_000);
    expect(await told.isVisible()).toBe(true);
    await ravi.page.keyboard.press('Shift');
    await told.waitFor({ state: 'hidden' });
  });

  test('forgets whom its owner took out: not among its people, not to be removed again, but to be invited', async () => {
    await makeRoom(ada.page, name, 'Private');
    const guest = await invite(ada, ravi);
    const panel = ada.page.getByRole('complementary', { name: 'People in this room' });
    await panel.getByText(guest).waitFor();
    const question = await askToRemove(ada, guest);
    await question.waitFor({ state: 'hidden' });
    await panel.getByText(guest).waitFor({ state: 'detached' });
    await inList(ravi.page, name).waitFor({ state: 'detached' });
    await button(ada.page, 'This room').click();
    await button(ada.page, 'Leave the room').waitFor();
    expect(await button(ada.page, 'Remove someone…').count()).toBe(0);
    await ada.page.keyboard.press('Escape');
    await invite(ada, ravi);
    await panel.getByText(guest).waitFor();
  });

  test('takes back whoever has left it, when they are invited again', async () => {
    await makeRoom(ada.page, name, 'Private');
    const guest = await invite(ada, ravi);
    await button(ravi.page, 'This room').click();
    await button(ravi.page, 'Leave the room').click();
    const farewell = ravi.page.getByRole('dialog', { name: `Leave ${name}?` });
    await farewell.getByRole('button', { name: 'Leave the room' }).click();
    await opened(ravi.page, 'Lobby');
    const panel = ada.page.getByRole('complementary', { name: 'People in this room' });
    await panel.getByRole('list', { name: 'Seen recently' }).getByText(guest).waitFor();
    await invite(ada, ravi);
  });

  test('is its owner’s on each of their devices: a member is not offered to take somebody out, nor to invite', async () => {
    await makeRoom(ada.page, name, 'Private');
    const guest = await invite(ada, ravi);
    await button(ravi.page, 'This room').click();
    await button(ravi.page, 'Leave the room').waitFor();
    for (const word of ['Remove someone…', 'Invite someone…'])
      expect(await button(ravi.page, word).count()).toBe(0);
    await ravi.page.keyboard.press('Escape');
    const device = await deviceOf(ada);
    await inList(device.page, `${name} private`).click();
    await opened(device.page, locked(name));
    await device.page.getByRole('complementary', { name: 'People' }).getByText(guest).waitFor();
    const question = await askToRemove(device, guest);
    await question.waitFor({ state: 'hidden' });
    await opened(ravi.page, 'Lobby');
    await device.leave();
    expect(device.wrongs).toEqual([]);
  });

  test('from which one was removed while the line was down goes with a sentence', async () => {
    const wire = await wireOf(ravi.page);
    await ravi.connect(machine.page);
    await makeRoom(ada.page, name, 'Private');
    const guest = await invite(ada, ravi);
    wire.hold();
    const question = await askToRemove(ada, guest);
    await question.waitFor({ state: 'hidden' });
    await wire.cut();
    wire.release((frames) => frames.filter((frame) => !frame.includes('"removed"')));
    await opened(ravi.page, 'Lobby');
    await inList(ravi.page, name).waitFor({ state: 'detached' });
    await ravi.page.locator('.notice').getByText(`You are no longer in ${name}.`).waitFor();
  });

  test('from which one was removed while the page was closed is not asked for, but told of', async () => {
    await makeRoom(ada.page, name, 'Private');
    const guest = await invite(ada, ravi);
    await ravi.page.goto('about:blank');
    const question = await askToRemove(ada, guest);
    await question.waitFor({ state: 'hidden' });
    await ravi.connect(`${machine.page}/#room=${name}`);
    await opened(ravi.page, 'Lobby');
    await ravi.page.locator('.notice').getByText(`You are no longer in ${name}.`).waitFor();
    expect(await ravi.page.getByRole('dialog').count()).toBe(0);
    expect(await faults(ravi.page)).toEqual([]);
  });

  test('has a lock where a public one has a #, and says so, after a reload and on another device too', async () => {
    const device = await deviceOf(ada);
    await makeRoom(ada.page, `${name}-open`);
    await makeRoom(ada.page, name, 'Private');
    const locked = inList(ada.page, `${name} private`);
    const sign = (room: string) => inList(ada.page, room).locator('.sign');
    await locked.waitFor();
    expect(await sign(`${name} private`).locator('svg').count()).toBe(1);
    expect(await sign(`${name}-open`).textContent()).toBe('#');
    const there = inList(device.page, `${name} private`);
    await there.waitFor();
    await Promise.all([ada.page.reload(), device.page.reload()]);
    await Promise.all([locked.waitFor(), there.waitFor()]);
    expect(await sign(`${name}-open`).textContent()).toBe('#');
    expect(await inList(device.page, `${name}-open`).locator('.sign').textContent()).toBe('#');
    await device.leave();
    expect(device.wrongs).toEqual([]);
  });
});

const roomInAddress = ({ page }: Visitor) =>
  new URLSearchParams(new URL(page.url()).hash.slice(1)).get('room');

describe('a link', () => {
  test('to a room of others asks before it joins', async () => {
    await makeRoom(ada.page, name);
    await ravi.page.goto(`${machine.page}/#room=${name}`);
    const question = ravi.page.getByRole('dialog', { name: `Join #${name}?` });
    await question.waitFor();
    expect(await inList(ravi.page, name).count()).toBe(0);
    await question.getByRole('button', { name: 'Join' }).click();
    await opened(ravi.page, `#${name}`);
  });

  test('that one does not follow leaves the address to the room that is open', async () => {
    for (const way of ['Escape', 'Cancel']) {
      await ravi.page.goto(`${machine.page}/#room=${name}`);
      const question = ravi.page.getByRole('dialog', { name: `Join ${name}?` });
      await question.getByText('There is no such room, or it is private.').waitFor();
      expect(await faults(ravi.page)).toEqual([]);
      if (way === 'Escape') await ravi.page.keyboard.press('Escape');
      else await question.getByRole('button', { name: 'Cancel' }).click();
      await ravi.page.waitForURL(/#room=lobby$/);
    }
    await ravi.page.reload();
    await opened(ravi.page, 'Lobby');
    await ravi.page.locator('[data-line="live"]').waitFor();
    expect(await ravi.page.getByRole('dialog').count()).toBe(0);
  });

  test('is not what Back follows into a room one has left: the lobby stays, and the address says so', async () => {
    await makeRoom(ada.page, name);
    await ravi.page.goto(`${machine.page}/#room=${name}`);
    await ravi.page.getByRole('dialog').getByRole('button', { name: 'Join' }).click();
    for (const who of [ada, ravi]) {
      await opened(who.page, `#${name}`);
      await button(who.page, 'This room').click();
      await button(who.page, 'Leave the room').click();
      const farewell = who.page.getByRole('dialog', { name: `Leave #${name}?` });
      await farewell.getByRole('button', { name: 'Leave the room' }).click();
      await opened(who.page, 'Lobby');
      await who.page.waitForURL(/#room=lobby$/);
      await who.page.evaluate(
        () =>
          new Promise((back) => {
            addEventListener('popstate', back, { once: true });
            history.back();
          }),
      );
      expect(roomInAddress(who)).toBe('lobby');
      expect(await who.page.getByRole('dialog').count()).toBe(0);
      await opened(who.page, 'Lobby');
    }
  });
});
