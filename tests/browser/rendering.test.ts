// How messages look: their marks, their times and days by the server's clock, what is copied of them, and what never runs.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { launchChromium } from './chromium.ts';
import { emptied } from './emptied.ts';
import { told } from './long-room.ts';
import { type Machine, startBuilt } from './machine.ts';
import { becomes, type Visitor, visitor } from './visitor.ts';
import { type Wire, wireOf } from './wire.ts';
import { XSS } from './xss-corpus.ts';

let browser: Browser;
let machine: Machine;
let ada: Visitor;
let wire: Wire;

async function arrive(options: BrowserContextOptions = {}, now?: string): Promise<void> {
  ada = await visitor(browser, options);
  wire = await wireOf(ada.page);
  if (now) await ada.page.clock.install({ time: now });
  await ada.connect(machine.page);
}

beforeAll(async () => {
  [browser, machine] = await Promise.all([launchChromium(), startBuilt()]);
});
beforeEach(() => emptied(machine));
afterEach(async () => {
  await ada.leave();
  expect(ada.wrongs).toEqual([]);
});
afterAll(async () => {
  await browser?.close();
  await machine?.stop();
});

/** Above what the server gives by itself meanwhile. */
const FIRST = 300;

const row = (seq: number) => ada.page.locator(`[data-message-id="m${seq}"]`);

