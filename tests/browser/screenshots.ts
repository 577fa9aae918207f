// npx --no node tests/browser/screenshots.ts [folder]: the pictures of the page in docs/, taken of a machine of its own.
import { createHash, randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { BrowserContextOptions } from 'playwright-core';
import type { MessageSent } from '../../shared/src/events.ts';
import { launchChromium } from './chromium.ts';
import { startMachine } from './machine.ts';
import { becomes, type Visitor, visitor } from './visitor.ts';
import { wireOf } from './wire.ts';

const folder = resolve(process.argv[2] ?? join(import.meta.dirname, '../../docs'));
const MINUTE_MS = 60_000;
const ME = 'me';

/** Minutes ago, who, what. Names come with the event: on the bus, other programs may speak, too. */
const TALK: [number, string, string][] = [
  [19, 'Ada', 'Morning! The demo is at eleven. Does anyone still need the staging table?'],
  [18, 'Ravi', 'I am done with it since yesterday.'],
  [18, 'Ravi', 'My notes: https://example.com/staging'],
  [9, 'Noor', 'Question from the workshop: what happens if the bus delivers a message twice?'],
  [
    8,
    'Ada',
    'Nothing you would see. The second one finds a claim and stops there.\nOne bubble, one number, on every screen.',
  ],
  [0, ME, 'And whatever is written in a tunnel waits here and goes out once the train is through.'],
  [0, 'Noor', 'Lovely. I will show exactly that.'],
  [0, ME, 'See you at eleven, then.'],
];

const machine = await startMachine();
const browser = await launchChromium();
const bus = new EventBridgeClient({
  endpoint: machine.aws,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

/** What `aws events put-events --endpoint-url` does. */
async function speak(nickname: string, text: string, minutesAgo: number): Promise<void> {
  const nowS = Math.floor(Date.now() / 1_000);
  const room = 'lobby';
  const detail: MessageSent = {
    messageId: randomUUID(),
    room,
    topics: [`room:${room}`],
    userId: `example-${nickname}`,
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
  const who = await visitor(browser, { timezoneId: 'UTC', reducedMotion: 'reduce', ...options });
  await act(who);
  await who.page.screenshot({ path: join(folder, `page-${name}.png`) });
  if (who.wrongs.length > 0) throw new Error(who.wrongs.join('\n'));
  await who.leave();
}

async function talk(who: Visitor): Promise<void> {
  for (const [minutesAgo, name, text] of TALK) {
    if (name === ME) await becomes(await who.say(text), 'sent');
    else await speak(name, text, minutesAgo);
    await who.row(text).waitFor();
  }
}

await take('empty', { viewport: { width: 1100, height: 640 } }, (who) => who.connect(machine.page));
await take('wide-light', { viewport: { width: 1280, height: 890 } }, async (who) => {
  await who.connect(machine.page);
  await talk(who);
  await who.composer.fill('Shall I bring the adapter?');
});
await take(
  'narrow-dark',
  {
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 2,
    colorScheme: 'dark',
    hasTouch: true,
  },
  async (who) => {
    await who.connect(machine.page);
    await talk(who);
  },
);
await take('failed', { viewport: { width: 780, height: 520 } }, async (who) => {
  const wire = await wireOf(who.page);
  await who.connect(machine.page);
  await speak('Ada', 'Did the last build pass on your side, too?', 2);
  await who.row('Did the last build').waitFor();
  wire.instead((frame) => {
    const { messageId } = JSON.parse(frame) as { messageId: string };
    const message = 'You are not in this room.';
    wire.inject({ type: 'error', ref: messageId, code: 'NotInRoom', retry: false, message });
  });
  await becomes(
    await who.say('It did. All green since this morning, and twice as fast.'),
    'failed',
  );
  wire.instead(() => {});
  await becomes(await who.say('Shall we cut the release?'), 'pending');
});

await browser.close();
bus.destroy();
await machine.stop();
