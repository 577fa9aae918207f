// Writing: drafts that outlive reload and crash, words that wait for a line, input methods, and completion by keyboard.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Browser, devices, type Page } from 'playwright-core';
import { faults } from './axe.ts';
import { launchChromium } from './chromium.ts';
import { emptied } from './emptied.ts';
import { type Machine, startBuilt } from './machine.ts';
import { becomes, type Visitor, visitor } from './visitor.ts';
import { wireOf } from './wire.ts';

let browser: Browser;
let machine: Machine;
let ada: Visitor;

beforeAll(async () => {
  [browser, machine] = await Promise.all([launchChromium(), startBuilt()]);
});
beforeEach(async () => {
  await emptied(machine);
  ada = await visitor(browser);
});
afterEach(async () => {
  await ada.leave();
  expect(ada.wrongs).toEqual([]);
});
afterAll(async () => {
  await browser?.close();
  await machine?.stop();
});

const composer = (page: Page) => page.getByRole('textbox', { name: /^Message to/ });
const counter = (page: Page) => page.locator('#counter');

/** Waits until the field holds exactly this. */
const holds = (page: Page, text: string) =>
  page.waitForFunction((want) => document.querySelector('textarea')?.value === want, text);

async function makeRoom(page: Page, name: string) {
  await page.getByRole('button', { name: 'New room' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill(name);
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
}

describe('M4: without a line', () => {
  test('what is written waits, is still there after a reload, and is sent once when the line is back', async () => {
    let isCut = false;
    const cut: (() => void)[] = [];
    await ada.page.routeWebSocket(/.*/, (socket) => {
      if (isCut) return void socket.close();
      socket.connectToServer();
      cut.push(() => void socket.close());
    });
    const grace = await visitor(browser);
    await Promise.all([ada.connect(machine.page), grace.connect(machine.page)]);
    isCut = true;
    await ada.page.context().setOffline(true);
    for (const end of cut) end();
    await ada.page.locator('[data-line="offline"]').waitFor();
    await becomes(await ada.say('I can wait'), 'pending');
    await becomes(await ada.say('so can I'), 'pending');
    expect(await ada.composer.inputValue()).toBe('');

    await ada.page.context().setOffline(false);
    await ada.open(machine.page);
    await becomes(ada.row('I can wait'), 'pending');
    isCut = false;
    await ada.open(machine.page);
    await becomes(ada.row('so can I'), 'sent');
    await ada.reads('I can wait', 'so can I');
    await grace.reads('I can wait', 'so can I');
    await grace.leave();
  });
});

describe('M20: an input method', () => {
  test('Enter that ends a composition does not send; the next one does', async () => {
    await ada.connect(machine.page);
    await ada.composer.focus();
    const devtools = await ada.page.context().newCDPSession(ada.page);
    const enter = { type: 'rawKeyDown', key: 'Enter', code: 'Enter' } as const;
    const text = 'にほん';
    await devtools.send('Input.imeSetComposition', { text, selectionStart: 3, selectionEnd: 3 });
    await devtools.send('Input.dispatchKeyEvent', { ...enter, windowsVirtualKeyCode: 229 });
    await devtools.send('Input.insertText', { text: '日本' });
    expect(await ada.composer.inputValue()).toBe('日本');
    // Safari reports this Enter after the composition has ended, by its key code alone.
    await ada.composer.dispatchEvent('keydown', { key: 'Enter', keyCode: 229 });
    expect(await ada.rows.count()).toBe(0);
    await ada.composer.press('Enter');
    await becomes(ada.row('日本'), 'sent');
  });

  test('while it composes, nothing is offered', async () => {
    await ada.connect(machine.page);
    await ada.composer.focus();
    const devtools = await ada.page.context().newCDPSession(ada.page);
    const composing = { text: ':smi', selectionStart: 4, selectionEnd: 4 };
    await devtools.send('Input.imeSetComposition', composing);
    await holds(ada.page, ':smi');
    expect(await ada.page.getByRole('listbox').count()).toBe(0);
    await devtools.send('Input.insertText', { text: ':smi' });
    await ada.page.getByRole('listbox', { name: 'Emoji' }).waitFor();
  });
});

describe('M21: a draft', () => {
  test('is kept for each room, and survives reload and crash', async () => {
    await ada.connect(machine.page);
    await makeRoom(ada.page, 'drafts');
    await composer(ada.page).fill('for the drafts');
    await ada.page.getByRole('button', { name: 'Lobby' }).click();
    await holds(ada.page, '');
    await composer(ada.page).fill('for the lobby');
    await ada.page.getByRole('button', { name: 'drafts' }).click();
    await holds(ada.page, 'for the drafts');
    await ada.page.reload();
    await holds(ada.page, 'for the drafts');

    const crashed = ada.page.waitForEvent('crash');
    await ada.page.goto('chrome://crash').catch(() => {});
    await crashed;
    const next = await ada.page.context().newPage();
    await next.goto(machine.page);
    await holds(next, 'for the drafts');
    await next.getByRole('button', { name: 'Lobby' }).click();
    await holds(next, 'for the lobby');
  });

  test('is one in two tabs, and gone from both once it is sent', async () => {
    await ada.connect(machine.page);
    const second = await ada.page.context().newPage();
    await second.goto(machine.page);
    await composer(ada.page).fill('half a tho');
    await holds(second, 'half a tho');
    await composer(second).fill('half a thought');
    await holds(ada.page, 'half a thought');
    await composer(second).press('Enter');
    await holds(ada.page, '');
    await ada.reads('half a thought');
  });
});

describe('a storage that takes nothing', () => {
  test('takes no word from the field either', async () => {
    await ada.page.addInitScript(() => {
      Storage.prototype.setItem = () => {
        throw new DOMException('full', 'QuotaExceededError');
      };
    });
    await ada.connect(machine.page);
    await ada.composer.fill('only here');
    await ada.composer.blur();
    await ada.composer.focus();
    expect(await ada.composer.inputValue()).toBe('only here');
    await ada.composer.press('Enter');
    await becomes(ada.row('only here'), 'sent');
  });
});

describe('completion by keyboard', () => {
  test('an emoji: arrows choose, Enter takes, Escape closes for that word', async () => {
    await ada.connect(machine.page);
    await ada.composer.pressSequentially('well :hea');
    const list = ada.page.getByRole('listbox', { name: 'Emoji' });
    await list.waitFor();
    const chosen = () =>
      ada.composer.evaluate(
        (field) =>
          document.getElementById(field.getAttribute('aria-activedescendant') ?? '')?.textContent,
      );
    expect(await chosen()).toBe('❤️:heart:');
    expect(await faults(ada.page)).toEqual([]);
    await ada.composer.press('ArrowDown');
    const second = await list.getByRole('option', { selected: true }).textContent();
    expect(await chosen()).toBe(second);
    await ada.composer.press('ArrowUp');
    await ada.composer.press('Enter');
    expect(await ada.composer.inputValue()).toBe('well ❤️ ');
    expect(await list.count()).toBe(0);

    await ada.composer.pressSequentially(':tad');
    await list.waitFor();
    await ada.composer.press('Escape');
    await list.waitFor({ state: 'hidden' });
    await ada.composer.pressSequentially('a');
    await ada.composer.press('Enter');
    await becomes(ada.row('well ❤️ :tada'), 'sent');
  });

  test('an emoji whose name is closed by its colon needs no list', async () => {
    await ada.connect(machine.page);
    await ada.composer.pressSequentially('so :tada:');
    await holds(ada.page, 'so 🎉 ');
  });

  test('a person of the room, by the beginning of the name', async () => {
    const grace = await visitor(browser);
    await Promise.all([ada.connect(machine.page), grace.connect(machine.page)]);
    const name = (await grace.page.locator('.me .name').textContent()) ?? '';
    await ada.page.getByRole('complementary', { name: 'People' }).getByText(name).waitFor();
    await ada.composer.pressSequentially(`@${name.slice(0, -1)}`);
    const list = ada.page.getByRole('listbox', { name: 'People' });
    await list.getByRole('option', { name: `@${name}` }).waitFor();
    await ada.composer.press('Tab');
    expect(await ada.composer.inputValue()).toBe(`@${name} `);
    await grace.leave();
  });
});

describe('a name that is written out', () => {
  test('is sent by the Enter after it, and one that begins with it is an arrow away', async () => {
    const wire = await wireOf(ada.page);
    await ada.connect(machine.page);
    const at = new Date().toISOString();
    for (const nickname of ['Zoe', 'Zoe-2'])
      wire.inject({
        ...{ type: 'presence', room: 'lobby', online: true, at },
        ...{ userId: `u_${nickname}`, nickname },
      });
    await ada.composer.pressSequentially('@Zo');
    const list = ada.page.getByRole('listbox', { name: 'People' });
    await list.getByRole('option', { name: '@Zoe-2' }).waitFor();
    await ada.composer.pressSequentially('e');
    await ada.composer.press('ArrowDown');
    await ada.composer.press('Enter');
    await holds(ada.page, '@Zoe-2 ');
    await ada.composer.fill('');
    await ada.composer.pressSequentially('@zoe');
    await list.waitFor();
    await ada.composer.press('Enter');
    await ada.reads('@zoe');
    await ada.composer.pressSequentially('@Zoe-2');
    await list.waitFor({ state: 'hidden' });
    await ada.composer.press('Enter');
    await ada.reads('@zoe', '@Zoe-2');
  });
});

describe('the arrow up in an empty field', () => {
  test('takes the last message that was not sent back to be mended, out of the list', async () => {
    const wire = await wireOf(ada.page);
    await ada.connect(machine.page);
    wire.instead((frame) => {
      const { messageId } = JSON.parse(frame) as { messageId?: string };
      const refusal = { code: 'NotInRoom', retry: false, afterMs: 0, message: 'You are not here.' };
      if (messageId) wire.inject({ type: 'error', ref: messageId, ...refusal });
    });
    await becomes(await ada.say('with a tpyo'), 'failed');
    await ada.composer.press('ArrowUp');
    await holds(ada.page, 'with a tpyo');
    await ada.row('with a tpyo').waitFor({ state: 'detached' });
    await ada.composer.press('ArrowUp');
    expect(await ada.composer.inputValue()).toBe('with a tpyo');
  });
});

describe('limits', () => {
  test('what is too much is counted and said; a paste of 10,000 characters stays whole', async () => {
    await ada.connect(machine.page);
    await ada.composer.fill('x'.repeat(3_600));
    await counter(ada.page).getByText('400 left').waitFor();
    await ada.composer.fill('x'.repeat(10_000));
    await counter(ada.page).getByText('6,000 too many').waitFor();
    await ada.page.getByRole('status').filter({ hasText: 'Too long to send.' }).waitFor();
    await ada.composer.press('Enter');
    expect(await ada.rows.count()).toBe(0);
    expect((await ada.composer.inputValue()).length).toBe(10_000);
    expect(await ada.page.getByRole('button', { name: 'Send' }).isDisabled()).toBe(true);
  });

  test('what cannot be seen is refused in words', async () => {
    await ada.connect(machine.page);
    await ada.composer.fill('\u200b\u2060');
    await counter(ada.page).getByText('This has no visible text').waitFor();
    await ada.composer.press('Enter');
    expect(await ada.rows.count()).toBe(0);
  });

  test('Shift+Enter begins a new line, and the field grows to a bound', async () => {
    await ada.connect(machine.page);
    const height = () => ada.composer.evaluate((field) => field.clientHeight);
    await ada.composer.pressSequentially('one');
    const before = await height();
    await ada.composer.press('Shift+Enter');
    await ada.composer.pressSequentially('two');
    expect(await height()).toBeGreaterThan(before);
    await ada.composer.fill('line\n'.repeat(100));
    const viewport = ada.page.viewportSize()?.height ?? 0;
    expect(await height()).toBeLessThan(viewport / 2);
  });
});

describe('undo', () => {
  test('goes back through a completion, key by key', async () => {
    await ada.connect(machine.page);
    await ada.composer.pressSequentially('hello :smil');
    await ada.page.getByRole('listbox', { name: 'Emoji' }).waitFor();
    await ada.composer.press('Tab');
    await ada.composer.pressSequentially('yes');
    const whole = await ada.composer.inputValue();
    expect(whole).toMatch(/^hello \S+ yes$/);
    const seen = new Set<string>([whole]);
    for (let step = 0; step < 12; step += 1) {
      await ada.composer.press('Control+z');
      seen.add(await ada.composer.inputValue());
    }
    expect([...seen].at(-1)).toBe('');
    expect([...seen]).toContain('hello :smil');
    for (let step = 0; step < 12; step += 1) await ada.composer.press('Control+Shift+z');
    expect(await ada.composer.inputValue()).toBe(whole);
  });

  test('takes an emoji that was written out back to its name', async () => {
    await ada.connect(machine.page);
    await ada.composer.pressSequentially(':tada:');
    await holds(ada.page, '🎉 ');
    await ada.composer.press('Control+z');
    await holds(ada.page, ':tada:');
  });
});

describe('on a screen for fingers', () => {
  test('Enter begins a new line, the button sends, and the hint says so', async () => {
    const bob = await visitor(browser, { ...devices['Pixel 7'], locale: 'en-GB' });
    await bob.connect(machine.page);
    await bob.composer.pressSequentially('one');
    await bob.composer.press('Enter');
    await bob.composer.pressSequentially('two');
    expect(await bob.composer.inputValue()).toBe('one\ntwo');
    expect(await bob.composer.getAttribute('enterkeyhint')).toBe('enter');
    await bob.page.getByText('Tap the arrow to send').waitFor({ state: 'attached' });
    await bob.page.getByRole('button', { name: 'Send' }).click();
    await becomes(bob.row('one'), 'sent');
    await bob.composer.pressSequentially('with a keyboard');
    await bob.composer.press('Control+Enter');
    await becomes(bob.row('with a keyboard'), 'sent');
    await bob.leave();
    expect(bob.wrongs).toEqual([]);
  });
});

describe('a file', () => {
  const refusal = () =>
    ada.page.getByRole('status').filter({ hasText: 'Files cannot be sent here yet' });
  /** Fires the event with a file, or with a file and text; answers whether the page kept the browser from its own way. */
  const brings = (type: 'drop' | 'paste', onto: string, text?: string) =>
    ada.page.evaluate(
      ([kind, selector, words]) => {
        const data = new DataTransfer();
        data.items.add(new File(['x'], 'cat.png', { type: 'image/png' }));
        if (words !== undefined) data.setData('text/plain', words);
        const how = { bubbles: true, cancelable: true };
        const event =
          kind === 'drop'
            ? new DragEvent('drop', { ...how, dataTransfer: data })
            : new ClipboardEvent('paste', { ...how, clipboardData: data });
        return !document.querySelector(selector ?? '')?.dispatchEvent(event);
      },
      [type, onto, text],
    );

  test.each(['.log', 'textarea', '.side'])(
    'dropped on %s is refused in words, and opens nothing',
    async (onto) => {
      await ada.connect(machine.page);
      expect(await brings('drop', onto)).toBe(true);
      await refusal().waitFor({ state: 'attached' });
    },
  );

  test('pasted is refused in words; text beside a picture is pasted', async () => {
    await ada.connect(machine.page);
    expect(await brings('paste', 'textarea', 'words')).toBe(false);
    expect(await refusal().count()).toBe(0);
    await brings('paste', 'textarea');
    await refusal().waitFor({ state: 'attached' });
  });
});

describe('a huge paste', () => {
  test.each([
    ['x'.repeat(300_000), 'ltr'],
    ['سلام '.repeat(1_000), 'rtl'],
  ])(
    'has one direction, so that the browser looks for none at each key',
    async (text, direction) => {
      await ada.connect(machine.page);
      await ada.composer.fill(text);
      expect(await ada.composer.getAttribute('dir')).toBe(direction);
      await ada.composer.fill('short');
      expect(await ada.composer.getAttribute('dir')).toBe('auto');
      await ada.composer.fill('');
      expect(await ada.composer.getAttribute('dir')).toBeNull();
    },
  );
});
