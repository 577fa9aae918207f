// node bench/heartbeat.ts: what one ping costs in CPU, and from it the table of docs/heartbeat.md.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { routeEvent } from '../tests/product/sample.ts';

const WARM = 2_000;
const PINGS = 10_000;
const CONNECTIONS = 1_000;
const DAY_S = 86_400;
const INTERVALS_S = [15, 30, 60, 240];

/** us-east-1, USD. WebSocket messages are metered by 32 KB; DynamoDB on demand; arm64. Lambda logs nothing of a ping that succeeds (SystemLogLevel WARN). */
const PRICE = {
  message: 1 / 1e6,
  request: 0.2 / 1e6,
  gigabyteSecond: 0.0000133334,
  readUnit: 0.125 / 1e6,
  writeUnit: 0.625 / 1e6,
  connectionMinute: 0.25 / 1e6,
};
/** Of the function: 256 MB get 256 / 1,769 of a vCPU. */
const MEMORY_MB = 256;
const VCPU = MEMORY_MB / 1_769;
/** Waiting for DynamoDB, one after the other: the bucket; the lease read and renewed; the heads. Single-digit ms by its own page. Assumed. */
const WAIT_MS = 4 * 4;
/** Of one ping in one room: half for each of the two lists of conversations and for the lease, the head, the roster's count, and the row again once the lease is renewed. */
const READ_UNITS = 4.5;
/** The bucket, and the lease in one roster. */
const WRITE_UNITS = 2;

const answers: Record<string, unknown> = {
  GetItem: { Item: { leaseUntil: { S: new Date(Date.now() + 45_000).toISOString() } } },
  BatchWriteItem: { UnprocessedItems: {} },
  Query: { Items: [] },
  UpdateItem: {
    Attributes: {
      pk: { S: 'connection#L0SM9cOFvHcCIhw=' },
      sk: { S: 'connection' },
      userId: { S: 'u_iJ3uXwQ5vR8yT1zK4nM7pB' },
      nickname: { S: 'Ada' },
      protocol: { S: 'v1' },
      clientId: { S: '019b78f6-0a10-7b2d-8c41-5e9f7d6b3a21' },
      subscriptions: { S: JSON.stringify([{ topic: 'room:lobby', shard: 0 }]) },
      expiresAt: { N: '4102444800' },
    },
  },
  BatchGetItem: {
    Responses: {
      messages: [{ room: { S: 'lobby' }, seq: { N: '0' }, head: { N: '7' }, shards: { N: '1' } }],
    },
  },
};
const server = createServer((req, res) => {
  text(req).then(
    () => {
      const action = String(req.headers['x-amz-target']).split('.')[1] ?? '';
      res.setHeader('content-type', 'application/x-amz-json-1.0');
      res.end(JSON.stringify(answers[action]));
    },
    (error: unknown) => res.destroy(error instanceof Error ? error : undefined),
  );
});
await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
const { port } = server.address() as AddressInfo;
Object.assign(process.env, {
  AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'any',
  AWS_SECRET_ACCESS_KEY: 'any',
  CONNECTIONS_TABLE: 'connections',
  MESSAGES_TABLE: 'messages',
  BUS_NAME: 'bus',
  ...{ PING_AFTER_SECONDS: '30', MESSAGE_BURST: '10', MESSAGES_PER_SECOND: '2' },
});

const { handler } = await import('../api/src/routes/ping.ts');
const event = routeEvent('ping');
const ping = async (times: number) => {
  for (let n = 0; n < times; n += 1) await handler(event, {} as Parameters<typeof handler>[1]);
};
await ping(WARM);
const before = process.cpuUsage();
await ping(PINGS);
const { user, system } = process.cpuUsage(before);
/** The stub's own work is in it: an upper bound. */
const cpuMs = (user + system) / 1000 / PINGS;
server.closeAllConnections();
server.close();

const billedMs = Math.ceil(cpuMs / VCPU + WAIT_MS);
const each = {
  messages: 2 * PRICE.message,
  lambda: PRICE.request + (MEMORY_MB / 1024) * (billedMs / 1000) * PRICE.gigabyteSecond,
  tables: READ_UNITS * PRICE.readUnit + WRITE_UNITS * PRICE.writeUnit,
};
const sum = Object.values(each).reduce((total, one) => total + one, 0);
const usd = (amount: number) => `$${amount.toFixed(2)}`;

console.log(
  `CPU of a warm ping: ${cpuMs.toFixed(2)} ms; billed at ${MEMORY_MB} MB: ${billedMs} ms`,
);
console.log(
  `A ping: ${Object.entries(each)
    .map(([name, one]) => `${name} $${(one * 1e6).toFixed(2)}/M`)
    .join(', ')}; sum $${(sum * 1e6).toFixed(2)}/M`,
);
console.log('| interval | pings | messages | Lambda | DynamoDB | a day | a 30-day month |');
console.log('|---|---|---|---|---|---|---|');
for (const intervalS of INTERVALS_S) {
  const pings = (DAY_S / intervalS) * CONNECTIONS;
  const parts = Object.values(each).map((one) => usd(one * pings));
  const row = [
    `${intervalS} s`,
    `${pings / 1e6} M`,
    ...parts,
    usd(sum * pings),
    usd(sum * pings * 30),
  ];
  console.log(`| ${row.join(' | ')} |`);
}
console.log(`Being connected at all: ${usd(PRICE.connectionMinute * CONNECTIONS * 1_440)} a day.`);
