// The dialogs of rooms tell what they do: what leaving means, what a name becomes, what a link leads to; and Enter loses nothing.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { faults } from './axe.ts';
import { launchChromium } from './chromium.ts';
import { type Machine, startBuilt } from './machine.ts';
import { ask, askForRoom, locked, makeRoom, nicknameOf, opened } from './room-steps.ts';
import { type Visitor, visitor } from './visitor.ts';

let browser: Browser;
let machine: Machine;
let ada: Visitor;
let ravi: Visitor;
/** Rooms outlive a test; each takes names of its own. */
let n = 0;
let name: string;

beforeAll(async () => {
  [browser, machine] = await Promise.all([launchChromium(), startBuilt()]);
});
beforeEach(async () => {
  n += 1;
  name = `nook-${n}`;
  [ada, ravi] = await Promise.all([visitor(browser), visitor(browser)]);
  await Promise.all([ada.connect(machine.page), ravi.connect(machine.page)]);
});
afterEach(async () => {
  await Promise.all([ada.leave(), ravi.leave()]);
  expect([...ada.wrongs, ...ravi.wrongs]).toEqual([]);
});
afterAll(async () => {
  await browser?.close();
  await machine?.stop();
});

const button = ({ page }: Visitor, word: string) =>
  page.getByRole('button', { name: word, exact: true });
const dialog = ({ page }: Visitor, title: string) => page.getByRole('dialog', { name: title });
const focused = ({ page }: Visitor) =>
  page.evaluate(() => document.activeElement?.textContent?.trim());

/** Ada makes a private room, and Ravi joins it. */
async function share(): Promise<void> {
  await makeRoom(ada.page, name, 'Private');
  await ask(ada.page, await nicknameOf(ravi.page));
  await ravi.page.getByRole('button', { name: new RegExp(`^${name} `) }).click();
  await button(ravi, 'Join').click();
  await opened(ravi.page, locked(name));
}

async function askToLeave(who: Visitor, title: string) {
  await button(who, 'This room').click();
  await button(who, 'Leave the room').click();
  const question = dialog(who, `Leave ${title}?`);
  await question.waitFor();
  expect(await faults(who.page)).toEqual([]);
  return question;
}

describe('the menu of a room', () => {
  test('puts the focus on what loses nothing, and the way out last', async () => {
    await makeRoom(ada.page, name);
    await button(ada, 'This room').click();
    await dialog(ada, `#${name}`).waitFor();
    expect(await focused(ada)).toBe('Invite someone…');
    expect(await dialog(ada, `#${name}`).getByRole('button').allTextContents()).toEqual([
      'Invite someone…',
      'Leave the room',
      'Close',
    ]);
    expect(await faults(ada.page)).toEqual([]);
  });

  test('of a member has only the way out, and the focus is not on it', async () => {
    await share();
    await button(ravi, 'This room').click();
    await dialog(ravi, name).waitFor();
    expect(await focused(ravi)).toBe('Close');
    await ravi.page.keyboard.press('Enter');
    await dialog(ravi, name).waitFor({ state: 'hidden' });
    await opened(ravi.page, locked(name));
    expect(await ravi.page.getByRole('dialog').count()).toBe(0);
  });

  test('is not there in the lobby, where it would be empty', async () => {
    expect(await button(ada, 'This room').isVisible()).toBe(false);
    await makeRoom(ada.page, name);
    await button(ada, 'This room').waitFor();
  });
});

describe('the question before leaving', () => {
  test('says of a public room that one may come back', async () => {
    await makeRoom(ada.page, name);
    const question = await askToLeave(ada, `#${name}`);
    await question.getByText('You can come back at any time.').waitFor();
  });

  test('says to a member of a private room that only an invitation brings them back', async () => {
    await share();
    const question = await askToLeave(ravi, name);
    await question.getByText('only if its owner invites you again').waitFor();
    expect(await question.getByText('at any time').count()).toBe(0);
    await question.getByRole('button', { name: 'Leave the room' }).click();
    await opened(ravi.page, 'Lobby');
    await button(ravi, 'Find a room').click();
    await dialog(ravi, 'Find a room').getByRole('textbox').fill(name);
    await button(ravi, 'Join').click();
    await dialog(ravi, 'Find a room').getByRole('alert').getByText('or it is private').waitFor();
  });

  test('says to the owner what nobody can do meanwhile, and the exact name brings them back', async () => {
    await makeRoom(ada.page, name, 'Private');
    const question = await askToLeave(ada, name);
    await question.getByText('nobody can invite or remove people').waitFor();
    await question.getByText('find it by its exact name').waitFor();
    await question.getByRole('button', { name: 'Leave the room' }).click();
    await opened(ada.page, 'Lobby');
    await button(ada, 'Find a room').click();
    await dialog(ada, 'Find a room').getByRole('textbox').fill(name);
    await button(ada, 'Join').click();
    await opened(ada.page, locked(name));
  });
});

