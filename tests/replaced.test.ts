// One connection of a client lives: on a whole machine, from the hello over bus, rule and function to the socket's end.

import { afterAll, beforeAll, test } from '@jest/globals';
import { type Machine, startMachine } from './browser/machine.ts';
import { type Line, me, openLine } from './product/line.ts';

const lines: Line[] = [];
let machine: Machine;

beforeAll(async () => {
  machine = await startMachine();
});
afterAll(async () => {
  for (const line of lines) line.cut();
  await machine.stop();
});

async function open(): Promise<Line> {
  const line = await openLine(machine.websocket);
  lines.push(line);
  return line;
}
test('the older is told, then cut; the newer lives on, and who comes late with an older epoch is told and cut too', async () => {
  const clientId = crypto.randomUUID();
  const [older, newer] = [await open(), await open()];
  older.send(me({ clientId, epoch: 1 }));
  await older.hears({ type: 'welcome' });
  newer.send(me({ clientId, epoch: 2 }));
  await newer.hears({ type: 'welcome' });
  await older.hears({ type: 'replaced', epoch: 2 });
  await older.ended;
  newer.send({ action: 'ping', n: 1 });
  await newer.hears({ type: 'pong', n: 1 });
  const last = await open();
  last.send(me({ clientId, epoch: 1 }));
  await last.hears({ type: 'replaced', epoch: 2 });
  await last.ended;
});
