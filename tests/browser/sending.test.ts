// What becomes of what one says: shown at once, ticked on the same node, once however often it is echoed, with ways out when refused.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { en } from '../../front/src/words/en.js';
import { faults } from './axe.ts';
import { launchChromium } from './chromium.ts';
import { emptied } from './emptied.ts';
import { told } from './long-room.ts';
import { type Machine, startBuilt } from './machine.ts';
import { becomes, node, type Visitor, visitor } from './visitor.ts';
import { type Wire, wireOf } from './wire.ts';

let browser: Browser;
let machine: Machine;
let ada: Visitor;
let wire: Wire;

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

interface Said {
  action: string;
  messageId: string;
  message: string;
}
const readSaid = (frame: string) => JSON.parse(frame) as Said;
const message = ({ messageId, message }: Said) => told(1, { messageId, message });
const accepted = ({ messageId }: Said) => ({ type: 'accepted', messageId, room: 'lobby' });
const mark = (name: string) => ada.rows.getByRole('img', { name });

describe('what one says', () => {
  test('M1: is there before any frame has returned', async () => {
    wire.hold();
    await becomes(await ada.say('Here already'), 'pending');
    await ada.rows.getByText('Sending…').waitFor();
    wire.release();
    await becomes(ada.row('Here already'), 'sent');
  });

  test('says so when it waits because too many were sent at once, at full contrast', async () => {
    wire.hold();
    const row = await ada.say('One too many');
    const said = wire.sent.map(readSaid).find(({ message: text }) => text === 'One too many');
    if (!said) throw new Error('It was not sent.');
    const limited = {
      code: 'RateLimited',
      retry: true,
      afterMs: 30_000,
      message: 'Too much at once.',
    };
    wire.inject({ type: 'error', ref: said.messageId, ...limited });
    await row.getByText('Waiting: too many at once').waitFor();
    await becomes(row, 'pending');
    expect(await row.locator('.bubble').evaluate((node) => getComputedStyle(node).opacity)).toBe(
      '1',
    );
    expect(await faults(ada.page)).toEqual([]);
    wire.release();
  });

  test('M4: waits while the line is down, and says so, until it is on its way again', async () => {
    await ada.page.context().setOffline(true);
    await ada.page.locator('[data-line="offline"]').waitFor({ state: 'attached' });
    const row = await ada.say('In a tunnel');
    await becomes(row, 'pending');
    await row.getByText('Waiting', { exact: true }).waitFor();
    await ada.page.context().setOffline(false);
    await becomes(row, 'sent');
    expect(await row.getByText('Waiting', { exact: true }).count()).toBe(0);
  });

  test('M2: is ticked on the node that it was written to', async () => {
    wire.hold();
    const row = await ada.say('The same node');
    const before = await node(row);
    expect(await mark('Sent').count()).toBe(0);
    wire.release();
    await mark('Sent').waitFor();
    expect(await before.evaluate((was) => was === document.querySelector('li.message'))).toBe(true);
  });

  test.each([
    ['before its acknowledgement', [message, accepted], 'sent'],
    ['after its acknowledgement', [accepted, message], 'sent'],
    ['twice', [message, message, accepted], 'sent'],
    ['never', [accepted], 'pending'],
  ] as const)('M3: is one bubble when its echo comes %s', async (_, answers, state) => {
    wire.instead((frame) => {
      const said = readSaid(frame);
      if (said.action === 'sendmessage') for (const answer of answers) wire.inject(answer(said));
    });
    await becomes(await ada.say('Only once'), state);
    await ada.reads('Only once');
  });

  test('M9: stands below what was heard, which stands by its number whenever it came', async () => {
    // What the server never hears is not in the next one's room.
    wire.instead(() => {});
    await becomes(await ada.say('mine, still unsent'), 'pending');
    for (const seq of [3, 1, 4, 2]) wire.inject(told(seq));
    await ada.reads('number 1', 'number 2', 'number 3', 'number 4', 'mine, still unsent');
  });
});

describe('M5: a message that is refused', () => {
  const why = en.timeline.refused.NotInRoom;

  async function refused(text: string) {
    wire.instead((frame) => {
      const { messageId, action } = readSaid(frame);
      if (action !== 'sendmessage') return;
      const refusal = { code: 'NotInRoom', retry: false, afterMs: 0, message: why };
      wire.inject({ type: 'error', ref: messageId, ...refusal });
    });
    const row = await ada.say(text);
    await becomes(row, 'failed');
    await row.getByText('Not sent').waitFor();
    await row.getByText(why).waitFor();
    return row;
  }

  test('goes back to the composer by Edit, and is said anew under another id', async () => {
    const row = await refused('Tpyo');
    await row.getByRole('button', { name: 'Edit' }).click();
    await ada.reads();
    expect(await ada.composer.inputValue()).toBe('Tpyo');
    expect(await ada.composer.evaluate((field) => field === document.activeElement)).toBe(true);
    wire.instead(undefined);
    await becomes(await ada.say('Typo'), 'sent');
    expect(new Set(wire.said()).size).toBe(2);
  });

  test('is tried again, or given up, by the keyboard alone', async () => {
    const row = await refused('Once more');
    await ada.log.focus();
    await ada.page.keyboard.press('Tab');
    const focused = () => ada.page.evaluate(() => document.activeElement?.textContent);
    expect(await focused()).toBe('Retry');
    await ada.page.keyboard.press('Tab');
    expect(await focused()).toBe('Edit');
    wire.instead(undefined);
    await row.getByRole('button', { name: 'Retry' }).press('Enter');
    await becomes(row, 'sent');

    const other = await refused('Never mind');
    await other.getByRole('button', { name: 'Delete' }).press('Enter');
    await ada.reads('Once more');
    expect(await ada.log.evaluate((log) => log === document.activeElement)).toBe(true);
  });
});