test('the list of rooms shows whole rows, however many there are', async () => {
  for (const end of ['a', 'b', 'c', 'd', 'e', 'f']) await makeRoom(ada.page, `${name}-${end}`);
  await button(ravi, 'Find a room').click();
  const finding = dialog(ravi, 'Find a room');
  const rows = finding.getByRole('listitem');
  await rows.nth(5).waitFor({ state: 'attached' });
  const shown = await rows.evaluateAll((all) => {
    const frame = all[0]?.parentElement?.getBoundingClientRect();
    if (!frame) throw new Error('There is no list.');
    return all.map((row) => {
      const { top, bottom, height } = row.getBoundingClientRect();
      const seen = Math.min(bottom, frame.bottom) - Math.max(top, frame.top);
      return Math.round((100 * Math.max(0, seen)) / height);
    });
  });
  expect(shown.slice(0, 6)).toEqual([100, 100, 100, 100, 100, 0]);
  expect(shown.filter((percent) => percent > 0 && percent < 100)).toEqual([]);
  expect(await faults(ravi.page)).toEqual([]);
});

describe('a new room', () => {
  const making = () => dialog(ada, 'New room');
  const problem = () => making().getByRole('alert');

  test('shows what its name becomes while one types', async () => {
    await button(ada, 'New room').click();
    const field = making().getByRole('textbox', { name: 'Name' });
    await field.fill(`UPPER Case ${n}`);
    await making().getByText(`It will be called upper-case-${n}.`).waitFor();
    expect(await faults(ada.page)).toEqual([]);
    await field.fill('lower');
    await making().getByText('It will be called').waitFor({ state: 'hidden' });
    await field.fill(`UPPER Case ${n}`);
    await button(ada, 'Create').click();
    await opened(ada.page, `#upper-case-${n}`);
  });

  test.each([
    ['', 'Type a name first.'],
    ['what?', 'This name cannot be used.'],
    ['a'.repeat(65), 'This name is too long.'],
  ])('named %j is refused in its own words', async (typed, said) => {
    await askForRoom(ada.page, typed, 'Public');
    await problem().getByText(said).waitFor();
    expect(await faults(ada.page)).toEqual([]);
    await ada.page.keyboard.press('Escape');
    await button(ada, 'Find a room').click();
    const finding = dialog(ada, 'Find a room');
    await finding.getByRole('textbox').fill(typed);
    await button(ada, 'Join').click();
    await finding.getByRole('alert').getByText(said).waitFor();
  });

  test('that one is in already is opened instead', async () => {
    await makeRoom(ada.page, name);
    await askForRoom(ada.page, 'Lobby', 'Private');
    await problem().getByText('You are already in a room of this name.').waitFor();
    expect(await faults(ada.page)).toEqual([]);
    await button(ada, 'Open it').click();
    await opened(ada.page, 'Lobby');
    await button(ada, 'New room').click();
    expect(await button(ada, 'Open it').isVisible()).toBe(false);
  });

  test('that others have made is joined instead', async () => {
    await makeRoom(ravi.page, name);
    await askForRoom(ada.page, name, 'Private');
    await problem().getByText('There is already a public room of this name.').waitFor();
    await making().getByRole('button', { name: 'Join' }).click();
    await opened(ada.page, `#${name}`);
  });
});

describe('a link', () => {
  const follow = () => ada.connect(`${machine.page}/?again=${n}#room=${name}`);

  test('to no room that one can see says so before one joins, and joining is second', async () => {
    await follow();
    const question = dialog(ada, `Join ${name}?`);
    await question.getByText('There is no such room, or it is private.').waitFor();
    expect(await question.getByRole('button').allTextContents()).toEqual(['Cancel', 'Join']);
    expect(await question.locator('.save').count()).toBe(0);
    expect(await focused(ada)).toBe('Cancel');
    expect(await faults(ada.page)).toEqual([]);
    await button(ada, 'Join').click();
    await question.getByRole('alert').getByText('There is no such room').waitFor();
  });

  test('to a public room leads there', async () => {
    await makeRoom(ravi.page, name);
    await follow();
    const question = dialog(ada, `Join #${name}?`);
    await question.getByText('You followed a link to this room.').waitFor();
    expect(await question.locator('.save').textContent()).toBe('Join');
  });

  test('to a room that somebody invites one to opens the invitation', async () => {
    await makeRoom(ravi.page, name, 'Private');
    const host = await nicknameOf(ravi.page);
    await ask(ravi.page, await nicknameOf(ada.page));
    await ada.page.getByRole('button', { name: new RegExp(`^${name} `) }).waitFor();
    await follow();
    const question = dialog(ada, `Join ${name}?`);
    await question.getByText(`${host} invites you`).waitFor();
    await question.getByRole('button', { name: 'Decline' }).waitFor();
    await question.getByRole('button', { name: 'Join' }).click();
    await opened(ada.page, locked(name));
  });
});
