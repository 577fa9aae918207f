// node bench/hello.ts: how often one hello and one ping ask DynamoDB and the bus, and how many waits that makes; the table of bench/hello.md.
import { setTimeout as sleep } from 'node:timers/promises';
import { startAws } from '../tests/product/aws.ts';
import { context, handshake, helloEvent, routeEvent } from '../tests/product/sample.ts';

const SECRETS = ['a', 'b'].map((letter) => letter.repeat(43));
/** Calls that begin before the line has been quiet for so long wait for the same answers. */
const QUIET_MS = 40;
/** A sandbox believes its count of arrivals for two seconds: each hello here comes to one that has none. */
const IDLE_MS = 2_100;

const aws = await startAws('ConnectFunction', 'HelloFunction', 'PingFunction');
const { handler: connect } = await import('../api/src/routes/connect.ts');
const { handler: hello } = await import('../api/src/routes/hello.ts');
const { handler: ping } = await import('../api/src/routes/ping.ts');

let made: string[] = [];
let waits = 0;
let held = Promise.withResolvers<void>();
let quiet: NodeJS.Timeout | undefined;
aws.hold = (action) => {
  made.push(action);
  clearTimeout(quiet);
  quiet = setTimeout(() => {
    waits += 1;
    held.resolve();
    held = Promise.withResolvers();
  }, QUIET_MS);
  return held.promise;
};

async function count(what: string, of: () => Promise<unknown>): Promise<void> {
  await sleep(IDLE_MS);
  const told = aws.entries.length;
  made = [];
  waits = 0;
  await of();
  const kinds = [...new Set(made)].toSorted();
  const each = kinds.map((kind) => `${made.filter((one) => one === kind).length} ${kind}`);
  const events = aws.entries.length - told;
  console.log(`| ${what} | ${made.length} | ${waits} | ${events} | ${each.join(', ')} |`);
}

let connections = 0;
let connectionId = '';
const V1 = { 'Sec-WebSocket-Protocol': 'chat.v1' };
async function dial(): Promise<void> {
  connections += 1;
  connectionId = `c${connections}=`;
  await connect(handshake(connectionId, V1), context());
}
const says = (fields: Record<string, unknown>) =>
  hello(helloEvent(connectionId, { epoch: connections, ...fields }), context());
const pings = () => ping(routeEvent('ping', { connectionId }), context());
/** As if the leases had been renewed half of their length ago. */
async function age(): Promise<void> {
  const leaseUntil = { S: new Date(Date.now() + 45_000).toISOString() };
  for (const row of await aws.rows(aws.tables.connections))
    if (row.pk?.S?.startsWith('roster#'))
      await aws.put(aws.tables.connections, { ...row, leaseUntil });
}

console.log('| what | DynamoDB calls | one after another | events | which |');
console.log('|---|---|---|---|---|');
for (const [at, secret] of SECRETS.entries()) {
  const nine = Array.from({ length: 9 }, (_, room) => `room-${room}`);
  const rooms = at === 0 ? undefined : ['lobby', ...nine];
  const where = at === 0 ? 'the lobby alone' : 'ten rooms';
  await dial();
  await count(`${where}: first hello, with a nickname`, () =>
    says({ secret, rooms, nickname: `Ada ${secret[0]}` }),
  );
  await count(`${where}: hello again on the same socket`, () =>
    says({ secret, rooms: undefined, nickname: undefined }),
  );
  await dial();
  await count(`${where}: hello after a cut line`, () =>
    says({ secret, rooms: undefined, nickname: undefined }),
  );
  await count(`${where}: ping, count and lease to be read`, pings);
  await count(`${where}: ping, count known`, pings);
  await age();
  await count(`${where}: ping, count known, lease renewed`, pings);
}
await aws.stop();
