// The local runtime as a process of its own: started with flags, found by the line it prints, ended by its pid.
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

/** Generous: a slow machine fails no test, a runtime that never ends does. */
const DEADLINE_MS = 60_000;

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface LocalRuntime {
  page: string;
  websocket: string;
  aws: string;
  /** Sends the signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<Ended>;
  /** Ends it as Ctrl-C does. */
  stop(): Promise<void>;
}

/** Tests speak faster than people, all from one address: all but those of these limits ask for more than they allow. */
const TALKATIVE = [
  'MessageBurst=1000',
  'MessagesPerSecond=1000',
  'ConnectionsPerAddress=0',
  'RoomMessagesPerSecond=0',
].flatMap((parameter) => ['--parameter', parameter]);

/** Starts with free ports, in memory unless `--data` is among the flags; resolves when it is ready. */
export async function startLocal(flags: string[] = []): Promise<LocalRuntime> {
  const keeps = flags.includes('--data') ? [] : ['--memory'];
  const { child, ended } = run([
    ...['--json', '--port', '0', '--aws-port', '0'],
    ...keeps,
    ...TALKATIVE,
    ...flags,
  ]);
  const line = new Promise<string>((done) => {
    let seen = '';
    child.stdout?.on('data', (chunk: string) => {
      seen += chunk;
      if (seen.includes('\n')) done(seen);
    });
  });
  const early = ended.then(({ stderr }) => {
    throw new Error(`The runtime did not start: ${stderr}`);
  });
  const ready = await inTime(Promise.race([line, early]), 'The runtime was not ready', child);
  const urls = JSON.parse(ready) as Pick<LocalRuntime, 'page' | 'websocket' | 'aws'>;
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return inTime(ended, `The runtime outlived ${signal}`, child);
  };
  return {
    ...urls,
    end,
    async stop() {
      const { code, stderr } = await end('SIGINT');
      // A busy machine may be late; that an idle one is not is proved in command-line.test.ts.
      if (code !== 0 && !stderr.includes('stopped before everything had ended'))
        throw new Error(`The runtime stopped with ${code}: ${stderr}`);
    },
  };
}

/** Runs main.ts of a checkout to its end: for flags and templates that it refuses. */
export async function refusedBy(root: string, flags: string[]): Promise<Ended> {
  const { child, ended } = run(flags, root);
  return inTime(ended, `The runtime ran on with ${flags.join(' ')}`, child);
}

function run(flags: string[], root = ROOT): { child: ChildProcess; ended: Promise<Ended> } {
  const args = ['--import', './local/guard.js', 'local/main.ts', ...flags];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const out = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      out[name] += chunk;
    });
  }
  const ended = new Promise<Ended>((done, fail) => {
    child.once('error', fail);
    child.once('close', (code, signal) => done({ code, signal, ...out }));
  });
  return { child, ended };
}

async function inTime<T>(awaited: Promise<T>, otherwise: string, child: ChildProcess): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail(new Error(`${otherwise} within ${DEADLINE_MS} ms`));
    }, DEADLINE_MS);
  });
  try {
    return await Promise.race([awaited, late]);
  } finally {
    clearTimeout(timer);
  }
}
