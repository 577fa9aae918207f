// npx --no node tests/browser/screenshots.ts [folder]: the pictures of the page in docs/, taken of a machine of its own.
import { createHash, randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { BrowserContextOptions } from 'playwright-core';
import { connect } from '../../front/src/core/chat.js';
import type { MessageSent } from '../../shared/src/events.ts';
import { launchChromium } from './chromium.ts';
import { startMachine } from './machine.ts';
import { becomes, type Visitor, visitor } from './visitor.ts';
import { wireOf } from './wire.ts';

const folder = resolve(process.argv[2] ?? join(import.meta.dirname, '../../docs'));
const MINUTE_MS = 60_000;
const PATIENCE_MS = 60_000;
const ME = 'Mira';
const PEOPLE = ['Ada', 'Ravi', 'Noor', 'Tomasz'];
const ROOMS = ['design', 'release', 'tea'];

/** Minutes ago, who, what. Past times come with the event: on the bus, other programs may speak, too. */
const TALK: [number, string, string][] = [
  [26, 'Ada', 'Morning! The demo is at eleven. Does anyone still need the staging table?'],
  [25, 'Ravi', 'I am done with it since yesterday.'],
  [25, 'Ravi', 'My notes: https://example.com/staging'],
  [14, 'Noor', 'Question from the workshop: what happens if the bus delivers a message **twice**?'],
  [
    12,
    'Ada',
    'Nothing you would see. The second one finds a claim and stops there:\n```\nattribute_not_exists(messageId)\n```\nOne bubble, one number, on every screen.',
  ],
  [0, ME, 'And whatever is written in a tunnel waits here and goes out once the train is through.'],
  [0, 'Noor', `Lovely. @${ME}, may I show exactly that?`],
  [0, ME, 'Please do. See you at eleven, then.'],
];

const machine = await startMachine();
const browser = await launchChromium();
const bus = new EventBridgeClient({
  endpoint: machine.aws,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});
const crowd = new Map(
  PEOPLE.map((nickname) => [nickname, connect({ url: machine.websocket, nickname })]),
);

async function everybodyIsThere(): Promise<void> {
  for (const chat of crowd.values()) {
    while (chat.me().userId === '')
      await new Promise<void>((heard) => {
        const stop = chat.on('status', () => {
          stop();
          setImmediate(heard);
        });
      });
    for (const room of ROOMS) await chat.join(room, { create: true });
  }
}

/** What `aws events put-events --endpoint-url` does. */
async function speak(
  nickname: string,
  text: string,
  minutesAgo: number,
  room = 'lobby',
): Promise<void> {
  const nowS = Math.floor(Date.now() / 1_000);
  const detail: MessageSent = {
    messageId: randomUUID(),
    room,
    topics: [`room:${room}`],
    userId: crowd.get(nickname)?.me().userId ?? `example-${nickname}`,
    nickname,
    text,
    sentAt: new Date(Date.now() - minutesAgo * MINUTE_MS).toISOString(),
    bodyHash: createHash('sha256')
      .update(JSON.stringify([room, text]))
      .digest('base64url'),
    claimUntil: nowS + 3_600,
    keepUntil: 0,
  };
  const Detail = JSON.stringify(detail);
  const entry = {
    EventBusName: 'hubbub-dev',
    Source: 'chat.bot',
    DetailType: 'MessageSent',
    Detail,
  };
  const { FailedEntryCount } = await bus.send(new PutEventsCommand({ Entries: [entry] }));
  if (FailedEntryCount) throw new Error('The bus refused an event.');
}

async function take(
  name: string,
  options: BrowserContextOptions,
  act: (who: Visitor) => Promise<void>,
): Promise<void> {
  const who = await visitor(browser, {
    ...(storageState === undefined ? {} : { storageState }),
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
    ...options,
  });
  who.page.setDefaultTimeout(PATIENCE_MS);
  await act(who);
  await who.page.screenshot({ path: join(folder, `page-${name}.png`) });
  if (who.wrongs.length > 0) throw new Error(who.wrongs.join('\n'));
  await who.leave();
}

/** Says hello by name, which a page does only once its user has chosen one. Call before the page is opened. */
async function introduce(who: Visitor): Promise<void> {
  await who.page.routeWebSocket(/.*/, (toPage) => {
    const toServer = toPage.connectToServer();
    toPage.onMessage((frame) => {
      const said = JSON.parse(String(frame)) as { action: string };
      toServer.send(said.action === 'hello' ? JSON.stringify({ ...said, nickname: ME }) : frame);
    });
  });
}

async function joinAll(who: Visitor): Promise<void> {
  for (const room of ROOMS) {
    await who.page.goto(`${machine.page}/#room=${room}`);
    await who.page.getByRole('dialog').getByRole('button', { name: 'Join' }).click();
    await who.page.getByRole('heading', { level: 1, name: `#${room}` }).waitFor();
  }
  await who.page.locator('.rooms').getByRole('button', { name: 'Lobby' }).click();
}

async function makePrivate(who: Visitor, room: string): Promise<void> {
  await who.page.getByRole('button', { name: 'New room' }).click();
  const dialog = who.page.getByRole('dialog', { name: 'New room' });
  await dialog.getByRole('textbox', { name: 'Name' }).fill(room);
  await dialog.getByRole('radio', { name: 'Private' }).check();
  await dialog.getByRole('button', { name: 'Create' }).click();
  // A private room has a lock for its sign.
  await who.page.getByRole('heading', { level: 1, name: room }).waitFor();
  await who.page.locator('.rooms').getByRole('button', { name: 'Lobby' }).click();
}

async function talk(who: Visitor): Promise<void> {
  for (const [minutesAgo, name, text] of TALK) {
    if (name === ME) await becomes(await who.say(text), 'sent');
    else await speak(name, text, minutesAgo);
    await who.rows
      .filter({ hasText: text.slice(0, 20) })
      .last()
      .waitFor();
  }
}

const WIDE = { viewport: { width: 1360, height: 850 } };
const NARROW = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, hasTouch: true };

