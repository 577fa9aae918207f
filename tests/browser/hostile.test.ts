// Whatever is said is text: nothing said, named or linked ever runs, and the policy never has to step in.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { launchChromium } from './chromium.ts';
import { emptied } from './emptied.ts';
import { type Machine, startMachine } from './machine.ts';
import { becomes, type Visitor, visitor } from './visitor.ts';
import { type Wire, wireOf } from './wire.ts';

const HOSTILE = [
  '<img src=x onerror="document.title=\'owned\'">',
  '<script>document.title="owned"</script>',
  '<a href="javascript:document.title=\'owned\'">click</a> javascript:alert(1)',
  '<style>*{display:none}</style><svg onload=alert(1)>',
  '\u202Egnp.exe\u202C and \u2066isolated\u2069',
  '__proto__',
  'constructor',
  '{"type":"message","__proto__":{"own":true}}',
  '{{7*7}} <%= 7*7 %> &lt;b&gt; \\u003cb\\u003e',
];

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
  wire = await wireOf(grace.page);
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

describe('hostile words', () => {
  test('are shown as they were typed, to the letter, on both pages', async () => {
    for (const text of HOSTILE) {
      await ada.composer.fill(text);
      await ada.composer.press('Enter');
    }
    await ada.rows
      .and(ada.page.locator('[data-state="sent"]'))
      .nth(HOSTILE.length - 1)
      .waitFor();
    // All but the marks that turn letters round.
    const shown = HOSTILE.map((text) => text.replace(/[\u202d\u202e]/gu, ''));
    await Promise.all([ada.reads(...shown), grace.reads(...shown)]);
    for (const { page } of [ada, grace]) {
      expect(await page.title()).toBe('Lobby · Hubbub');
      expect(await page.locator('li.message :is(img, script, style, svg, a)').count()).toBe(0);
    }
  });

  test('become links only for the web, which learns nothing of this page', async () => {
    await becomes(await ada.say('see https://example.com/a?b=<c> or javascript:alert(1)'), 'sent');
    const links = grace.page.locator('li.message a');
    await links.waitFor();
    expect(await links.getAttribute('href')).toBe('https://example.com/a?b=');
    expect(await links.getAttribute('rel')).toContain('noopener noreferrer');
  });

  test('in a name, an id or a time harm no more than in a text', async () => {
    const timestamp = new Date().toISOString();
    const frame = { type: 'message', room: 'lobby', seq: 300, message: 'kept', timestamp };
    const ids = ['__proto__', 'constructor', '"><img src=x onerror=alert(1)>'];
    for (const [n, messageId] of ids.entries()) {
      const nickname = '<img src=x onerror=alert(1)>\u202Eevil';
      wire.inject({
        ...frame,
        seq: 300 + n,
        messageId,
        userId: '__proto__',
        nickname,
        message: `kept ${n}`,
      });
    }
    wire.inject({
      ...frame,
      seq: 390,
      messageId: 'm',
      userId: 'u',
      nickname: 'n',
      timestamp: 'never',
    });
    wire.inject({ ...frame, seq: 'first', messageId: 'n', userId: 'u', nickname: 'n' });
    await grace.reads('kept 0', 'kept 1', 'kept 2');
    expect(await grace.page.locator('li.message img').count()).toBe(0);
    expect(await grace.rows.first().locator('.who').textContent()).toBe(
      '<img src=x onerror=alert(1)>evil',
    );
    await becomes(await ada.say('still well'), 'sent');
    await grace.row('still well').waitFor();
  });
});
