// What the server refuses stays on the page, says why and offers ways out; what was not sent outlives a reload.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { faults } from './axe.ts';
import { launchChromium } from './chromium.ts';
import { emptied } from './emptied.ts';
import { type Machine, startBuilt } from './machine.ts';
import { becomes, node, type Visitor, visitor } from './visitor.ts';
import { type Wire, wireOf } from './wire.ts';

let browser: Browser;
let machine: Machine;
let ada: Visitor;
let wire: Wire;

/** As the server refuses for good; the page's own frame names the message. */
const refuse = (frame: string) => {
  const { action, messageId } = JSON.parse(frame) as { action: string; messageId: string };
  if (action !== 'sendmessage') return;
  const message = 'You are not in this room.';
  wire.inject({
    type: 'error',
    ref: messageId,
    code: 'NotInRoom',
    retry: false,
    afterMs: 0,
    message,
  });
};

beforeAll(async () => {
  [browser, machine] = await Promise.all([launchChromium(), startBuilt()]);
});
beforeEach(async () => {
  await emptied(machine);
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

describe('a message that is refused', () => {
  test('says so and why, and Retry sends the same message from the same node', async () => {
    wire.instead(refuse);
    const row = await ada.say('Let me in');
    await becomes(row, 'failed');
    expect(await row.textContent()).toContain('You are no longer in this room.');
    const before = await node(row);

    wire.instead(undefined);
    await row.getByRole('button', { name: 'Retry' }).click();
    await becomes(row, 'sent');
    expect(await before.evaluate((was) => was === document.querySelector('li.message'))).toBe(true);
    expect(await row.getByRole('button').count()).toBe(0);
    const ids = wire.said();
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  test('is gone for good once it is discarded', async () => {
    wire.instead(refuse);
    const row = await ada.say('Never mind');
    await becomes(row, 'failed');
    await row.getByRole('button', { name: 'Delete' }).click();
    await ada.reads();
    await ada.page.getByRole('heading', { name: 'It is quiet in here' }).waitFor();
    wire.instead(undefined);
    await ada.connect(machine.page);
    await becomes(await ada.say('Something else'), 'sent');
    await ada.reads('Something else');
  });

  test('holds nobody up: the next one goes out', async () => {
    wire.instead((frame) => {
      if (frame.includes('"sendmessage"')) wire.instead(undefined);
      refuse(frame);
    });
    const first = await ada.say('This one falls');
    const second = await ada.say('This one flies');
    await becomes(first, 'failed');
    await becomes(second, 'sent');
  });
});

describe('a message that is refused while another room is open', () => {
  test('is told in words, and marks its room until it is on its way again', async () => {
    const { page } = ada;
    const inList = (name: string) =>
      page.getByRole('list', { name: 'Rooms' }).getByRole('button', { name, exact: true });
    await page.getByRole('button', { name: 'New room' }).click();
    const making = page.getByRole('dialog', { name: 'New room' });
    await making.getByRole('textbox', { name: 'Name' }).fill('plans');
    await making.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { level: 1, name: '#plans' }).waitFor();
    await inList('Lobby').click();
    await page.getByRole('heading', { level: 1, name: 'Lobby' }).waitFor();

    let said = '';
    wire.instead((frame) => {
      if (frame.includes('"sendmessage"')) said = frame;
    });
    await becomes(await ada.say('Read this'), 'pending');
    await inList('plans').click();
    await page.getByRole('heading', { level: 1, name: '#plans' }).waitFor();
    refuse(said);
    await inList('Lobby not sent').waitFor();
    const told = 'Your message to the lobby was not sent.';
    await page.locator('.notice').getByText(told).waitFor();
    expect(await page.locator('.announcements').textContent()).toBe(told);
    expect(await faults(page)).toEqual([]);
    await page.locator('.notice').getByRole('button', { name: 'Open' }).click();
    await page.getByRole('heading', { level: 1, name: 'Lobby' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: '#plans' }).waitFor();

    wire.instead(undefined);
    await page.reload();
    await inList('Lobby not sent').click();
    expect(await page.locator('.notice').isVisible()).toBe(false);
    await ada.row('Read this').getByRole('button', { name: 'Retry' }).click();
    await becomes(ada.row('Read this'), 'sent');
    await inList('Lobby').waitFor();
  });
});

describe('words that could not even be kept', () => {
  test('come back to the composer, which says so, and can be sent again', async () => {
    const chance = await ada.page.evaluateHandle(() => {
      const { getRandomValues } = crypto;
      crypto.getRandomValues = () => {
        throw new Error('No chance.');
      };
      return { restore: () => Object.assign(crypto, { getRandomValues }) };
    });
    await ada.composer.fill('Hold on to this');
    await ada.composer.press('Enter');
    await ada.page.locator('#counter', { hasText: 'Not sent. Try again.' }).waitFor();
    expect(await ada.composer.inputValue()).toBe('Hold on to this');
    await chance.evaluate(({ restore }) => void restore());
    await ada.composer.press('Enter');
    await becomes(ada.row('Hold on to this'), 'sent');
    expect(await ada.composer.inputValue()).toBe('');
  });
});

describe('a reload', () => {
  test('keeps what was not sent, and sends it', async () => {
    wire.instead(() => {});
    await becomes(await ada.say('Survives a reload'), 'pending');
    await ada.composer.fill('half a thou');
    wire.instead(undefined);
    await ada.connect(machine.page);
    await becomes(ada.row('Survives a reload'), 'sent');
    await ada.reads('Survives a reload');
    expect(await ada.composer.inputValue()).toBe('half a thou');
  });
});
