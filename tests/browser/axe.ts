// What axe-core finds wrong in a page as it stands: its source is put in by the debugger, so the page's own policy stays as strict.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const source = await readFile(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
);

interface Axe {
  run(options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
}

/**
 * One line for each fault of WCAG 2.2 AA or of good practice, with the markup it is about; none in a sound page.
 * `except`: rules that this state of the page breaks on purpose.
 */
export async function faults(page: Page, except: string[] = []): Promise<string[]> {
  await page.evaluate(source);
  return page.evaluate(async (off) => {
    const { axe } = window as unknown as { axe: Axe };
    const { violations } = await axe.run({
      resultTypes: ['violations'],
      rules: Object.fromEntries(off.map((id) => [id, { enabled: false }])),
    });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  }, except);
}
