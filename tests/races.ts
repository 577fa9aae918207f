// npm run races [-- rounds [seed [url [race]]]]: races of removals on real sockets, against a local runtime of its own or a server at `url`; one race alone by its name.
import { race } from './contract/removal-races.ts';
import { startLocal } from './contract/runtime.ts';

const [rounds = '1000', seed = String(Date.now() % 1_000_000), url, only] = process.argv.slice(2);
if (![rounds, seed].every((number) => /^[0-9]+$/.test(number)) || Number(rounds) === 0) {
  console.error(
    'Usage: npm run races [-- rounds [seed [url [race]]]]; rounds from 1, seed from 0.',
  );
  process.exit(2);
}
const runtime = url === undefined || url === '' ? await startLocal(['--quiet']) : undefined;
const began = Date.now();
let found: string[];
try {
  found = await race(runtime?.websocket ?? String(url), {
    ...{ rounds: Number(rounds), seed: Number(seed), lanes: 2, only },
  });
} finally {
  await runtime?.stop();
}
for (const violation of found) console.error(violation);
const seconds = ((Date.now() - began) / 1000).toFixed(0);
console.log(`${rounds} races, seed ${seed}: ${found.length} violations, ${seconds} s`);
process.exitCode = found.length === 0 ? 0 : 1;