describe('a message', () => {
  test('shows its marks as what they mean, and a code block that can be copied', async () => {
    await arrive({ permissions: ['clipboard-read', 'clipboard-write'] });
    const message =
      '**bold** and *slanted*\n> said before\n```\nconst a = "*b*";\n```\nhttps://a.example/x';
    wire.inject(told(1, { message }));
    await row(1).getByRole('strong').filter({ hasText: 'bold' }).waitFor();
    await row(1).getByRole('emphasis').filter({ hasText: 'slanted' }).waitFor();
    await row(1).getByRole('blockquote').filter({ hasText: 'said before' }).waitFor();
    await row(1).getByRole('link', { name: 'https://a.example/x' }).waitFor();
    await row(1).getByRole('button', { name: 'Copy' }).click();
    await row(1).getByRole('button', { name: 'Copied' }).waitFor();
    expect(await ada.page.evaluate(() => navigator.clipboard.readText())).toBe('const a = "*b*";');
  });

  test('shows a link from left to right, apart from the words around it, whatever turns them round', async () => {
    await arrive();
    const link = 'https://a.example/?q=1&x=2';
    const lines = [
      `هل رأيت ${link}؟`,
      `\u202e${link}`,
      `\u2067${link}\u2069`,
      `${link}\u202egnp.exe`,
    ];
    wire.inject(told(1, { message: lines.join('\n') }));
    const links = row(1).getByRole('link');
    await links.nth(3).waitFor();
    const orders = await links.evaluateAll((all) =>
      all.map((node) => {
        const text = node.firstChild;
        if (!text) throw new Error('The link is empty.');
        const lefts = [...(text.textContent ?? '')].map((_, at) => {
          const range = document.createRange();
          range.setStart(text, at);
          range.setEnd(text, at + 1);
          return range.getBoundingClientRect().left;
        });
        return lefts.every((left, at) => at === 0 || left > (lefts[at - 1] ?? 0));
      }),
    );
    expect(orders).toEqual([true, true, true, true]);
    expect(await row(1).locator('.text').textContent()).not.toMatch(/[\u202d\u202e]/);
  });

  test('is large where it is a few emoji alone, and keeps heaped marks to itself', async () => {
    await arrive();
    wire.inject(told(1, { message: '🎉 👩‍👩‍👧' }));
    wire.inject(told(2, { message: 'yes 🎉' }));
    wire.inject(told(3, { message: `z${'\u0301'.repeat(200)}` }));
    await row(3).waitFor();
    const size = (seq: number) =>
      row(seq)
        .locator('.text p')
        .evaluate((node) => Number.parseFloat(getComputedStyle(node).fontSize));
    expect(await size(1)).toBeGreaterThan(1.5 * (await size(2)));
    const overflow = row(3)
      .locator('.text p')
      .evaluate((node) => getComputedStyle(node).overflowY);
    expect(await overflow).toBe('clip');
  });

  test('leaves all of its code free, and shows by a shadow that there is more', async () => {
    await arrive();
    const code = Array.from({ length: 60 }, (_, at) => `line ${at} ${'x'.repeat(200)}`).join('\n');
    wire.inject(told(1, { message: ['```', code, '```'].join('\n') }));
    const pre = row(1).locator('pre');
    await pre.hover();
    const [button, block] = [await row(1).locator('.copy').boundingBox(), await pre.boundingBox()];
    if (!button || !block) throw new Error('They are not shown.');
    expect(button.y + button.height).toBeLessThanOrEqual(block.y + 0.5);
    expect(await pre.evaluate((node) => node.scrollHeight > node.clientHeight)).toBe(true);
    expect(await pre.evaluate((node) => getComputedStyle(node).backgroundAttachment)).toContain(
      'local',
    );
  });

  test('names others by their weight, and a room of mine by a link to it', async () => {
    await arrive();
    wire.inject(told(1, { message: 'hi', userId: 'u2', nickname: 'Alan' }));
    wire.inject(told(2, { message: 'Ask @Alan in #lobby or #nowhere' }));
    await row(2).locator('.mention-of-other', { hasText: '@Alan' }).waitFor();
    expect(await row(2).locator('.mention').count()).toBe(0);
    const room = row(2).getByRole('link', { name: '#lobby' });
    expect(await room.getAttribute('href')).toBe('#room=lobby');
    expect(await row(2).getByRole('link').count()).toBe(1);
  });

  test('marks a mention without moving the words beside it', async () => {
    await arrive();
    const me = (await ada.page.locator('.me .name').textContent()) ?? '';
    wire.inject(told(1, { message: `Lovely. @${me}, may I?` }));
    const mention = row(1).locator('.mention');
    await mention.waitFor();
    const gaps = await mention.evaluate((node) => {
      const box = (text: Node | null, from: number, to: number) => {
        const range = document.createRange();
        if (!text) throw new Error('There is nothing beside it.');
        range.setStart(text, from);
        range.setEnd(text, to);
        return range.getBoundingClientRect();
      };
      const { firstChild: inside, previousSibling: before, nextSibling: after } = node;
      const name = box(inside, 0, inside?.textContent?.length ?? 0);
      const end = before?.textContent?.length ?? 0;
      return [name.left - box(before, end - 1, end).right, box(after, 0, 1).left - name.right];
    });
    for (const gap of gaps) expect(Math.abs(gap)).toBeLessThan(1);
  });

  test('is a list item named by who said it and when, with the full time as a hint', async () => {
    await arrive({ timezoneId: 'UTC' });
    wire.inject(told(1, { timestamp: '2026-11-20T14:05:00.000Z' }));
    await ada.page.getByRole('listitem', { name: 'Grace, 14:05' }).waitFor();
    const time = row(1).locator('time');
    expect(await time.textContent()).toBe('14:05');
    expect(await time.getAttribute('title')).toMatch(/Friday,? 20 November 2026/);
  });

  test('is copied as it was typed; several with who said them and when', async () => {
    await arrive({ timezoneId: 'UTC' });
    const at = { timestamp: '2026-11-20T14:05:00.000Z' };
    wire.inject(told(1, { ...at, message: '**one**\nand more' }));
    wire.inject(told(2, { ...at, message: 'two', userId: 'u2', nickname: 'Alan' }));
    await row(2).waitFor();
    const copy = (from: number, to: number) =>
      ada.page.evaluate(
        ([first, last]) => {
          const end = document.querySelector(`[data-message-id="m${last}"]`);
          const start = document.querySelector(`[data-message-id="m${first}"]`);
          if (!start || !end) throw new Error('There is no such row.');
          getSelection()?.setBaseAndExtent(start, 0, end, end.childNodes.length);
          const clipboardData = new DataTransfer();
          const how = { clipboardData, bubbles: true, cancelable: true };
          start.dispatchEvent(new ClipboardEvent('copy', how));
          return clipboardData.getData('text/plain');
        },
        [from, to],
      );
    expect(await copy(1, 1)).toBe('**one**\nand more');
    expect(await copy(1, 2)).toBe('Grace, 14:05: **one**\nand more\nAlan, 14:05: two');
  });
});

