// The tree that is read out to who does not see the page, region by region, as a whole: a change here is a change for them.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from './chromium.ts';
import { emptied } from './emptied.ts';
import { type Machine, startBuilt } from './machine.ts';
import { becomes, type Visitor, visitor } from './visitor.ts';

let browser: Browser;
let machine: Machine;
let ada: Visitor;
let grace: Visitor;

beforeAll(async () => {
  [browser, machine] = await Promise.all([launchChromium(), startBuilt()]);
});
beforeEach(async () => {
  await emptied(machine);
  ada = await visitor(browser);
  await ada.connect(machine.page);
  grace = await visitor(browser);
  await grace.connect(machine.page);
  await ada.page.locator('.people-here button.person').waitFor();
});
afterEach(async () => {
  await Promise.all([ada.leave(), grace.leave()]);
  expect([...ada.wrongs, ...grace.wrongs]).toEqual([]);
});
afterAll(async () => {
  await browser?.close();
  await machine?.stop();
});

/** Names and times differ from run to run. */
const read = async (page: Page, selector: string) =>
  (await page.locator(selector).ariaSnapshot())
    .replaceAll(/guest-[0-9a-f]+/g, 'guest')
    .replaceAll(/\d{1,2}:\d{2}/g, '12:34')
    .split('\n');

describe('what is read out', () => {
  test('of the side', async () => {
    expect(await read(ada.page, '.side')).toEqual([
      '- navigation "Rooms and people":',
      '  - text: Hubbub',
      '  - heading "Rooms" [level=2]',
      '  - button "New room"',
      '  - list "Rooms":',
      '    - listitem:',
      '      - button "Lobby"',
      '  - button "Find a room"',
      '  - heading "Direct messages" [level=2]',
      '  - list "Direct messages"',
      '  - paragraph: Pick someone from People to message them.',
      '  - button "guest"',
      '  - button "Settings"',
    ]);
  });

  test('of the people', async () => {
    const [panel, title] = await read(ada.page, '.people-panel');
    expect([panel, title]).toEqual([
      '- complementary "People in this room":',
      '  - heading "People 2 here" [level=2]',
    ]);
    // Who left the tests before stands below, among those seen lately.
    expect(await read(ada.page, '.people-here')).toEqual([
      '- heading "Here now" [level=3]',
      '- list "Here now":',
      '  - listitem: guest you here',
      '  - listitem:',
      '    - button "guest here"',
    ]);
  });

  test('of the head of a conversation', async () => {
    expect(await read(ada.page, '.conversation-top')).toEqual([
      '- heading "Lobby" [level=1]',
      '- status "Connection": Live',
      '- button "2 people here" [expanded]: "2"',
    ]);
  });

  test('of the messages', async () => {
    await becomes(await ada.say('Morning! See https://example.com/'), 'sent');
    await grace.composer.fill('Thanks, `npm start` and **that** helps.');
    await grace.composer.press('Enter');
    await ada.row('helps').waitFor();
    expect(await read(ada.page, '.log')).toEqual([
      '- log "Messages":',
      '  - paragraph: This is the beginning of the conversation.',
      '  - list:',
      '    - listitem "You, 12:34":',
      '      - text: Today',
      '      - paragraph:',
      '        - text: Morning! See',
      '        - link "https://example.com/":',
      '          - /url: https://example.com/',
      '      - time: 12:34',
      '      - img "Sent": ✓',
      '    - listitem "guest, 12:34":',
      '      - button "guest"',
      '      - paragraph:',
      '        - text: Thanks,',
      '        - code: npm start',
      '        - text: and',
      '        - strong: that',
      '        - text: helps.',
      '      - time: 12:34',
    ]);
  });

  test('of the composer', async () => {
    expect(await read(ada.page, '.composer')).toEqual([
      '- form "Write a message":',
      '  - text: Message to the lobby',
      '  - textbox "Message to the lobby":',
      '    - /placeholder: Write a message',
      '  - button "Send" [disabled]',
      '  - paragraph: Enter to send, Shift+Enter for a new line',
      '  - status',
    ]);
  });

  test('of a dialog', async () => {
    await ada.page.locator('.me').click();
    expect(await read(ada.page, 'dialog[open]')).toEqual([
      '- dialog "Your nickname":',
      '  - heading "Your nickname" [level=2]',
      '  - text: Nickname',
      '  - textbox "Nickname": guest',
      '  - alert',
      '  - paragraph: Everyone sees it next to your messages. You can change it at any time.',
      '  - status',
      '  - button "Cancel"',
      '  - button "Save"',
    ]);
  });
});
