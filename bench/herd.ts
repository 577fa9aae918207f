// node bench/herd.ts [clients] [seed]: 10,000 clients cut at once against 500 doors a second: what each reconnect policy does to the doors.
import { type Crowd, hubbub, type MakeClient, stampede, waiting } from './herd-crowd.ts';

const PHOENIX_MS = [10, 50, 100, 150, 200, 250, 500, 1000, 2000];
const doubling = (tries: number) => Math.min(30_000, 1000 * 2 ** tries);

/** The last but one is Hubbub's own without the spread of the first try. */
const POLICIES: [string, MakeClient][] = [
  ['Phoenix: a table of waits, no jitter', waiting((tries) => PHOENIX_MS[tries] ?? 5000)],
  ['exponential 1 to 30 s, no jitter', waiting(doubling)],
  ['Mattermost: 3 s and 0 to 2 s', waiting((_, random) => 3000 + 2000 * random())],
  [
    'Ably: at once, then a ladder of 15 s × 0.8 to 1',
    waiting((tries, random) =>
      tries === 0 ? 0 : 15_000 * Math.min(2, (tries + 2) / 3) * (0.8 + 0.2 * random()),
    ),
  ],
  ['full jitter 1 to 30 s', waiting((tries, random) => random() * doubling(tries))],
  [
    'full jitter 2 to 60 s, first try too',
    waiting((tries, random) => random() * Math.min(60_000, 2000 * 2 ** tries)),
  ],
  ['**Hubbub**: first try spread as `welcome` told', hubbub],
];

const [clients = 10_000, seed = 1] = process.argv.slice(2).map(Number);
const crowd: Crowd = { clients, seed, doorsPerS: 500 };
const count = (value: number) => value.toLocaleString('en-US');
const seconds = (value: number) => `${value.toFixed(0)} s`;

function table(heading: string, rows: [string, Crowd, MakeClient][]): void {
  console.log(`| ${heading} | peak tries/s | tries | 99 % back | all back |`);
  console.log('|---|---:|---:|---:|---:|');
  for (const [name, herd, make] of rows) {
    const { peakTriesPerS, tries, p99BackS, allBackS } = stampede(herd, make);
    const cells = [name, count(peakTriesPerS), count(tries), seconds(p99BackS), seconds(allBackS)];
    console.log(`| ${cells.join(' | ')} |`);
  }
  console.log();
}

table(
  'policy',
  POLICIES.map(([name, make]) => [name, crowd, make]),
);
table(
  'the server counted',
  [0.25, 0.5, 1, 1.2, 2].map((share) => {
    const counted = Math.round(clients * share);
    return [`${count(counted)} of ${count(clients)}`, { ...crowd, counted }, hubbub];
  }),
);
