// npx --no node bench/page.ts [seconds]: how the page bears 50 messages a second, and how soon one's own words stand there.
import { launchChromium } from '../tests/browser/chromium.ts';
import { told } from '../tests/browser/long-room.ts';
import { startMachine } from '../tests/browser/machine.ts';
import { visitor } from '../tests/browser/visitor.ts';
import { wireOf } from '../tests/browser/wire.ts';

const RATE = 50;
const SECOND_MS = 1_000;
/** A task over this is a long one: https://www.w3.org/TR/longtasks-1/ */
const LONG_MS = 50;
const OWN = 20;
/** So many numbers are left to the server, which gives the page's own messages theirs. */
const FIRST = 1_000;
const seconds = Number(process.argv[2] ?? 20);

interface Counted {
  frames: number;
  shownAfterMs: number[];
}
/** Times in microseconds; `tdur` is what the thread worked, without what it waited for a core. */
interface TraceEvent {
  name: string;
  cat: string;
  pid: number;
  tid: number;
  dur?: number;
  tdur?: number;
  args: { name?: string };
}

const machine = await startMachine();
const browser = await launchChromium();
const ada = await visitor(browser);
const wire = await wireOf(ada.page);
await ada.connect(machine.page);
await ada.page.evaluate(() => {
  const counted: Counted = { frames: 0, shownAfterMs: [] };
  let pressedAt = 0;
  const pressed = ({ key, timeStamp }: KeyboardEvent) => {
    if (key === 'Enter') pressedAt = timeStamp;
  };
  document.addEventListener('keydown', pressed, { capture: true });
  new MutationObserver((changes) => {
    const rows = changes.flatMap(({ addedNodes }) => [...addedNodes]);
    const isOwn = rows.some((row) => row instanceof Element && row.matches('.own'));
    if (isOwn) counted.shownAfterMs.push(performance.now() - pressedAt);
  }).observe(document.querySelector('.log ol') ?? document, { childList: true });
  const frame = () => {
    counted.frames += 1;
    requestAnimationFrame(frame);
  };
  frame();
  Object.assign(window, { counted });
});
const counts = () => ada.page.evaluate(() => (window as unknown as { counted: Counted }).counted);

const categories = ['disabled-by-default-devtools.timeline'];
await browser.startTracing(ada.page, { categories });
const begun = Date.now();
for (let seq = 1; seq <= seconds * RATE; seq += 1) {
  const dueMs = (seq * SECOND_MS) / RATE - (Date.now() - begun);
  if (dueMs > 0) await new Promise((due) => setTimeout(due, dueMs));
  wire.inject(told(FIRST + seq));
}
await ada.row(`number ${FIRST + seconds * RATE}`).waitFor();
const took = (Date.now() - begun) / SECOND_MS;
const { traceEvents } = JSON.parse(String(await browser.stopTracing())) as {
  traceEvents: TraceEvent[];
};
const { frames } = await counts();
for (let n = 0; n < OWN; n += 1) await ada.say(`own ${n}`);
const shown = (await counts()).shownAfterMs.toSorted((a, b) => a - b);

const pages = new Set(
  traceEvents
    .filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
    .map(({ pid, tid }) => `${pid} ${tid}`),
);
const tasks = traceEvents.filter(
  ({ name, pid, tid }) => name === 'RunTask' && pages.has(`${pid} ${tid}`),
);
const sorted = (times: (number | undefined)[]) =>
  times.map((time = 0) => time / 1_000).sort((a, b) => b - a);
const worked = sorted(tasks.map(({ tdur }) => tdur));
const lasted = sorted(tasks.map(({ dur }) => dur));
const long = (times: number[]) => times.filter((time) => time > LONG_MS).length;
const sum = worked.reduce((a, b) => a + b, 0);

console.log(`${seconds * RATE} messages in ${took.toFixed(1)} s, ${await ada.rows.count()} rows`);
console.log(`frames a second: ${(frames / took).toFixed(0)}`);
console.log(`main thread at work: ${((100 * sum) / (took * SECOND_MS)).toFixed(0)} %`);
console.log(
  `longest task: ${worked[0]?.toFixed(1)} ms of work, ${lasted[0]?.toFixed(1)} ms on the wall`,
);
console.log(`tasks over ${LONG_MS} ms: ${long(worked)} by work, ${long(lasted)} by the wall`);
console.log(
  `own words on the page after Enter, median: ${shown[shown.length >> 1]?.toFixed(0)} ms`,
);
await browser.close();
await machine.stop();
