// docs/data-model.md: every key that the code has, and no row or store function that it has not.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';

process.env.CONNECTIONS_TABLE = 'Connections';
const keys = await import('../shared/src/store/keys.ts');

const ROOT = resolve(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const page = read('docs/data-model.md');
const section = (name: string) => page.split(`\n## ${name}\n`)[1]?.split('\n## ')[0] ?? '';
/** Cells of the rows of all tables below a heading. */
const rowsOf = (name: string) =>
  section(name)
    .split('\n')
    .filter((line) => /^\| (?!row )/.test(line))
    .map((line) => line.split('|').slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()));
const ticked = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text);

/** Each key function, called with the names that the page has for what varies. */
const KEYS: { [name: string]: { pk: { S: string }; sk: { S: string } } } = {
  connectionKey: keys.connectionKey('<connectionId>'),
  subscriptionKey: keys.subscriptionKey(
    { topic: '<topic>', shard: '<shard>' as unknown as number },
    '<connectionId>',
  ),
  sessionKey: keys.sessionKey('<userId>', '<clientId>'),
  rosterKey: keys.rosterKey('<room>', { userId: '<userId>', connectionId: '<connectionId>' }),
  presenceKey: keys.presenceKey('<room>', '<userId>'),
  crowdKey: keys.crowdKey('<room>'),
  roomKey: keys.roomKey('<room>'),
  memberKey: keys.memberKey('<room>', '<userId>'),
  publicRoomKey: keys.publicRoomKey('<room>'),
  lookKey: keys.lookKey('<look>'),
  membershipKey: keys.membershipKey('<userId>', '<room>'),
  invitedKey: keys.invitedKey('<userId>'),
  invitedRowKey: keys.invitedRowKey('<userId>', '<room>'),
  conversationKey: keys.conversationKey('<userId>', '<room>'),
  conversationDayKey: keys.conversationDayKey('<userId>', '<list>', '<day>', '<room>'),
  userNicknameKey: keys.userNicknameKey('<userId>'),
  roomsMadeKey: keys.roomsMadeKey('<userId>', '<day>'),
  invitesMadeKey: keys.invitesMadeKey('<userId>', '<day>'),
  reserveKey: keys.reserveKey('<userId>'),
  renamesKey: keys.renamesKey('<userId>'),
  nicknameKey: keys.nicknameKey('<folded>'),
  roomRateKey: keys.roomRateKey('<room>'),
  reconnectsKey: keys.reconnectsKey('<hour>'),
  handshakesKey: keys.handshakesKey('<digest>'),
};

const stores = readdirSync(join(ROOT, 'shared/src/store'))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => read(`shared/src/store/${file}`))
  .join('\n');
const machines = ['message-distribution', 'presence-change'];
const asl = machines.map((name) => read(`workflows/statemachine/${name}.asl.json`)).join('\n');

describe('docs/data-model.md', () => {
  test('states the key of each kind of row of ConnectionsTable, and no other', () => {
    const named = Object.keys(keys).filter((name) => name.endsWith('Key'));
    expect(Object.keys(KEYS).toSorted()).toEqual(named.toSorted());
    const stated = rowsOf('ConnectionsTable').map(([, pk, sk]) => [...ticked(pk), ...ticked(sk)]);
    const real = Object.values(KEYS).map(({ pk, sk }) => [pk.S, sk.S]);
    expect(stated.map(String).toSorted()).toEqual(real.map(String).toSorted());
  });

  test.each(
    ['ConnectionsTable', 'MessagesTable', 'ClaimsTable'].flatMap((table) =>
      rowsOf(table).map((cells) => [table, cells[0] ?? '', cells] as const),
    ),
  )('%s: %s names attributes, writers and readers that there are', (_, __, cells) => {
    const [writers = '', readers = ''] = cells.slice(-2);
    for (const name of [...ticked(writers), ...ticked(readers)]) {
      if (machines.includes(name)) continue;
      expect(stores).toMatch(new RegExp(`export (async )?(function|const) ${name}\\b`));
    }
    expect(ticked(writers).length * ticked(readers).length).toBeGreaterThan(0);
    for (const name of ticked(cells.at(-4)).filter((word) => /^[a-z]\w+$/i.test(word)))
      expect(stores + asl).toMatch(new RegExp(`\\b${name}\\b`));
  });

  test('names every attribute of the rows that the state machines put', () => {
    const items: object[] = [];
    for (const name of machines)
      JSON.parse(read(`workflows/statemachine/${name}.asl.json`), (key, value: unknown) => {
        if (key === 'Item' && typeof value === 'object' && value !== null) items.push(value);
        return value;
      });
    expect(items.length).toBeGreaterThan(3);
    const keyNames = ['pk', 'sk', 'room', 'seq', 'sender', 'messageId', 'expiresAt'];
    const unnamed = items
      .flatMap((item) => Object.keys(item))
      .filter((name) => !keyNames.includes(name) && !page.includes(`\`${name}\``));
    expect(unnamed).toEqual([]);
  });
});
