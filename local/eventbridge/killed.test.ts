// A bus that is killed in the middle of a delivery: what it had taken over is delivered by the next.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { busesPlan, entry, fakeTargets, recordingLog } from '../testing/fake-targets.ts';
import { startBus } from './event-bus.ts';

const PATIENCE_MS = 10_000;
const here = (file: string) => JSON.stringify(new URL(file, import.meta.url).href);

/** Its only target never answers; it says `taken` once PutEvents has answered. */
const program = (folder: string) => `
  const { startBus } = await import(${here('event-bus.ts')});
  const { silent } = await import(${here('../log.ts')});
  const bus = startBus(${JSON.stringify(busesPlan())}, {
    aws: { call: () => new Promise(() => {}) },
    log: silent,
    folder: ${JSON.stringify(folder)},
  });
  const { FailedEntryCount } = await bus.call('PutEvents', { Entries: [${JSON.stringify(entry({ messageId: 'm1' }))}] });
  console.log('taken', FailedEntryCount);
  setInterval(() => {}, 1000);
`;

test('what PutEvents answered for survives SIGKILL', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'killed-'));
  const args = ['--no-warnings', '--input-type=module', '--eval', program(folder)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [said] = await once(child.stdout, 'data');
    expect(String(said)).toBe('taken 0\n');
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    expect(await ended).toEqual([null, 'SIGKILL']);

    const aws = fakeTargets();
    const { log, hops } = recordingLog();
    const bus = startBus(busesPlan(), { aws, log, folder });
    expect(await bus.settled(PATIENCE_MS)).toBe(true);
    await bus.stop();
    expect(hops).toMatchObject([{ messageId: 'm1', status: 'delivered' }]);
    expect(aws.calls).toMatchObject([{ action: 'StartExecution' }]);
  } finally {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  }
});
