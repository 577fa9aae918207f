// Proves the built page: small enough for a first load, whole, and the same from the same sources.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { buildPage } from './build-page.ts';

/** Issue 5: what a first visit loads, compressed. */
const FIRST_LOAD_BYTES = 60 * 1024;

let folder: string;
let files: string[];
let html: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hubbub-page-'));
  await buildPage(folder);
  files = await readdir(folder);
  html = await readFile(join(folder, 'index.html'), 'utf8');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const compressed = async (file: string) =>
  gzipSync(await readFile(join(folder, file)), { level: 6 }).length;

/** What is loaded when it is wanted, beside the words of another language. */
const LATER = ['emoji', 'sign-in', 'claimed-lock', 'dialogs'];
const scriptOf = (name: string) => (file: string) =>
  new RegExp(`^app-${name}-[\\w-]{10}\\.js$`).test(file);

test.each([
  ['in English', ['ar', ...LATER]],
  ['in Arabic', LATER],
])('a first load %s is at most 60 KB compressed', async (_, later) => {
  const names = later.map((name) => files.find(scriptOf(name)));
  expect(names).not.toContain(undefined);
  const loaded = files.filter((file) => !file.endsWith('.png') && !names.includes(file));
  const sizes = await Promise.all(loaded.map(compressed));
  expect(loaded.length).toBeGreaterThanOrEqual(5);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(FIRST_LOAD_BYTES);
});

test('what is kept in files, as a bot does, is not loaded', async () => {
  const scripts = files.filter((file) => file.endsWith('.js'));
  const texts = await Promise.all(scripts.map((file) => readFile(join(folder, file), 'utf8')));
  expect(texts.filter((text) => /getBuiltinModule|mkdirSync/.test(text))).toEqual([]);
  expect(texts.some((text) => text.includes('indexedDB'))).toBe(true);
});

test('every file that index.html and the manifest name is there, one script and one style sheet', async () => {
  const named = [...html.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, file = '']) => file);
  expect(named.filter((file) => !files.includes(file))).toEqual([]);
  expect(named.filter((file) => /^app-[\w-]{10}\.js$/.test(file))).toHaveLength(1);
  expect(named.filter((file) => /^page-[\w-]{10}\.css$/.test(file))).toHaveLength(1);
  const manifest = JSON.parse(await readFile(join(folder, 'manifest.webmanifest'), 'utf8')) as {
    icons: { src: string }[];
  };
  expect(manifest.icons.map(({ src }) => src).filter((file) => !files.includes(file))).toEqual([]);
});

test('nothing in it needs another policy: no inline script or style, nothing from elsewhere', () => {
  expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|<script>|(src|href)="(https?:)?\/\//);
});

test('the same sources make the same names, so an unchanged page is cached on', async () => {
  const before = files.toSorted();
  await buildPage(folder);
  expect((await readdir(folder)).toSorted()).toEqual(before);
});

test('a policy stands first in the page, without what browsers take only from a header', async () => {
  const policy =
    "default-src 'none';  connect-src 'self' wss://a.example?x=\"&y ; frame-ancestors 'none'";
  const other = await mkdtemp(join(tmpdir(), 'hubbub-page-'));
  await buildPage(other, policy);
  const withPolicy = await readFile(join(other, 'index.html'), 'utf8');
  await rm(other, { recursive: true });
  const [, meta, after] = withPolicy.split('<meta ');
  expect(meta).toBe('charset="utf-8" />\n    ');
  expect(after?.trim()).toMatch(
    /^http-equiv="Content-Security-Policy" content="default-src 'none'; connect-src 'self' wss:\/\/a\.example\?x=&quot;&amp;y" \/>/,
  );
  expect(withPolicy).not.toContain('frame-ancestors');
  expect(html).not.toContain('Content-Security-Policy');
});
