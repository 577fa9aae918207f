// Rooms and direct messages, held to their promises while the bus delivers everything three times, late and out of order.
import { roomPromises } from './rooms-promises.ts';
import { startLocal } from './runtime.ts';

const seed = Number(process.env.CONTRACT_SEED ?? 1);
const bus = { copies: 3, delayMs: [0, 300], dropRate: 0, seed };

roomPromises(`Rooms with faults of seed ${seed}`, () =>
  startLocal(['--faults', JSON.stringify({ bus, gateway: { loseDisconnects: true } })]),
);
