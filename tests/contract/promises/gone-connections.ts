// Promise: a connection that is gone harms nobody, and its rows vanish.
import { describe, expect, test } from '@jest/globals';
import { join } from '../client.ts';
import type { Stage } from '../promises.ts';
import { CONNECTIONS_TABLE, connectionRows, eventually, put } from '../stored.ts';

/** A connection nobody has, as the table would hold one whose `$disconnect` was lost. */
const GHOST = 'ghost-connection=';

export function goneConnections({ chat, aws, tables }: Stage): void {
  describe('a gone connection', () => {
    test('without a closing handshake keeps no message from the others', async () => {
      const url = chat().websocket;
      const [alice, bob, ...leavers] = await Promise.all(
        Array.from({ length: 6 }, () => join(url)),
      );
      if (alice === undefined || bob === undefined) throw new Error('Nobody joined');
      for (const leaver of leavers) leaver.vanish();
      for (let at = 0; at < 3; at += 1) {
        const messageId = alice.says(`Anybody left? ${at}`);
        await Promise.all([alice.hears(messageId), bob.hears(messageId)]);
      }
      if (!tables) return;
      // A plain client of a few seconds is not forgotten at once: its handshake may still be under way. So somebody goes on speaking.
      const rows = await eventually(
        'a table with the rows of those who are still here only',
        async () => {
          await bob.hears(alice.says('And now?'));
          return connectionRows(aws());
        },
        (seen) => seen.filter((row) => row.startsWith('connection#')).length === 2,
      );
      expect(rows.filter((row) => row.startsWith('topic#room:lobby#'))).toHaveLength(2);
    });

    (tables ? test : test.skip)('that only a row remembers is forgotten', async () => {
      const [alice, bob] = await Promise.all([join(chat().websocket), join(chat().websocket)]);
      await writeGhost(aws());
      const messageId = alice.says('Is somebody there?');
      await Promise.all([alice.hears(messageId), bob.hears(messageId)]);
      const rows = await eventually(
        'a table without the ghost',
        () => connectionRows(aws()),
        (seen) => !seen.some((row) => row.includes(GHOST)),
      );
      expect(rows.filter((row) => row.startsWith('topic#room:lobby#')).length).toBeGreaterThan(1);
    });
  });
}

async function writeGhost(aws: string): Promise<void> {
  const expiresAt = { N: String(Math.floor(Date.now() / 1000) + 3600) };
  const topics = ['room:lobby', 'user:guest-ghost'];
  await put(aws, CONNECTIONS_TABLE, {
    pk: { S: `connection#${GHOST}` },
    sk: { S: 'connection' },
    userId: { S: 'guest-ghost' },
    nickname: { S: 'ghost' },
    protocol: { S: 'v1' },
    subscriptions: { S: JSON.stringify(topics.map((topic) => ({ topic, shard: 0 }))) },
    expiresAt,
  });
  for (const topic of topics) {
    const Item = { pk: { S: `topic#${topic}#0` }, sk: { S: GHOST }, expiresAt };
    await put(aws, CONNECTIONS_TABLE, Item);
  }
}
