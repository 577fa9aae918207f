// A server that misbehaves on request: events three times, late and out of order, dropped posts, cut sockets, no `$disconnect`.
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, expect, test } from '@jest/globals';
import { agree, everybodyLeaves, joinLive, type Member } from '../delivery/member.ts';
import { type LocalRuntime, startLocal } from './runtime.ts';
import { CONNECTIONS_TABLE, DEVELOPER, storedMessages } from './stored.ts';

const seed = Number(process.env.CONTRACT_SEED ?? 1);
const copies = 3;
const TIME_MS = 90_000;
let chat: LocalRuntime | undefined;

afterEach(async () => {
  await everybodyLeaves();
  await chat?.stop();
  chat = undefined;
});

/** Whether the fault was there at all: a run without it proves nothing. */
type Happened = (members: Member[], chat: LocalRuntime) => boolean | Promise<boolean>;

const told = ({ proxy }: Member, type: string) =>
  proxy.seen
    .filter(({ way, name }) => way === 'down' && name === type)
    .map(({ text }) => JSON.parse(text) as { messageId: string; seq: number; code: string });
const isDoubled: Happened = (members) =>
  members.some((member) => {
    const ids = told(member, 'message').map(({ messageId }) => messageId);
    return new Set(ids).size < ids.length;
  });
const isOutOfOrder: Happened = (members) =>
  members.some((member) =>
    told(member, 'message').some(({ seq }, at, all) => at > 0 && seq < (all[at - 1]?.seq ?? 0)),
  );
const isForgotten: Happened = (members) =>
  members.some(
    (member) =>
      member.proxy.dials > 1 || told(member, 'error').some(({ code }) => code === 'NotConnected'),
  );
const isCut: Happened = (members) => members.some(({ proxy }) => proxy.dials > 1);
/** Nobody on a socket sees it: so asked of the table, a hundred times, each at a tenth. */
const isThrottled: Happened = async (_, { aws }) => {
  const options = { endpoint: aws, region: 'us-east-1', credentials: DEVELOPER, maxAttempts: 1 };
  const client = new DynamoDBClient(options);
  const Key = { pk: { S: 'nobody' }, sk: { S: 'nothing' } };
  const get = () => client.send(new GetItemCommand({ TableName: CONNECTIONS_TABLE, Key }));
  const fares = await Promise.allSettled(Array.from({ length: 100 }, get));
  client.destroy();
  return fares.some(
    (fare) =>
      fare.status === 'rejected' &&
      (fare.reason as Error).name === 'ProvisionedThroughputExceededException',
  );
};

test('I1: a burst above the account’s rate of posts ends no socket, and pong’s heads repair it', async () => {
  const faults = JSON.stringify({ gateway: { postsPerS: 2 } });
  chat = await startLocal(['--verbose', '--faults', faults]);
  const { websocket } = chat;
  const members = await Promise.all([1, 2, 3, 4].map(() => joinLive(websocket, 'burst')));
  const said = members.flatMap((member, at) => [0, 1, 2].map((n) => member.says(`${at} ${n}`)));
  const ids = await Promise.all(said);
  await agree(members, ids.length, TIME_MS);
  const stored = (await storedMessages(chat.aws)).map(({ messageId }) => messageId);
  expect(stored.toSorted()).toEqual(ids.toSorted());
  // Live frames alone would have been one per message and member.
  const live = members.reduce((sum, member) => sum + told(member, 'message').length, 0);
  expect(live).toBeLessThan(ids.length * members.length);
  await everybodyLeaves();
  const { stderr } = await chat.end('SIGINT');
  expect(stderr).toContain('POST @connections 429');
  expect(stderr).not.toContain('DELETE @connections');
});

test.each<[string, object, Happened]>([
  ['I2: the bus delivers everything three times', { bus: { copies, seed } }, isDoubled],
  [
    // 60 s on the clients' hasty clock; in the search of interleavings an execution is as late as it likes.
    'I4, I5, I6: the bus is late by up to a minute of the clients’, and out of order',
    { bus: { copies, delayMs: [0, 12_000], seed } },
    isOutOfOrder,
  ],
  [
    'I1: a third of all posts finds its connection gone',
    { gateway: { goneRate: 0.33, seed } },
    isForgotten,
  ],
  [
    'I1, I13: sockets are cut at random, and no leaving is told',
    { gateway: { cutRate: 0.05, loseDisconnects: true, seed } },
    isCut,
  ],
  [
    'I1: posts and tables are throttled',
    { gateway: { throttleRate: 0.2, seed }, tables: { throttleRate: 0.1, seed } },
    isThrottled,
  ],
])('%s', async (_, faults, happened) => {
  chat = await startLocal(['--faults', JSON.stringify(faults)]);
  const { websocket } = chat;
  const members = await Promise.all([1, 2, 3].map(() => joinLive(websocket, 'faulty')));
  const counts = [0, 1, 2];
  const said = members.flatMap((member, at) => counts.map((n) => member.says(`${at} ${n}`)));
  const ids = await Promise.all(said);
  const list = await agree(members, said.length, TIME_MS);
  for (const at of members.keys()) {
    const own = list.map(({ text }) => text).filter((text) => text.startsWith(`${at} `));
    expect(own).toEqual(counts.map((n) => `${at} ${n}`));
  }
  expect(await happened(members, chat)).toBe(true);
  const stored = (await storedMessages(chat.aws)).map(({ messageId }) => messageId);
  expect(stored.toSorted()).toEqual(ids.toSorted());
});
