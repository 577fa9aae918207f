// Two tabs of one browser share one socket; when the one that has it closes, the other goes on, and nothing is lost.
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, BrowserContext, Page, WebSocket } from 'playwright-core';
import { launchChromium } from './chromium.ts';
import { type Machine, startBuilt } from './machine.ts';
import { wrongsOf } from './visitor.ts';
import { wireOf } from './wire.ts';

let browser: Browser;
let machine: Machine;
let context: BrowserContext;
let first: Tab;
let second: Tab;
/** Of every page of the test. */
let wrongs: string[][];

interface Tab {
  page: Page;
  /** Sockets that this page has opened, and those of them that are still open. */
  opened(): number;
  open(): number;
  say(text: string): Promise<void>;
  /** Waits until the rows say exactly this, each of them sent. */
  reads(...texts: string[]): Promise<void>;
  /** Waits until the line is so. */
  shows(state: string): Promise<void>;
}

async function say(page: Page, text: string): Promise<void> {
  const composer = page.getByRole('textbox', { name: 'Message to the lobby' });
  await composer.fill(text);
  await composer.press('Enter');
}

async function openTab(where: BrowserContext): Promise<Tab> {
  const page = await where.newPage();
  page.setDefaultTimeout(45_000);
  wrongs.push(wrongsOf(page));
  const sockets: WebSocket[] = [];
  page.on('websocket', (socket) => sockets.push(socket));
  await page.goto(machine.page);
  return {
    page,
    opened: () => sockets.length,
    open: () => sockets.filter((socket) => !socket.isClosed()).length,
    say: (text) => say(page, text),
    async reads(...expected) {
      await page.waitForFunction(
        (want) =>
          JSON.stringify(
            [...document.querySelectorAll('li.message[data-state="sent"] .text')].map(
              (one) => one.textContent,
            ),
          ) === JSON.stringify(want),
        expected,
      );
    },
    shows: (state) => page.locator(`[data-line="${state}"]`).waitFor(),
  };
}

/** What the server knows: the connections' rows. */
async function connections(): Promise<number> {
  const client = new DynamoDBClient({
    endpoint: machine.aws,
    region: 'us-east-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  });
  const { Count } = await client.send(
    new ScanCommand({
      TableName: 'hubbub-dev-shared-ConnectionsTable',
      FilterExpression: 'sk = :connection',
      ExpressionAttributeValues: { ':connection': { S: 'connection' } },
    }),
  );
  client.destroy();
  return Count ?? 0;
}

beforeAll(async () => {
  browser = await launchChromium();
});
beforeEach(async () => {
  wrongs = [];
  machine = await startBuilt();
  context = await browser.newContext();
  first = await openTab(context);
  await first.shows('live');
  second = await openTab(context);
  await second.shows('live');
});
afterEach(async () => {
  for (const each of browser.contexts()) await each.close();
  await machine.stop();
  expect(wrongs.flat()).toEqual([]);
});
afterAll(() => browser?.close());

describe('M11: two tabs of one browser', () => {
  test('share one socket, and both are live', async () => {
    await first.say('from the first');
    await second.reads('from the first');
    await second.say('from the second');
    await first.reads('from the first', 'from the second');
    await second.reads('from the first', 'from the second');
    expect([first.opened(), second.opened(), await connections()]).toEqual([1, 0, 1]);
  });

  test('when the one with the socket closes, the other goes on; nothing is lost or doubled, and nobody else notices', async () => {
    const other = await openTab(await browser.newContext());
    await other.shows('live');
    await first.say('one');
    await second.reads('one');
    await first.page.close();
    await second.say('two');
    await other.reads('one', 'two');
    await other.say('three');
    await second.reads('one', 'two', 'three');
    await other.reads('one', 'two', 'three');
    expect([second.opened(), other.opened(), other.open()]).toEqual([1, 1, 1]);
  });

  test('what the closed one had written and not sent, the other sends', async () => {
    const third = await context.newPage();
    const wire = await wireOf(third);
    await first.page.close();
    await second.page.close();
    await third.goto(machine.page);
    await third.locator('[data-line="live"]').waitFor();
    second = await openTab(context);
    await second.shows('live');
    wire.instead(() => {});
    await say(third, 'never left the first tab');
    await third.locator('li.message[data-state="pending"]').waitFor();
    await third.close();
    await second.reads('never left the first tab');
  });

  test('a frozen one loses the line to the one that is looked at, and follows when it thaws', async () => {
    const devtools = await context.newCDPSession(first.page);
    // A page at a breakpoint runs nothing and holds its lock and its socket, as one that hangs does.
    await devtools.send('Debugger.enable');
    await devtools.send('Debugger.pause');
    await second.page.waitForEvent('websocket');
    await second.say('the other is frozen');
    await second.reads('the other is frozen');
    await devtools.send('Debugger.resume');
    await first.reads('the other is frozen');
    await first.say('and back');
    await second.reads('the other is frozen', 'and back');
    expect([first.open(), second.open()]).toEqual([0, 1]);
  });
});

describe('two profiles with one identity', () => {
  test('the older is told for good, fights no war, and comes back when its user says so', async () => {
    await first.say('mine');
    await first.reads('mine');
    const copy = await openTab(
      await browser.newContext({ storageState: await context.storageState({ indexedDB: true }) }),
    );
    await copy.shows('live');
    await first.shows('replaced');
    await second.shows('replaced');
    expect([first.opened(), second.opened(), copy.opened()]).toEqual([1, 0, 1]);
    await second.page.getByRole('button', { name: 'Use here' }).click();
    await first.shows('live');
    await second.shows('live');
    await copy.shows('replaced');
    await second.say('mine again');
    await first.reads('mine', 'mine again');
    expect([first.opened(), second.opened(), copy.opened()]).toEqual([2, 0, 1]);
  });
});
