// What was not sent in a room or to one person stays where it was written: over a reload, without a server, and after one is out of the room.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from './chromium.ts';
import { type Machine, startMachine } from './machine.ts';
import { becomes, type Visitor, visitor } from './visitor.ts';
import { type Wire, wireOf } from './wire.ts';

let browser: Browser;
let machine: Machine;
let ada: Visitor;
let wire: Wire;
/** Rooms outlive a test; each takes a name of its own. */
let n = 0;
let name: string;

beforeAll(async () => {
  [browser, machine] = await Promise.all([launchChromium(), startMachine()]);
});
beforeEach(async () => {
  n += 1;
  name = `tea-${n}`;
  ada = await visitor(browser);
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

/** As the server refuses for good; the page's own frame names the message. */
const refuse = (frame: string) => {
  const { action, messageId } = JSON.parse(frame) as { action: string; messageId: string };
  if (action !== 'sendmessage') return;
  const refusal = { code: 'NotInRoom', retry: false, afterMs: 0, message: 'No.' };
  wire.inject({ type: 'error', ref: messageId, ...refusal });
};

const opened = (page: Page, title: string) =>
  page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor();
const inList = (page: Page, list: 'Rooms' | 'Direct messages', called: string | RegExp) =>
  page.getByRole('list', { name: list }).getByRole('button', { name: called });

async function create(page: Page) {
  await page.getByRole('button', { name: 'New room' }).click();
  const dialog = page.getByRole('dialog', { name: 'A new room' });
  await dialog.getByRole('textbox', { name: 'Name' }).fill(name);
  await dialog.getByRole('button', { name: 'Create' }).click();
  await opened(page, `#${name}`);
}

async function write({ page, row }: Visitor, text: string) {
  const field = page.locator('textarea');
  await field.fill(text);
  await field.press('Enter');
  await row(text).waitFor();
  return row(text);
}

test('a reload shows what was not sent in a room, and it can be sent', async () => {
  await create(ada.page);
  wire.instead(refuse);
  await becomes(await write(ada, 'Milk first?'), 'failed');
  wire.instead(undefined);
  await ada.connect(machine.page);
  await inList(ada.page, 'Rooms', name).click();
  await becomes(ada.row('Milk first?'), 'failed');
  await ada.row('Milk first?').getByRole('button', { name: 'Retry' }).click();
  await becomes(ada.row('Milk first?'), 'sent');
});

test('a reload shows what was not sent to one person, and it can be sent to them', async () => {
  const ravi = await visitor(browser);
  await ravi.connect(machine.page);
  const called = (await ravi.page.locator('.me .name').textContent()) ?? '';
  await ada.page.locator('.people-panel').getByRole('button', { name: called }).click();
  await opened(ada.page, called);
  await becomes(await write(ada, 'Hello'), 'sent');
  wire.instead(refuse);
  await becomes(await write(ada, 'Between us'), 'failed');
  wire.instead(undefined);
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
