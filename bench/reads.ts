// node bench/reads.ts [checkout]: how many read units and calls one answer of history, members and rooms costs; the table of bench/reads.md.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Member } from '../shared/src/protocol/frames.ts';
import { type Row, startAws } from '../tests/product/aws.ts';
import { countReads } from '../tests/product/read-units.ts';
import { context, frameIn, routeEvent } from '../tests/product/sample.ts';

/** Another checkout's functions are measured against this one's tables. */
const root = pathToFileURL(`${resolve(process.argv[2] ?? '.')}/`);
const aws = await startAws(
  ...['ConnectFunction', 'HistoryFunction', 'MembersFunction', 'RoomsFunction'],
);
type Handler = typeof import('../api/src/routes/history.ts').handler;
const load = async (file: string) => (await import(new URL(file, root).href)) as object;
const routes = {
  history: (await load('api/src/routes/history.ts')) as { handler: Handler },
  members: (await load('api/src/routes/members.ts')) as { handler: Handler },
  rooms: (await load('api/src/routes/rooms.ts')) as { handler: Handler },
};
const { open } = (await load('shared/src/store/connections.ts')) as {
  open: typeof import('../shared/src/store/connections.ts').createConnection;
};

interface Told {
  items?: unknown[];
  members?: Member[];
  rooms?: unknown[];
  count?: number;
}

async function ask(action: keyof typeof routes, what: string, fields = {}): Promise<void> {
  const reads = countReads(aws);
  const event = routeEvent(action, { connectionId: 'c1=', body: { action, ...fields } });
  const answer = frameIn(await routes[action].handler(event, context())) as Told;
  aws.hold = undefined;
  const entries = answer.items ?? answer.members ?? answer.rooms ?? [];
  const count = answer.count === undefined ? '' : `, count ${answer.count}`;
  console.log(
    `| ${action}: ${what} | ${entries.length}${count} | ${reads.units} | ${reads.calls} |`,
  );
}

async function enter(room: string): Promise<void> {
  await aws.reset();
  const me = { userId: 'u_me', nickname: 'Ada', clientId: 'client-1', protocol: 'v1' as const };
  await open({ ...me, connectionId: 'c1=', subscriptions: [{ topic: `room:${room}`, shard: 0 }] });
}
const at = (ms: number) => ({ S: new Date(Date.now() + ms).toISOString() });
const row = (pk: string, sk: string, rest: Row) =>
  aws.put(aws.tables.connections, { pk: { S: pk }, sk: { S: sk }, ...rest });

async function talk(room: string, texts: string[]): Promise<void> {
  await enter(room);
  const put = (seq: number, rest: Row) =>
    aws.put(aws.tables.messages, { room: { S: room }, seq: { N: String(seq) }, ...rest });
  await put(0, { head: { N: String(texts.length) }, shards: { N: '1' } });
  for (const [place, text] of texts.entries())
    await put(place + 1, {
      ...{ messageId: { S: crypto.randomUUID() }, userId: { S: `guest-${'0'.repeat(24)}` } },
      ...{ nickname: { S: 'guest-00000000' }, text: { S: text }, expiresAt: { N: '0' } },
      sentAt: at(-300_000),
    });
}

async function people(
  room: string,
  {
    here,
    away = 0,
    removed = 0,
    isPrivate = false,
  }: { here: number; away?: number; removed?: number; isPrivate?: boolean },
): Promise<void> {
  await enter(room);
  const visibility = { S: isPrivate ? 'private' : 'public' };
  await row(`room#${room}`, 'room', { visibility, createdBy: { S: 'u_me' } });
  const nickname = { S: 'guest-00000000' };
  const id = (kind: string, n: number) => `guest-${kind}${String(n).padStart(20, '0')}`;
  const seen = (userId: string, shown: string, ms: number) =>
    row(`presence#${room}`, userId, {
      ...{ nickname, shown: { S: shown }, shownAt: at(ms), seenAt: at(ms) },
      expiresAt: { N: '9999999999' },
    });
  const member = (userId: string) =>
    isPrivate
      ? row(`room#${room}`, `member#${userId}`, { role: { S: 'member' }, joinedAt: at(0) })
      : undefined;
  for (let n = 0; n < here; n += 1) {
    await row(`roster#${room}`, `${id('here', n)}#L0SM9cOFvHcCIhw=`, {
      ...{ nickname, at: at(0), leaseUntil: at(600_000), expiresAt: { N: '9999999999' } },
    });
    await seen(id('here', n), 'online', 0);
    await member(id('here', n));
  }
  for (let n = 0; n < away; n += 1) {
    await seen(id('away', n), 'offline', -60_000 - n);
    await member(id('away', n));
  }
  for (let n = 0; n < removed; n += 1) await seen(id('gone', n), 'offline', -30_000);
}

const hundred = (text: string) => Array.from({ length: 100 }, () => text);
const LONG = '😀'.repeat(4_000);

console.log('| answer | entries | read units | reading calls |');
console.log('|---|---|---|---|');
for (const [what, texts] of [
  ['50 of 200 bytes (what the page asks for)', hundred('x'.repeat(200)).slice(50)],
  ['100 of 2 bytes', hundred('hi')],
  ['100 of 200 bytes', hundred('x'.repeat(200))],
  ['100 of 4,000 bytes', hundred('x'.repeat(4_000))],
  ['100 of 16,000 bytes', hundred(LONG)],
  ['60 of 16,000 bytes below 9 of 2', [...hundred(LONG).slice(40), ...hundred('hi').slice(91)]],
] as const) {
  const room = `room-${what.replace(/\W/g, '')}`;
  await talk(room, [...texts]);
  await ask('history', what, { room, limit: texts.length });
  if (texts.length === 69) await ask('history', `${what}, asked again`, { room, limit: 100 });
  if (what.startsWith('100 of 200'))
    await ask('history', `${what}, 20 ranges of one`, {
      ...{ room, limit: 100 },
      ranges: Array.from({ length: 20 }, (_, n) => [3 * n + 1, 3 * n + 1]),
    });
}
for (const [what, who] of [
  ['5 here, 5 away', { here: 5, away: 5 }],
  ['100 here, 100 away', { here: 100, away: 100 }],
  ['5 here, 2,000 away', { here: 5, away: 2_000 }],
  ['2,000 here', { here: 2_000 }],
  ['private, 5 here, 20 away', { here: 5, away: 20, isPrivate: true }],
  [
    'private, 2 here, 10 away, 2,000 removed',
    { here: 2, away: 10, removed: 2_000, isPrivate: true },
  ],
  ['private, 2 here, 1,000 away', { here: 2, away: 1_000, isPrivate: true }],
] as const) {
  await people('den', who);
  await ask('members', what, { room: 'den' });
  if (who.here > 100) await ask('members', `${what}, within 10 s`, { room: 'den' });
}
for (const [what, letters] of [
  ['1,000 of usual names', 'tea-room-'],
  ['1,000 of the longest names', '𐰀'.repeat(60)],
] as const) {
  await enter('lobby');
  for (let n = 1_000; n < 2_000; n += 1)
    await row('rooms', `${letters}${n}`, {
      ...{ title: { S: `${letters}${n}` }, expiresAt: { N: '9999999999' } },
    });
  await ask('rooms', what);
}
await aws.stop();
