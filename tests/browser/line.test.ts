// The server goes and comes back: the page says so, lets one write on, and sends once what had to wait.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { en } from '../../front/src/words/en.js';
import { launchChromium } from './chromium.ts';
import { type Machine, startMachine } from './machine.ts';
import { becomes, node, type Visitor, visitor } from './visitor.ts';

let browser: Browser;
let folder: string;
let machine: Machine;
let ada: Visitor;

const portOf = (url: string) => new URL(url).port;

beforeAll(async () => {
  browser = await launchChromium();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hubbub-browser-'));
  machine = await startMachine(['--data', folder]);
  ada = await visitor(browser);
  await ada.page.clock.install();
  await ada.connect(machine.page);
});
afterEach(async () => {
  await ada.leave();
  await machine.stop();
  await rm(folder, { recursive: true, force: true });
  expect(ada.wrongs).toEqual([]);
});
afterAll(async () => {
  await browser?.close();
});

/** Where the line is, at once; what is shown waits until it is more than a blip. */
const lineIs = (state: RegExp) =>
  ada.page.waitForFunction(
    (want) =>
      new RegExp(want).test(document.querySelector<HTMLElement>('[data-line]')?.dataset.line ?? ''),
    state.source,
  );

describe('a server that goes away', () => {
  test('shows; one writes on; it returns, and what waited is sent once from the same node', async () => {
    await becomes(await ada.say('Before'), 'sent');
    const { page, aws } = machine;
    await machine.stop();
    await lineIs(/waiting|connecting/);
    expect(await ada.status.textContent()).toContain('Live');
    await ada.page.clock.fastForward(6_000);
    await ada.page.getByText(/^No connection\./).waitFor();
    expect(await ada.status.textContent()).not.toContain('Live');

    const row = await ada.say('While away');
    await becomes(row, 'pending');
    const before = await node(row);
    expect(await ada.composer.isEditable()).toBe(true);

    const ports = ['--port', portOf(page), '--aws-port', portOf(aws)];
    machine = await startMachine([...ports, '--data', folder]);
    // Nobody presses anything: only time passes, faster than outside.
    while (!(await ada.page.locator('[data-line="live"]').count()))
      await ada.page.clock.fastForward(1_000);
    await becomes(row, 'sent');
    expect(await before.evaluate((was) => was === document.querySelectorAll('li.message')[1])).toBe(
      true,
    );
    await becomes(await ada.say('After'), 'sent');
    await ada.reads('Before', 'While away', 'After');
    await ada.page.getByText(/^No connection\./).waitFor({ state: 'hidden' });
    expect(await ada.status.textContent()).toContain('Live');
    expect(await stored()).toEqual(['1 Before', '2 While away', '3 After']);
  });
});

describe('a network that goes away', () => {
  const people = (seen: string) => ada.page.locator(`.people-panel [data-seen="${seen}"]`);

  test('shows at once, and nobody is shown as here; it returns, and that shows at once too', async () => {
    await people('here').waitFor();
    await ada.page.clock.pauseAt(Date.now() + 60_000);
    // Nothing that waits for a time is done from here on.
    await ada.page.context().setOffline(true);
    await lineIs(/offline/);
    expect(await ada.status.textContent()).toContain(en.line.states.offline);
    expect(await ada.page.getByText(en.line.youAreOffline).count()).toBe(1);
    expect([await people('here').count(), await people('away').count()]).toEqual([0, 1]);
    expect(await people('away').textContent()).not.toContain(en.people.isOnline);
    await ada.page.context().setOffline(false);
    await lineIs(/live/);
    expect(await ada.status.textContent()).toContain(en.line.states.live);
    await people('here').waitFor();
    expect(await ada.page.getByText(en.line.youAreOffline).count()).toBe(0);
  });
});

/** What the table holds: the head of the room, at 0, is no message. */
async function stored(): Promise<string[]> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new DynamoDBClient({ endpoint: machine.aws, region: 'us-east-1', credentials });
  const TableName = 'hubbub-dev-shared-MessagesTable';
  const { Items = [] } = await client.send(new ScanCommand({ TableName, ConsistentRead: true }));
  client.destroy();
  const messages = Items.filter(({ seq }) => seq?.N !== '0');
  return messages.map(({ seq, text }) => `${seq?.N} ${text?.S}`).sort();
}
