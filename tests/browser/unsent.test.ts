// What was not sent in a room or to one person stays where it was written: over a reload, without a server, and after one is out of the room.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Browser, Page, WebSocketRoute } from 'playwright-core';
import { faults } from './axe.ts';
import { launchChromium } from './chromium.ts';
import { type Machine, startBuilt } from './machine.ts';
import { ask, locked, makeRoom, nicknameOf, opened } from './room-steps.ts';
import { becomes, type Visitor, visitor } from './visitor.ts';

let browser: Browser;
let machine: Machine;
let ada: Visitor;
let line: Awaited<ReturnType<typeof lineOf>>;
/** Rooms outlive a test; each takes a name of its own. */
let n = 0;
let name: string;

beforeAll(async () => {
  [browser, machine] = await Promise.all([launchChromium(), startBuilt()]);
});
beforeEach(async () => {
  n += 1;
  name = `tea-${n}`;
  ada = await visitor(browser);
  line = await lineOf(ada.page);
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

/** The line of the page: it can be cut and mended, and refuse for good what is said. */
async function lineOf(page: Page) {
  let isUp = true;
  let isRefusing = false;
  const ends: WebSocketRoute[] = [];
  await page.routeWebSocket(/.*/, async (toPage) => {
    if (!isUp) return toPage.close();
    ends.push(toPage);
    const toServer = toPage.connectToServer();
    toServer.onMessage((frame) => toPage.send(frame));
    toPage.onMessage((frame) => {
      const { action, messageId: ref } = JSON.parse(String(frame)) as Record<string, string>;
      const refusal = { code: 'NotInRoom', retry: false, afterMs: 0, message: 'No.' };
      if (!isRefusing || action !== 'sendmessage') toServer.send(frame);
      else toPage.send(JSON.stringify({ type: 'error', ref, ...refusal }));
    });
  });
  return {
    /** @param is whether all that is said is refused */
    refuse(is: boolean) {
      isRefusing = is;
    },
    async cut() {
      isUp = false;
      for (const end of ends.splice(0)) await end.close();
      await page.locator('[data-line]:not([data-line="live"])').waitFor();
    },
    async mend() {
      isUp = true;
      await page.evaluate(() => window.dispatchEvent(new Event('online')));
      await page.locator('[data-line="live"]').waitFor();
    },
  };
}

const inList = (page: Page, list: 'Rooms' | 'Direct messages', called: string | RegExp) =>
  page.getByRole('list', { name: list }).getByRole('button', { name: called });

const menuOf = (page: Page) => page.getByRole('button', { name: 'This room', exact: true });

async function write({ page, row }: Visitor, text: string) {
  const field = page.locator('textarea');
  await field.fill(text);
  await field.press('Enter');
  await row(text).waitFor();
  return row(text);
}

test('a reload shows what was not sent in a room, and it can be sent', async () => {
  await makeRoom(ada.page, name);
  line.refuse(true);
  await becomes(await write(ada, 'Milk first?'), 'failed');
  line.refuse(false);
  await ada.connect(machine.page);
  await inList(ada.page, 'Rooms', 'Lobby').click();
  await opened(ada.page, 'Lobby');
  await ada.page.setViewportSize({ width: 360, height: 640 });
  const opener = (called: string) => ada.page.getByRole('button', { name: called, exact: true });
  await opener('Rooms and conversations: not sent').click();
  await inList(ada.page, 'Rooms', name).click();
  await becomes(ada.row('Milk first?'), 'failed');
  await opener('Rooms and conversations').waitFor();
  await ada.row('Milk first?').getByRole('button', { name: 'Retry' }).click();
  await becomes(ada.row('Milk first?'), 'sent');
});

test('a reload shows what was not sent to one person, and it can be sent to them', async () => {
  const ravi = await visitor(browser);
  await ravi.connect(machine.page);
  const called = await nicknameOf(ravi.page);
  await ada.page.locator('.people-panel').getByRole('button', { name: called }).click();
  await opened(ada.page, called);
  await becomes(await write(ada, 'Hello'), 'sent');
  line.refuse(true);
  await becomes(await write(ada, 'Between us'), 'failed');
  line.refuse(false);
  await ada.page.reload();
  await opened(ada.page, called);
  await becomes(ada.row('Between us'), 'failed');
  await ada.row('Between us').getByRole('button', { name: 'Retry' }).click();
  await becomes(ada.row('Between us'), 'sent');
  await inList(ravi.page, 'Direct messages', /2 unread/).click();
  await ravi.reads('Hello', 'Between us');
  await ravi.leave();
  expect(ravi.wrongs).toEqual([]);
});

test('who is removed while away finds what they wrote: at the side, read by nobody else, until they have dealt with it', async () => {
  const owner = await visitor(browser);
  await owner.connect(machine.page);
  await makeRoom(owner.page, name, 'Private');
  const called = await nicknameOf(ada.page);
  await ask(owner.page, called);
  await ada.page.getByRole('button', { name: /invites you$/ }).click();
  await ada.page.getByRole('dialog').getByRole('button', { name: 'Join' }).click();
  await opened(ada.page, locked(name));
  await write(owner, 'Among friends');
  await ada.reads('Among friends');
  await owner.page.locator('.people-panel').getByRole('button', { name: called }).waitFor();

  await line.cut();
  await becomes(await write(ada, 'Written away'), 'pending');
  await menuOf(owner.page).click();
  await owner.page.getByRole('button', { name: 'Remove someone…' }).click();
  const question = owner.page.getByRole('dialog', { name: `Remove someone from ${name}` });
  await question.getByRole('button', { name: 'Remove from the room' }).click();
  await question.waitFor({ state: 'hidden' });
  await owner.leave();
  await line.mend();
  await opened(ada.page, 'Lobby');
  await inList(ada.page, 'Rooms', `${locked(name)} not sent`).click();
  await becomes(ada.row('Written away'), 'failed');
  await ada.reads('Written away');
  expect(await menuOf(ada.page).isVisible()).toBe(false);

  await ada.connect(machine.page);
  await opened(ada.page, locked(name));
  await ada.reads('Written away');
  await ada.row('Written away').getByRole('button', { name: 'Delete' }).click();
  await inList(ada.page, 'Rooms', 'Lobby').click();
  await inList(ada.page, 'Rooms', name).waitFor({ state: 'detached' });
});

test('who leaves a room is told of what was not sent there, and keeps it', async () => {
  await makeRoom(ada.page, name);
  line.refuse(true);
  await becomes(await write(ada, 'Wait for me'), 'failed');
  line.refuse(false);
  await menuOf(ada.page).click();
  await ada.page.getByRole('button', { name: 'Leave the room', exact: true }).click();
  const question = ada.page.getByRole('dialog', { name: `Leave #${name}?` });
  await question.getByText('One of your messages here was not sent.').waitFor();
  expect(await faults(ada.page)).toEqual([]);
  await question.getByRole('button', { name: 'Leave the room' }).click();
  await opened(ada.page, 'Lobby');
  await inList(ada.page, 'Rooms', `${name} not sent`).click();
  await ada.reads('Wait for me');
  await ada.page.getByRole('button', { name: 'Find a room' }).click();
  await ada.page.getByRole('button', { name: `#${name}`, exact: true }).click();
  await menuOf(ada.page).waitFor();
  await becomes(ada.row('Wait for me'), 'failed');
  await ada.row('Wait for me').getByRole('button', { name: 'Retry' }).click();
  await becomes(ada.row('Wait for me'), 'sent');
});

test('without a server a reload shows one’s rooms, one’s name, the room that was open, and what waits in it', async () => {
  await makeRoom(ada.page, name);
  const called = await nicknameOf(ada.page);
  await line.cut();
  await becomes(await write(ada, 'Written away'), 'pending');
  await ada.page.reload();
  await opened(ada.page, `#${name}`);
  await becomes(ada.row('Written away'), 'pending');
  await inList(ada.page, 'Rooms', name).waitFor();
  expect(await ada.page.locator('.me .name').textContent()).toBe(called);
  await becomes(await write(ada, 'And after the reload'), 'pending');
  await line.mend();
  await becomes(ada.row('And after the reload'), 'sent');
  await ada.reads('Written away', 'And after the reload');
});

test('what was deleted unsent comes back to where one writes, while its notice is there', async () => {
  await makeRoom(ada.page, name);
  line.refuse(true);
  const row = await write(ada, 'Not to be lost');
  await becomes(row, 'failed');
  await row.getByRole('button', { name: 'Delete' }).click();
  await row.waitFor({ state: 'detached' });
  const notice = ada.page.locator('.notice');
  await notice.getByText('The message was deleted.').waitFor();
  expect(await faults(ada.page)).toEqual([]);
  await notice.getByRole('button', { name: 'Undo' }).click();
  expect(await ada.page.locator('textarea').inputValue()).toBe('Not to be lost');
  expect(await ada.page.evaluate(() => document.activeElement?.localName)).toBe('textarea');
  expect(await notice.isVisible()).toBe(false);
});
