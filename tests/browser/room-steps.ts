// What people do about rooms in many tests: they make one, ask somebody in, and see which is open.
import type { Page } from 'playwright-core';

export type Visibility = 'Public' | 'Private';

/** Waits until this stands above the conversation. */
export const opened = (page: Page, title: string) =>
  page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor();

/** As far as the answer, which may be that the name is taken. */
export async function askForRoom(page: Page, room: string, visibility: Visibility) {
  await page.getByRole('button', { name: 'New room' }).click();
  const dialog = page.getByRole('dialog', { name: 'New room' });
  await dialog.getByRole('textbox', { name: 'Name' }).fill(room);
  await dialog.getByRole('radio', { name: visibility }).check();
  await dialog.getByRole('button', { name: 'Create' }).click();
}

/** How a private room is named where it stands with its lock. */
export const locked = (room: string) => `${room} private`;

/** Makes the room, and is in it. */
export async function makeRoom(page: Page, room: string, visibility: Visibility = 'Public') {
  await askForRoom(page, room, visibility);
  await opened(page, visibility === 'Private' ? locked(room) : `#${room}`);
}

/** What the one at this page is called. */
export const nicknameOf = async (page: Page) =>
  (await page.locator('.me .name').textContent()) ?? '';

/** Asks who is called so into the room that is open. */
export async function ask(page: Page, called: string) {
  await page.getByRole('button', { name: 'This room', exact: true }).click();
  await page.getByRole('button', { name: 'Invite someone…' }).click();
  const whom = page.getByRole('combobox', { name: 'Who' });
  await whom.selectOption({ label: called });
  await page.getByRole('button', { name: 'Invite', exact: true }).click();
  await whom.waitFor({ state: 'hidden' });
}
