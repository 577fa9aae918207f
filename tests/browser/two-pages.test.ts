// Two people, two browsers, one machine: what one types, both read, once and in one order.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { launchChromium } from './chromium.ts';
import { emptied } from './emptied.ts';
import { type Machine, startMachine } from './machine.ts';
import { becomes, node, type Visitor, visitor } from './visitor.ts';
import { type Wire, wireOf } from './wire.ts';

let browser: Browser;
let machine: Machine;
let ada: Visitor;
let grace: Visitor;
let wire: Wire;

beforeAll(async () => {
  [browser, machine] = await Promise.all([launchChromium(), startMachine()]);
});
beforeEach(async () => {
  await emptied(machine);
  [ada, grace] = await Promise.all([visitor(browser), visitor(browser)]);
  wire = await wireOf(ada.page);
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

describe('two pages', () => {
  test('connect by themselves, and what one types appears in both', async () => {
    await becomes(await ada.say('Is anybody there?'), 'sent');
    await grace.reads('Is anybody there?');
    await becomes(await grace.say('Always.'), 'sent');
    await ada.reads('Is anybody there?', 'Always.');
    expect(await grace.rows.first().getAttribute('class')).not.toContain('own');
    expect(await grace.rows.last().getAttribute('class')).toContain('own');
  });

  test('show the same order, whoever wrote at the same time', async () => {
    const words = (name: string) => Array.from({ length: 5 }, (_, n) => `${name} ${n}`);
    const write = async (who: Visitor, name: string) => {
      for (const text of words(name)) await who.say(text);
    };
    await Promise.all([write(ada, 'ada'), write(grace, 'grace')]);
    await Promise.all(
      [ada, grace].map((who) =>
        who.rows.and(who.page.locator('[data-state="sent"]')).nth(9).waitFor(),
      ),
    );
    const read = await ada.texts();
    expect(await grace.texts()).toEqual(read);
    expect(read.filter((text) => text.startsWith('ada'))).toEqual(words('ada'));
    expect(read.filter((text) => text.startsWith('grace'))).toEqual(words('grace'));
  });

  test('show a message before the server has said anything, and tick the very same node', async () => {
    wire.hold();
    const row = await ada.say('Held back');
    await becomes(row, 'pending');
    const before = await node(row);
    await grace.reads('Held back');
    expect(await row.getAttribute('data-state')).toBe('pending');
    wire.release();
    await becomes(row, 'sent');
    expect(await before.evaluate((was) => was === document.querySelector('li.message'))).toBe(true);
    expect(await ada.rows.count()).toBe(1);
  });

  test('show one bubble for a frame that comes twice', async () => {
    wire.hold();
    const row = await ada.say('Said once');
    await grace.reads('Said once');
    await becomes(await grace.say('And this after it'), 'sent');
    wire.release((frames) => [...frames, ...frames]);
    await becomes(row, 'sent');
    await grace.say('All came');
    await ada.reads('Said once', 'And this after it', 'All came');
  });

  test('put frames that come in the wrong order where they belong', async () => {
    wire.hold();
    for (const text of ['one', 'two', 'three']) await becomes(await grace.say(text), 'sent');
    await becomes(await ada.say('mine, last'), 'pending');
    await grace.reads('one', 'two', 'three', 'mine, last');
    wire.release((frames) => frames.toReversed());
    await ada.reads('one', 'two', 'three', 'mine, last');
    await becomes(ada.row('mine, last'), 'sent');
  });
});
