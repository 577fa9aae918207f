// A machine of one's own: `npm start` as a process, on free ports, stopped by Ctrl-C as a person would.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

export interface Machine {
  page: string;
  websocket: string;
  aws: string;
  /** Ctrl-C, and wait until it is gone. */
  stop(): Promise<void>;
}

/**
 * `flags` as after `npm start --`; a port not given is a free one, nothing is kept unless `--data` is given.
 * `root`: another checkout. Throws what the process said when it ends before it is ready.
 */
export async function startMachine(
  flags: string[] = ['--memory'],
  root = resolve(import.meta.dirname, '../..'),
): Promise<Machine> {
  const ports = flags.includes('--port') ? [] : ['--port', '0', '--aws-port', '0'];
  const args = ['--import', './local/guard.js', 'local/main.ts', '--json', ...ports, ...flags];
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4_000);
  });
  const ended = once(child, 'exit');
  const leaveNoOrphan = () => child.kill('SIGINT');
  process.once('exit', leaveNoOrphan);
  child.once('exit', () => process.off('exit', leaveNoOrphan));
  const ready = await Promise.race([
    once(createInterface(child.stdout), 'line'),
    ended.then(() => {
      throw new Error(`The machine did not start:\n${said}`);
    }),
  ]);
  const where = JSON.parse(String(ready[0])) as Omit<Machine, 'stop'>;
  return { ...where, stop: () => stop(child, ended) };
}

/** As `startMachine`, but the page is built, as S3 serves it: it loads in half the time, and is what most people see. */
export function startBuilt(flags?: string[]): Promise<Machine> {
  const { BUILT_CHECKOUT } = process.env;
  if (!BUILT_CHECKOUT) throw new Error('Jest makes the built page: see set-up.ts.');
  return startMachine(flags, BUILT_CHECKOUT);
}

async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill('SIGINT');
  await ended;
}