/** The later pictures are of the same person: what the browser kept of the first. */
let storageState: BrowserContextOptions['storageState'];

await everybodyIsThere();
await take('empty', { ...WIDE, colorScheme: 'light' }, (who) => who.connect(machine.page));
await take('wide-light', WIDE, async (who) => {
  await introduce(who);
  await who.connect(machine.page);
  await joinAll(who);
  await makePrivate(who, 'offsite');
  await talk(who);
  await speak('Tomasz', 'The icons are in the folder.', 3, 'design');
  await speak('Ravi', `@${ME}, the build is green.`, 1, 'release');
  await speak('Ada', 'Notes are up.', 1, 'release');
  const ada = crowd.get('Ada');
  ada?.direct((await crowdOf(who)) ?? '').say('Do you have a minute after the demo?');
  await who.page.locator('.directs').getByRole('button', { name: 'Ada online 1 unread' }).waitFor();
  await who.page.locator('.rooms').getByRole('button', { name: 'release 2 unread' }).waitFor();
  await who.page.mouse.move(700, 30);
  await seenTyping(who);
  await who.composer.fill('Shall I bring the adapter?');
  storageState = await who.page.context().storageState();
});

/** A word about typing may be lost, and is not sent twice. */
async function seenTyping(who: Visitor): Promise<void> {
  const line = who.page.locator('.typing-line', { hasText: 'Noor' });
  const noor = crowd.get('Noor')?.room('lobby');
  for (let tries = 0; tries < 5 && !(await line.isVisible()); tries += 1) {
    noor?.typing(false);
    noor?.typing(true);
    await line.waitFor({ timeout: 3_000 }).catch(() => {});
  }
}

/** The userId of who looks, as the others know it. */
async function crowdOf(who: Visitor): Promise<string | undefined> {
  await who.page.locator('.me .name', { hasText: ME }).waitFor();
  const members = crowd.get('Ada')?.room('lobby').roster() ?? [];
  return members.find(({ nickname }) => nickname === ME)?.userId;
}

/** The rooms come one after another, each with what is unread. */
const seenUnread = (who: Visitor) =>
  who.page
    .locator('.rooms li', { hasText: 'release' })
    .locator('.unread:not([hidden])')
    .waitFor({ state: 'attached' });

await take('wide-dark', { ...WIDE, colorScheme: 'dark' }, async (who) => {
  await who.connect(machine.page);
  await who.row('Please do').waitFor();
  await who.page.getByRole('button', { name: 'Find a room' }).click();
  await who.page.getByRole('dialog').getByRole('button', { name: '#tea' }).waitFor();
  await seenUnread(who);
});
await take('narrow-dark', { ...NARROW, colorScheme: 'dark' }, async (who) => {
  await who.connect(machine.page);
  await who.row('Please do').waitFor();
});
await take('narrow-rooms', NARROW, async (who) => {
  await who.connect(machine.page);
  await who.row('Please do').waitFor();
  await seenUnread(who);
  await who.page.getByRole('button', { name: 'Rooms and conversations' }).click();
});
await take(
  'rtl',
  { ...WIDE, viewport: { width: 1100, height: 700 }, locale: 'ar' },
  async (who) => {
    await who.connect(machine.page);
    await who.row('Please do').waitFor();
    await seenUnread(who);
  },
);
await take('offline', { viewport: { width: 820, height: 620 } }, async (who) => {
  const wire = await wireOf(who.page);
  await who.page.clock.install();
  await who.connect(machine.page);
  await who.row('Please do').waitFor();
  wire.instead((frame) => {
    const { messageId } = JSON.parse(frame) as { messageId: string };
    const message = 'You are not in this room.';
    wire.inject({ type: 'error', ref: messageId, code: 'NotInRoom', retry: false, message });
  });
  await becomes(await who.say('All green since this morning, and twice as fast.'), 'failed');
  wire.instead(undefined);
  await who.page.context().setOffline(true);
  await who.page.locator('[data-line="offline"]').waitFor({ state: 'attached' });
  await who.page.clock.fastForward(6_000);
  await who.page.locator('.banner').waitFor();
  await becomes(await who.say('Shall we cut the release?'), 'pending');
});

await browser.close();
bus.destroy();
await Promise.all([...crowd.values()].map((chat) => chat.close()));
await machine.stop();
