// M14: what a screen reader is told. Everything that the region ever says is kept from the first moment of the page.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { launchChromium } from './chromium.ts';
import { emptied } from './emptied.ts';
import { type Machine, startBuilt } from './machine.ts';
import { becomes, type Visitor, visitor } from './visitor.ts';
import { type Wire, wireOf } from './wire.ts';

let browser: Browser;
let machine: Machine;
let ada: Visitor;
let grace: Visitor;
let wire: Wire;

/** Keeps what the region says; runs in the page before its scripts. */
function listen() {
  const spoken: string[] = [];
  Object.assign(window, { spoken });
  const look = () => {
    const words = document.querySelector('.announcements')?.textContent ?? '';
    if (words !== '') spoken.push(words);
  };
  document.addEventListener('DOMContentLoaded', () => {
    const region = document.querySelector('.announcements');
    if (region) new MutationObserver(look).observe(region, { childList: true, subtree: true });
  });
}

const spoken = ({ page }: Visitor) =>
  page.evaluate(() => (window as unknown as { spoken: string[] }).spoken);
const region = ({ page }: Visitor) => page.getByRole('status', { name: 'New messages' });
const says = (who: Visitor, words: string | RegExp) => region(who).getByText(words).waitFor();

beforeAll(async () => {
  [browser, machine] = await Promise.all([launchChromium(), startBuilt()]);
});
beforeEach(async () => {
  await emptied(machine);
  [ada, grace] = await Promise.all([visitor(browser), visitor(browser)]);
  wire = await wireOf(ada.page);
  await ada.page.addInitScript(listen);
  await grace.connect(machine.page);
});
afterEach(async () => {
  await Promise.all([ada.leave(), grace.leave()]);
  expect([...ada.wrongs, ...grace.wrongs]).toEqual([]);
});
afterAll(async () => {
  await browser?.close();
  await machine?.stop();
});

describe('M14: announcements', () => {
  test('say nothing of history and of oneself, a name for one message, a number for a burst', async () => {
    for (const text of ['one', 'two', 'three']) await becomes(await grace.say(text), 'sent');
    await ada.connect(machine.page);
    await ada.reads('one', 'two', 'three');
    await becomes(await ada.say('my own'), 'sent');
    await grace.reads('one', 'two', 'three', 'my own');
    await becomes(await grace.say('four'), 'sent');
    await says(ada, /^New message from guest-/);
    wire.hold();
    for (let n = 1; n <= 6; n += 1) await becomes(await grace.say(`burst ${n}`), 'sent');
    wire.release();
    await says(ada, '6 new messages');
    expect(await spoken(ada)).toEqual([
      expect.stringMatching(/^New message from guest-/),
      '6 new messages',
    ]);
    await ada.page.reload();
    await ada.row('burst 6').waitFor();
    await becomes(await grace.say('after the reload'), 'sent');
    await says(ada, /^New message from guest-/);
    expect(await spoken(ada)).toHaveLength(1);
  });

  test('come from one region only: the log, whose rows come and go, is silent', async () => {
    await ada.connect(machine.page);
    expect(await ada.log.getAttribute('aria-live')).toBe('off');
    const live = ada.page.locator('[aria-live]:not([aria-live="off"]), [role="alert"]:not(:empty)');
    expect(await live.count()).toBe(1);
    expect(await live.getAttribute('class')).toContain('announcements');
  });
});
