// Promise: hundreds who leave at once leave no stale row and keep nobody from coming.
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type Client, everybodyLeaves, join } from './client.ts';
import { type LocalRuntime, startLocal } from './runtime.ts';
import { connectionRows, eventually } from './stored.ts';

const CROWD = 300;
/** How many handshakes are under way at once: a crowd, yet below API Gateway's 500 a second. */
const AT_THE_DOOR = 50;
const NEWCOMERS = 10;
const DEADLINE_MS = 90_000;

let runtime: LocalRuntime;
beforeAll(async () => {
  runtime = await startLocal(['--quiet']);
});
afterEach(everybodyLeaves);
afterAll(() => runtime.stop());

test(
  '300 leave without a word: newcomers are let in, are heard, and no row stays',
  async () => {
    const { websocket, aws } = runtime;
    const crowd: Client[] = [];
    while (crowd.length < CROWD) {
      const some = Array.from({ length: AT_THE_DOOR }, () => join(websocket, 'plain'));
      crowd.push(...(await Promise.all(some)));
    }
    expect(connectionsIn(await connectionRows(aws))).toHaveLength(CROWD);

    for (const client of crowd) client.vanish();
    const newcomers = await Promise.all(Array.from({ length: NEWCOMERS }, () => join(websocket)));
    const said = newcomers.slice(0, 2).map((client, at) => client.says(`Newcomer ${at}`));
    for (const client of newcomers) for (const id of said) await client.hears(id);

    const rows = await eventually(
      'a table with the newcomers only',
      () => connectionRows(aws),
      (seen) => connectionsIn(seen).length === NEWCOMERS,
    );
    // Each has its connection, its place in the lobby and its own topic; leases, counts, claims and rosters outlive connections.
    const hearing = rows.filter((row) => /^(connection|topic)#/.test(row));
    expect(hearing).toHaveLength(3 * NEWCOMERS);
  },
  DEADLINE_MS,
);

const connectionsIn = (rows: string[]) => rows.filter((row) => row.startsWith('connection#'));