describe('between the messages', () => {
  test('it says who came and who went, quietly, and once', async () => {
    await arrive();
    await becomes(await ada.say('Anybody?'), 'sent');
    const grace = await visitor(browser);
    await grace.connect(machine.page);
    const line = ada.page.getByRole('listitem').filter({ hasText: /^guest-.* joined$/ });
    await line.waitFor();
    await becomes(await grace.say('Me'), 'sent');
    await ada.row('Me').waitFor();
    expect(await line.count()).toBe(1);
    await ada.reads('Anybody?', 'Me');
    await grace.leave();
  });

  test('it waits for the server before it calls a room quiet', async () => {
    ada = await visitor(browser);
    wire = await wireOf(ada.page);
    wire.hold();
    await ada.page.goto(machine.page);
    await ada.page.getByText('Loading messages…').waitFor();
    expect(await ada.page.getByRole('heading', { name: 'It is quiet in here' }).count()).toBe(0);
    wire.release();
    await ada.page.getByRole('heading', { name: 'It is quiet in here' }).waitFor();
  });
});

describe('days and groups', () => {
  test.each([
    ['Asia/Tokyo', 2, 2],
    ['America/Los_Angeles', 1, 1],
  ])(
    'M10: in %s, two minutes apart, make %i day lines and %i groups',
    async (timezoneId, days, groups) => {
      await arrive({ timezoneId });
      wire.inject(told(1, { timestamp: '2026-11-20T14:59:00.000Z' }));
      wire.inject(told(2, { timestamp: '2026-11-20T15:01:00.000Z' }));
      wire.inject(told(3, { timestamp: '2026-11-20T15:05:59.000Z' }));
      await row(3).waitFor();
      expect(await ada.page.locator('.day').count()).toBe(days);
      expect(await ada.rows.getByText('Grace').filter({ visible: true }).count()).toBe(groups);
      wire.inject(told(4, { timestamp: '2026-11-20T15:11:00.000Z' }));
      await row(4).waitFor();
      expect(await ada.rows.getByText('Grace').filter({ visible: true }).count()).toBe(groups + 1);
    },
  );

  test('M22: order, times and days are the server’s when this machine’s clock is 3 hours wrong', async () => {
    await arrive({ timezoneId: 'UTC' }, '2026-11-21T01:30:00Z');
    wire.instead(() => {});
    wire.inject({ type: 'pong', now: '2026-11-20T22:29:00.000Z', heads: {}, present: {} });
    await becomes(await ada.say('mine'), 'pending');
    wire.inject(told(1, { timestamp: '2026-11-20T22:29:00.000Z' }));
    wire.inject(told(2, { timestamp: '2026-11-20T22:30:00.000Z' }));
    await ada.reads('number 1', 'number 2', 'mine');
    await row(1).locator('.day', { hasText: 'Today' }).waitFor();
    expect(await row(2).locator('time').textContent()).toBe('22:30');
    const [messageId] = wire.said();
    const timestamp = '2026-11-20T22:31:00.000Z';
    wire.inject(told(3, { messageId, message: 'mine', timestamp }));
    await becomes(ada.row('mine'), 'sent');
    expect(await ada.row('mine').locator('time').textContent()).toBe('22:31');
    expect(await ada.page.locator('.day').count()).toBe(1);
  });
});

