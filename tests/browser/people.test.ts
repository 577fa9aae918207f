// Who is here and who writes, as two people see it of each other; another name; and a word to somebody alone.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, Locator } from 'playwright-core';
import { launchChromium } from './chromium.ts';
import { emptied } from './emptied.ts';
import { type Machine, startBuilt } from './machine.ts';
import { type Visitor, visitor } from './visitor.ts';
import { wireOf } from './wire.ts';

let browser: Browser;
let machine: Machine;
let ada: Visitor;
let grace: Visitor;

beforeAll(async () => {
  const shortGrace = ['--memory', '--parameter', 'PresenceGraceSeconds=1'];
  [browser, machine] = await Promise.all([launchChromium(), startBuilt(shortGrace)]);
});
beforeEach(async () => {
  await emptied(machine);
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
const nameOf = (who: Visitor) => textOf(who.page.locator('.me .name'));
const panel = ({ page }: Visitor) => page.getByRole('complementary', { name: 'People' });
const listed = (who: Visitor, list: 'Here now' | 'Seen recently', name: string) =>
  panel(who).getByRole('list', { name: list }).getByRole('listitem').filter({ hasText: name });
const typingLine = ({ page }: Visitor) => page.locator('.typing-line');
const gone = (who: Visitor) => who.page.goto('about:blank');

/** Opens the dialog of one's own name, and asks for this one. */
async function rename({ page }: Visitor, nickname: string) {
  await page.locator('.me').click();
  const dialog = page.getByRole('dialog', { name: 'Your nickname' });
  await dialog.getByRole('textbox', { name: 'Nickname' }).fill(nickname);
  await dialog.getByRole('button', { name: 'Save' }).click();
  return dialog;
}

describe('presence', () => {
  test('who comes stands among those who are here, who goes among those seen lately, in the same row', async () => {
    const name = await nameOf(grace);
    const row = listed(ada, 'Here now', name);
    await row.waitFor();
    expect(await row.getByText('here', { exact: true }).count()).toBe(1);
    const before = await row.elementHandle();
    await gone(grace);
    const left = listed(ada, 'Seen recently', name);
    await left.getByText('seen just now').waitFor();
    expect(await left.evaluate((now, was) => now === was, before)).toBe(true);
    await grace.connect(machine.page);
    await row.waitFor();
    expect(await left.count()).toBe(0);
  });

  test('oneself stands first, is marked, and is nobody to write to', async () => {
    const me = panel(ada).getByRole('list', { name: 'Here now' }).getByRole('listitem').first();
    await me.getByText('you', { exact: true }).waitFor();
    expect(await me.getByRole('button').count()).toBe(0);
    expect(await listed(ada, 'Here now', await nameOf(ada)).count()).toBe(1);
  });

  test('a row that has the focus keeps it when its person goes', async () => {
    const name = await nameOf(grace);
    await listed(ada, 'Here now', name).getByRole('button').focus();
    await gone(grace);
    const left = listed(ada, 'Seen recently', name).getByRole('button');
    await left.waitFor();
    expect(await left.evaluate((button) => button === document.activeElement)).toBe(true);
  });
});

describe('a room that nobody was told of yet', () => {
  test('does not say that nobody is in it', async () => {
    const wire = await wireOf(ada.page);
    await ada.connect(machine.page);
    wire.inject({ type: 'joined', room: 'attic', visibility: 'public', head: 0 });
    wire.instead(() => {});
    await ada.page.getByRole('button', { name: 'attic' }).click();
    await ada.page.getByRole('heading', { level: 1, name: '#attic' }).waitFor();
    expect(await textOf(panel(ada))).not.toContain('0 here');
    await ada.page.getByRole('button', { name: 'People in this room' }).waitFor();
  });
});

describe('a mention', () => {
  test('is marked by the name that one goes by now', async () => {
    await rename(ada, 'Ottilie');
    await ada.page.locator('.me').getByText('Ottilie').waitFor();
    await grace.say('hello @Ottilie');
    await ada.row('hello').locator('mark').getByText('@Ottilie').waitFor();
  });
});

describe('people made up', () => {
  /** As the server would tell it. */
  const told = (userId: string, nickname: string) => ({
    ...{ room: 'lobby', userId, nickname, online: true, at: new Date().toISOString() },
  });

  test('with markup or turned direction for a name are text in a place of its own', async () => {
    const wire = await wireOf(ada.page);
    await ada.connect(machine.page);
    const nickname = '<img src=x onerror=alert(1)>\u202e';
    wire.inject({ type: 'presence', ...told('u_mallory', nickname) });
    const row = listed(ada, 'Here now', '<img');
    await row.waitFor();
    expect(await textOf(row.locator('bdi'))).toBe('<img src=x onerror=alert(1)>');
    expect(await row.locator('img').count()).toBe(0);
  });

  test('are a number when they are a crowd', async () => {
    const wire = await wireOf(ada.page);
    await ada.connect(machine.page);
    wire.inject({ type: 'pong', now: '', heads: {}, present: { lobby: 4_711 } });
    await panel(ada).getByRole('heading', { name: 'People 4,711 here' }).waitFor();
    await panel(ada).getByText('There are too many people to list them all.').waitFor();
    expect(await panel(ada).getByRole('listitem').count()).toBe(0);
  });

  test('who write are named while they are two, and no longer when they are three', async () => {
    const wire = await wireOf(ada.page);
    await ada.connect(machine.page);
    const writes = (nickname: string, on = true) =>
      wire.inject({ type: 'typing', ...told(`u_${nickname}`, nickname), on });
    writes('Bob');
    writes('Eve');
    await typingLine(ada).getByText('Bob and Eve are typing…').waitFor();
    writes('Mia');
    await typingLine(ada).getByText('Several people are typing…').waitFor();
    writes('Bob', false);
    await typingLine(ada).getByText('Eve and Mia are typing…').waitFor();
  });
});

describe('typing', () => {
  test('is shown to the others in a line that was there before, and ends when the message comes', async () => {
    const name = await nameOf(grace);
    const before = await typingLine(ada).boundingBox();
    expect(before?.height).toBeGreaterThan(16);
    await grace.composer.pressSequentially('hm');
    await typingLine(ada).getByText(`${name} is typing…`).waitFor();
    expect(await textOf(typingLine(ada).locator('bdi'))).toBe(name);
    expect(await typingLine(ada).boundingBox()).toEqual(before);
    expect(await textOf(typingLine(grace))).toBe('');
    await grace.composer.press('Enter');
    await ada.row('hm').waitFor();
    await typingLine(ada).and(ada.page.locator(':empty')).waitFor({ state: 'attached' });
    expect(await typingLine(ada).boundingBox()).toEqual(before);
  });
});

describe('a word to somebody alone', () => {
  test('is begun at a name, though its person is away, and read when they are back', async () => {
    const name = await nameOf(grace);
    const me = await nameOf(ada);
    await gone(grace);
    await listed(ada, 'Seen recently', name).getByRole('button').click();
    await ada.page.getByRole('heading', { name, level: 1 }).waitFor();
    const field = ada.page.getByRole('textbox', { name: `Message to ${name}` });
    await field.fill('For you alone');
    await field.press('Enter');
    await ada.row('For you alone').and(ada.page.locator('[data-state="sent"]')).waitFor();
    await grace.connect(machine.page);
    const directs = grace.page.getByRole('list', { name: 'Direct messages' });
    await directs.getByRole('button').click();
    await grace.row('For you alone').waitFor();
    await grace.page.getByRole('heading', { name: me, level: 1 }).waitFor();
  });

  test('is begun at a name in the timeline, too; one’s own is a name and no button', async () => {
    await ada.say('Is somebody here?');
    await grace.say('I am');
    const [me, name] = await Promise.all([nameOf(ada), nameOf(grace)]);
    const own = ada.row('Is somebody here?').locator('.who');
    expect(await own.textContent()).toBe(me);
    expect(await own.evaluate(({ localName }) => localName)).toBe('span');
    await ada.row('I am').locator('.who').click();
    await ada.page.getByRole('heading', { name, level: 1 }).waitFor();
  });

  test('shows who reads it: whether they are here, and since when they are not', async () => {
    const name = await nameOf(grace);
    await listed(ada, 'Here now', name).getByRole('button').click();
    await ada.page.getByRole('heading', { name, level: 1 }).waitFor();
    const head = ada.page.locator('.partner-line');
    await head.getByText('here', { exact: true }).waitFor();
    await ada.page.getByText('Say something. Only the two of you can read it.').waitFor();
    await listed(ada, 'Here now', name).waitFor();
    await gone(grace);
    await listed(ada, 'Seen recently', name).getByText('seen just now').waitFor();
    await head.getByText('seen just now').waitFor();
    await ada.page.reload();
    await listed(ada, 'Seen recently', name).waitFor();
    await ada.page.getByRole('button', { name: 'Lobby' }).click();
    await ada.page.getByRole('heading', { name: 'Lobby', level: 1 }).waitFor();
    expect(await head.isHidden()).toBe(true);
  });
});

const TAKEN = {
  ...{ type: 'error', ref: null, code: 'NicknameTaken', retry: false, afterMs: 0 },
  ...{ message: 'Somebody else has this nickname.', suggestion: 'Ada-2' },
};

describe('M12: a nickname', () => {
  test('that somebody else has is refused, and another offered that one click takes', async () => {
    const { page } = ada;
    const wire = await wireOf(page);
    await ada.connect(machine.page);
    const mine = listed(ada, 'Here now', await nameOf(ada));
    const userId = await mine.getAttribute('data-user');
    wire.instead((text) => {
      const { action, nickname } = JSON.parse(text) as { action: string; nickname: string };
      if (action !== 'nickname') return;
      if (nickname === 'Ada') wire.inject(TAKEN);
      else wire.inject({ type: 'nickname', userId, nickname, at: new Date().toISOString() });
    });
    const dialog = await rename(ada, 'Ada');
    await dialog.getByRole('alert').getByText('“Ada” is taken or not allowed.').waitFor();
    const field = dialog.getByRole('textbox', { name: 'Nickname' });
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    await dialog.getByRole('button', { name: 'Use “Ada-2”' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect(await nameOf(ada)).toBe('Ada-2');
  });

  test('that no server takes is refused before anybody is asked, and Escape leaves all as it was', async () => {
    const before = await nameOf(ada);
    const dialog = await rename(ada, ' ');
    await dialog.getByRole('alert').getByText('Type a name first.').waitFor();
    await dialog.getByRole('textbox', { name: 'Nickname' }).fill('x'.repeat(33));
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByRole('alert').getByText('at most 32 characters').waitFor();
    await ada.page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    expect(await nameOf(ada)).toBe(before);
    const me = ada.page.locator('.me');
    expect(await me.evaluate((button) => button === document.activeElement)).toBe(true);
  });
});
