// For the tests: the product copied to a folder of its own and run from there, with its log to wait on.
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Flags } from '../flags.ts';
import type { Hop, Log } from '../log.ts';
import { type Runtime, startRuntime } from '../runtime.ts';

const repository = join(import.meta.dirname, '..', '..');

const FLAGS: Flags = {
  ...{ port: 0, awsPort: 0, data: undefined, stage: 'dev', json: false, level: 'normal' },
  ...{ parameters: {}, auth: 'guest', issuerPort: 0, faults: {} },
};

export interface Copy {
  root: string;
  start(flags?: Partial<Flags>): Promise<Runtime>;
  /** The next line of the log, from now on, that fits. */
  said(pattern: RegExp): Promise<string>;
  /** Stops what was started and removes the folder. */
  remove(): Promise<void>;
}

export function copyProduct(): Copy {
  const root = mkdtempSync(join(tmpdir(), 'product-'));
  for (const stack of ['shared', 'api', 'workflows', 'front'])
    cpSync(join(repository, stack), join(root, stack), { recursive: true });
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'), 'junction');
  const runtimes: Runtime[] = [];
  const waiting = new Set<(line: string) => void>();
  const tell = (line: string) => {
    for (const hear of waiting) hear(line);
  };
  const log: Log = {
    hop: ({ service, what, status, messageId }: Hop) =>
      tell(`${service} ${what} ${status} ${messageId}`),
    ...{ detail: tell, say: tell, warn: tell },
  };
  return {
    root,
    async start(flags = {}) {
      const runtime = await startRuntime(root, { ...FLAGS, ...flags }, log);
      runtimes.push(runtime);
      return runtime;
    },
    said: (pattern) =>
      new Promise((resolve) => {
        const hear = (line: string) => {
          if (!pattern.test(line)) return;
          waiting.delete(hear);
          resolve(line);
        };
        waiting.add(hear);
      }),
    async remove() {
      for (const runtime of runtimes) await runtime.stop();
      rmSync(root, { recursive: true });
    },
  };
}

/** One call of a JSON protocol, as the developer at the keyboard. */
export async function ask(aws: string, target: string, input: object): Promise<unknown> {
  const response = await fetch(aws, {
    method: 'POST',
    headers: { 'x-amz-target': target },
    body: JSON.stringify(input),
  });
  return response.json();
}