describe('today', () => {
  const day = (n: number) => row(n).locator('.day');
  const at = (timestamp: string) => ({ timestamp });

  test.each([
    ['two days behind, then right', '2026-11-18T12:00:00Z', '2026-11-20T12:00:05Z'],
    ['right, then two days behind', '2026-11-20T12:00:00Z', '2026-11-18T12:00:05Z'],
    ['right, then two days ahead', '2026-11-20T12:00:00Z', '2026-11-22T12:00:05Z'],
  ])('is the server’s day when this machine’s clock is %s', async (_, first, then) => {
    await arrive({ timezoneId: 'UTC' }, first);
    wire.instead(() => {});
    wire.hold();
    wire.inject(told(1, at('2026-11-19T12:00:00.000Z')));
    wire.inject({ type: 'pong', now: '2026-11-20T12:00:00.000Z', heads: {}, present: {} });
    await day(1).filter({ hasText: 'Yesterday' }).waitFor();
    await ada.page.clock.setSystemTime(then);
    wire.inject(told(2, at('2026-11-20T12:00:05.000Z')));
    await day(2).filter({ hasText: 'Today' }).waitFor();
    await day(1).filter({ hasText: 'Yesterday' }).waitFor();
  });

  test('is asked for when this machine’s clock jumps, and drawn anew when the answer comes', async () => {
    await arrive({ timezoneId: 'UTC' }, '2026-11-20T12:00:00Z');
    const pong = (now: string) => wire.inject({ type: 'pong', now, heads: {}, present: {} });
    wire.instead((frame) => {
      const { action } = JSON.parse(frame) as { action: string };
      if (action !== 'ping') return;
      pings += 1;
      pong(now);
    });
    let pings = 0;
    let now = '2026-11-20T12:00:00.000Z';
    // The page pings at its own times, too. After one, the next is further away than what follows takes.
    while (pings === 0) await ada.page.clock.runFor(1_000);
    wire.inject(told(1, at('2026-11-20T12:00:00.000Z')));
    await day(1).filter({ hasText: 'Today' }).waitFor();
    // The machine sleeps until the next day, and its clock is wrong by a week when it wakes.
    now = '2026-11-21T09:00:00.000Z';
    await ada.page.clock.setSystemTime('2026-11-28T09:00:00Z');
    await ada.page.clock.runFor(11_000);
    await day(1).filter({ hasText: 'Yesterday' }).waitFor();
  });

  test('ends at midnight, with nothing said', async () => {
    await arrive({ timezoneId: 'Asia/Tokyo' }, '2026-11-20T14:50:00Z');
    const pong = (now: string) => wire.inject({ type: 'pong', now, heads: {}, present: {} });
    // The line lives, and no answer tells another time.
    wire.instead((frame) => {
      const { action } = JSON.parse(frame) as { action: string };
      if (action === 'ping') pong('');
    });
    pong('2026-11-20T14:50:00.000Z');
    wire.inject(told(1, at('2026-11-20T14:49:00.000Z')));
    await day(1).filter({ hasText: 'Today' }).waitFor();
    await ada.page.clock.pauseAt('2026-11-20T14:59:55Z');
    expect(await day(1).textContent()).toBe('Today');
    await ada.page.clock.runFor(9_000);
    await day(1).filter({ hasText: 'Yesterday' }).waitFor();
  });
});

describe('M18: hostile words', () => {
  test('as messages, names and rooms are text: nothing is made of them but what the page makes itself', async () => {
    await arrive();
    for (const [n, words] of XSS.entries()) {
      const who = { userId: words, nickname: words.slice(0, 32) };
      wire.inject(told(FIRST + n, { message: words, ...who }));
      const at = new Date().toISOString();
      wire.inject({ type: 'presence', room: 'lobby', online: true, at, ...who });
      wire.inject({ type: 'typing', room: 'lobby', on: true, ...who });
      wire.inject({ type: 'joined', room: words, visibility: 'public', head: 0 });
    }
    await row(FIRST + XSS.length - 1).waitFor();
    const made = await ada.page.evaluate(() => {
      const all = [...document.querySelectorAll('.log *')];
      const said = all.filter((one) => one.closest('.text, .who, .avatar'));
      return {
        tags: [...new Set(said.map((one) => one.localName))],
        handlers: all.flatMap((one) => one.getAttributeNames()).filter((name) => /^on/i.test(name)),
        links: [...document.querySelectorAll('.log a')].map(
          (one) => one.getAttribute('href') ?? '',
        ),
        title: document.title,
        owned: 'owned' in window,
      };
    });
    const harmless = [
      'div',
      'p',
      'a',
      'code',
      'pre',
      'strong',
      'em',
      'del',
      'button',
      'bdi',
      'span',
      'blockquote',
      'mark',
    ];
    expect(made.tags.filter((tag) => !harmless.includes(tag))).toEqual([]);
    expect(made.handlers).toEqual([]);
    expect(made.links.filter((href) => !/^https?:\/\/[^@]*$/.test(href))).toEqual([]);
    expect(made.title).not.toContain('owned');
    expect(made.owned).toBe(false);
    const plain = XSS.filter((words) => !/[*_~`]|^>/.test(words));
    const texts = await ada.rows.locator('.text').allTextContents();
    // What turns letters round is left out, and nothing else.
    for (const words of plain) expect(texts).toContain(words.replace(/[\u202d\u202e]/gu, ''));
    await becomes(await ada.say('still well'), 'sent');
  });
});
