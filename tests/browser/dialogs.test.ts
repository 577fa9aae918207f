// What a dialog asks for is done to what it named, as long as it is wanted, and one is told when it has to wait.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, WebSocketRoute } from 'playwright-core';
import { faults } from './axe.ts';
import { launchChromium } from './chromium.ts';
import { type Machine, startBuilt } from './machine.ts';
import { type Visitor, visitor } from './visitor.ts';

let browser: Browser;
let machine: Machine;
let ada: Visitor;
let line: Awaited<ReturnType<typeof lineOf>>;

beforeAll(async () => {
  [browser, machine] = await Promise.all([launchChromium(), startBuilt()]);
});
beforeEach(async () => {
  ada = await visitor(browser);
  line = await lineOf(ada);
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

/** The line of the page, to be cut and mended; what the page sent on it. */
async function lineOf({ page }: Visitor) {
  let isUp = true;
  let isMute = false;
  const ends: WebSocketRoute[] = [];
  const sent: { action: string; nickname?: string; room?: string }[] = [];
  await page.routeWebSocket(/.*/, async (toPage) => {
    if (!isUp) return toPage.close();
    ends.push(toPage);
    const toServer = toPage.connectToServer();
    toServer.onMessage((frame) => toPage.send(frame));
    toPage.onMessage((frame) => {
      sent.push(JSON.parse(String(frame)));
      if (!isMute) toServer.send(frame);
    });
  });
  return {
    sent,
    /** What the page says does not arrive, until the line is cut. */
    mute() {
      isMute = true;
    },
    async cut() {
      isUp = isMute = false;
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
const button = (name: string) => ada.page.getByRole('button', { name, exact: true });
const dialog = (name: string) => ada.page.getByRole('dialog', { name });
const opened = (title: string) =>
  ada.page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor();

async function create(room: string) {
  await button('New room').click();
  await dialog('New room').getByRole('textbox', { name: 'Name' }).fill(room);
  await dialog('New room').getByRole('button', { name: 'Create' }).click();
  await opened(`#${room}`);
}

test('“Leave #beta?” goes when another room is opened under it, and no room is left', async () => {
  await create('alpha');
  await create('beta');
  await button('This room').click();
  await button('Leave the room').click();
  await dialog('Leave #beta?').waitFor();
  await ada.page.goBack();
  await opened('#alpha');
  await dialog('Leave #beta?').waitFor({ state: 'hidden' });
  expect(line.sent.filter(({ action }) => action === 'leave')).toEqual([]);
});

test('a name that was asked for without a line and taken back is not asked for when the line is back', async () => {
  await line.cut();
  await ada.page.locator('.me').click();
  const name = dialog('Your nickname');
  await name.getByRole('textbox').fill('Regretted');
  await name.getByRole('button', { name: 'Save' }).click();
  await name.getByRole('button', { name: 'Cancel' }).click();
  await ada.page.locator('.me').click();
  await name.getByRole('textbox').fill('Wanted');
  await name.getByRole('button', { name: 'Save' }).click();
  await line.mend();
  await name.waitFor({ state: 'hidden' });
  const asked = line.sent.filter(({ action }) => action === 'nickname');
  expect(asked.map(({ nickname }) => nickname)).toEqual(['Wanted']);
});

test('a room whose making was cancelled is not made, and the dialog makes another', async () => {
  await line.cut();
  await button('New room').click();
  const making = dialog('New room');
  await making.getByRole('textbox', { name: 'Name' }).fill('regretted');
  await making.getByRole('button', { name: 'Create' }).click();
  await ada.page.keyboard.press('Escape');
  await button('New room').click();
  await making.getByRole('textbox', { name: 'Name' }).fill('wanted');
  await making.getByRole('button', { name: 'Create' }).click();
  await line.mend();
  await opened('#wanted');
  const asked = line.sent.filter(({ action }) => action === 'join');
  expect(new Set(asked.map(({ room }) => room))).toEqual(new Set(['wanted']));
});

describe('the code of the dialogs', () => {
  const SCRIPT = '**/app-dialogs-*.js';

  test('says in words that it could not be fetched, and is fetched after a reload', async () => {
    await ada.page.route(SCRIPT, (route) => route.abort());
    await ada.connect(machine.page);
    await button('Settings').click();
    await ada.page.locator('.notice').getByText('This part of the page did not load.').waitFor();
    expect(await ada.page.getByRole('dialog').count()).toBe(0);
    expect(await faults(ada.page)).toEqual([]);
    await ada.page.unroute(SCRIPT);
    await ada.page.reload();
    await button('Settings').click();
    await dialog('Settings').waitFor();
  });

  test('opens only the dialog that was asked for last', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await ada.page.route(SCRIPT, async (route) => {
      await held;
      await route.continue();
    });
    await ada.connect(machine.page);
    await button('Settings').click();
    await button('New room').click();
    release();
    await dialog('New room').waitFor();
    expect(await ada.page.getByRole('dialog').count()).toBe(1);
  });

  test('does not lose the question of a link that could not be asked: the address is the room’s that is open', async () => {
    await ada.page.route(SCRIPT, (route) => route.abort());
    await ada.page.goto('about:blank');
    await ada.connect(`${machine.page}/#room=elsewhere`);
    await ada.page.locator('.notice').getByText('This part of the page did not load.').waitFor();
    await ada.page.waitForURL(/#room=lobby$/);
  });
});

describe('without a line', () => {
  const WAITS = 'No connection. This will be done when you are back online.';

  test('a dialog says at once that it has to wait, and does it when the line is back', async () => {
    await line.cut();
    await ada.page.locator('.me').click();
    const name = dialog('Your nickname');
    await name.getByRole('textbox').fill('Patience');
    await name.getByRole('button', { name: 'Save' }).click();
    await name.getByText(WAITS).waitFor();
    expect(await name.locator('form').getAttribute('aria-busy')).toBe('true');
    expect(await name.getByRole('button', { name: 'Save' }).isEnabled()).toBe(true);
    expect(await faults(ada.page)).toEqual([]);
    await line.mend();
    await name.waitFor({ state: 'hidden' });
    await ada.page.locator('.me').getByText('Patience').waitFor();
    await ada.page.locator('.me').click();
    expect(await name.getByText(WAITS).isVisible()).toBe(false);
    expect(await name.locator('form').getAttribute('aria-busy')).toBeNull();
  });

  test('the list of rooms says that it waits, and is there when the line is back', async () => {
    await line.cut();
    await button('Find a room').click();
    const finding = dialog('Find a room');
    await finding.getByText(WAITS).waitFor();
    await line.mend();
    await finding.getByText(WAITS).waitFor({ state: 'hidden' });
    await finding
      .getByText('There are no public rooms yet.')
      .or(finding.getByRole('listitem').first())
      .first()
      .waitFor();
  });

  test('a dialog whose line falls while it is busy says so', async () => {
    line.mute();
    await button('New room').click();
    const making = dialog('New room');
    await making.getByRole('textbox', { name: 'Name' }).fill('later');
    await making.getByRole('button', { name: 'Create' }).click();
    await making.locator('form[aria-busy]').waitFor();
    expect(await making.getByText(WAITS).isVisible()).toBe(false);
    await line.cut();
    await making.getByText(WAITS).waitFor();
    await line.mend();
    await opened('#later');
  });
});
