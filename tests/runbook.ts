// The blocks of code of a section of docs/operations.md, so that tests run what a reader copies.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const RUNBOOK = join(import.meta.dirname, '../docs/operations.md');

/** The blocks of one language in the section `## TITLE`, in their order. @throws if there is no such section. */
export function blocksOf(title: string, language: 'sh' | 'json'): string[] {
  const [, section] = readFileSync(RUNBOOK, 'utf8').split(`\n## ${title}\n`);
  if (section === undefined) throw new Error(`docs/operations.md has no section ${title}`);
  const [own = ''] = section.split('\n## ');
  const blocks = own.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, 'gm'));
  return [...blocks].map(([, code = '']) => code);
}
