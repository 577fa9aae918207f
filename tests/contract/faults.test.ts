// The promises, held on this machine while the bus delivers everything three times, late and out of order, and no leaving is told.
import { promises } from './promises.ts';
import { startLocal } from './runtime.ts';

const COPIES = 3;
const seed = Number(process.env.CONTRACT_SEED ?? 1);
const faults = {
  bus: { copies: COPIES, delayMs: [0, 300], dropRate: 0, seed },
  gateway: { loseDisconnects: true },
};

promises(
  `Hubbub with faults of seed ${seed}`,
  () => startLocal(['--faults', JSON.stringify(faults)]),
  { copies: COPIES },
);
