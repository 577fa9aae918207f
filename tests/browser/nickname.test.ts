// M12 with the server's own say: a nickname is one person's, whatever its spelling, and everybody hears of a change at once.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Browser, Locator } from 'playwright-core';
import { launchChromium } from './chromium.ts';
import { type Machine, startBuilt } from './machine.ts';
import { type Visitor, visitor } from './visitor.ts';

let browser: Browser;
let machine: Machine;
let ada: Visitor;
let grace: Visitor;

beforeAll(async () => {
  [browser, machine] = await Promise.all([launchChromium(), startBuilt()]);
});
beforeEach(async () => {
  [ada, grace] = await Promise.all([visitor(browser), visitor(browser)]);
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

const textOf = async (where: Locator) => (await where.textContent()) ?? '';
const here = ({ page }: Visitor, name: string) =>
  page.getByRole('list', { name: 'Here now' }).getByRole('listitem').filter({ hasText: name });

/** Opens the dialog of one's own name, and asks for this one. */
async function rename({ page }: Visitor, nickname: string) {
  await page.locator('.me').click();
  const dialog = page.getByRole('dialog', { name: 'Your nickname' });
  await dialog.getByRole('textbox', { name: 'Nickname' }).fill(nickname);
  await dialog.getByRole('button', { name: 'Save' }).click();
  return dialog;
}

test('M12: the same nickname elsewhere is refused in words, and the one that is offered is taken by one click', async () => {
  const dialog = await rename(ada, 'Ada Lovelace');
  await dialog.waitFor({ state: 'hidden' });
  await here(grace, 'Ada Lovelace').waitFor();
  const other = await rename(grace, 'ada lovelace');
  await other.getByRole('alert').getByText('is taken or not allowed').waitFor();
  const offer = other.getByRole('button', { name: /^Use “.+”$/ });
  const suggested = await textOf(offer.locator('bdi'));
  await offer.click();
  await other.waitFor({ state: 'hidden' });
  await here(ada, suggested).waitFor();
  expect(await textOf(grace.page.locator('.me .name'))).toBe(suggested);
});
