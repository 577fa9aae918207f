// The blocks of code in docs/, and a shell for them, so that tests run what a reader copies.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

/** The blocks of one language below one heading of a page, in their order. @throws if there is no such heading. */
export function blocksOf(page: string, heading: string, language: 'sh' | 'json'): string[] {
  const [, section] = readFileSync(join(ROOT, page), 'utf8').split(
    new RegExp(`^##+ ${heading}$`, 'm'),
  );
  if (section === undefined) throw new Error(`${page} has no section ${heading}`);
  const [own = ''] = section.split(/^##+ /m);
  const blocks = own.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, 'gm'));
  return [...blocks].map(([, code = '']) => code);
}

/**
 * Runs a block by bash in `folder`. The programs of `played` are shell scripts that stand before the real ones.
 * Answers what those were called with, a line each. @throws Error with what it printed if it fails or complains.
 */
export function runBlock(block: string, folder: string, played: Record<string, string>): string[] {
  const bin = mkdtempSync(join(tmpdir(), 'hubbub-played-'));
  try {
    const calls = join(bin, 'calls');
    for (const [name, script] of Object.entries(played)) {
      writeFileSync(
        join(bin, name),
        `#!/usr/bin/env bash\necho "${name} $*" >>'${calls}'\n${script}\n`,
      );
      chmodSync(join(bin, name), 0o755);
    }
    const { status, stdout, stderr } = spawnSync(
      'bash',
      ['--norc', '-euo', 'pipefail', '-c', block],
      {
        cwd: folder,
        encoding: 'utf8',
        env: { ...process.env, NODE_OPTIONS: '', PATH: [bin, process.env.PATH].join(delimiter) },
      },
    );
    if (status !== 0 || stderr !== '') throw new Error(`ended with ${status}:\n${stdout}${stderr}`);
    return existsSync(calls) ? readFileSync(calls, 'utf8').trimEnd().split('\n') : [];
  } finally {
    rmSync(bin, { recursive: true });
  }
}
