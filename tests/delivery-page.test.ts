// docs/delivery.md: every invariant that a test or the code cites stands there, and the tests that it names cite it.
import { readdirSync, readFileSync } from 'node:fs';
import { join, normalize, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const ROOT = resolve(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const CITED = /\bI(?:[1-9]|1\d)\b/g;

const walk = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules' || entry.name.startsWith('.')) return [];
    const file = join(folder, entry.name);
    return entry.isDirectory() ? walk(file) : /\.(ts|js)$/.test(file) ? [file] : [];
  });
const citing = ['api', 'shared', 'workflows', 'front', 'local', 'tests', 'bench', 'examples']
  .flatMap(walk)
  .filter((file) => !file.endsWith('delivery-page.test.ts'))
  .flatMap((file) => (read(file).match(CITED) ?? []).map((name) => ({ name, file })));

const rows = [...read('docs/delivery.md').matchAll(/^\| (I\d+) \|(.*)$/gm)].map(
  ([, name = '', row = '']) => ({
    name,
    files: [...row.matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) =>
      normalize(join('docs', link)),
    ),
  }),
);

describe('docs/delivery.md', () => {
  test('has every invariant that is cited, once, and no other', () => {
    const cited = [...new Set(citing.map(({ name }) => name))].toSorted();
    expect(rows.map(({ name }) => name).toSorted()).toEqual(cited);
  });

  test.each(rows)('$name is proven where the page says', ({ name, files }) => {
    expect(files.length).toBeGreaterThan(0);
    const proofs = citing.filter((one) => one.name === name).map(({ file }) => file);
    expect(files.filter((file) => !proofs.includes(file))).toEqual([]);
  });
});
