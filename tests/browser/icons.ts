// npx --no node tests/browser/icons.ts: draws the page's PNG icons of front/src/icon.svg, which installing the page needs.
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { launchChromium } from './chromium.ts';

const folder = resolve(import.meta.dirname, '../../front/src');
const svg = await readFile(join(folder, 'icon.svg'), 'utf8');
/** A maskable icon may lose all outside the inner 80 %: its ground reaches the edge, its figure does not. */
const maskable = svg
  .replace('viewBox="0 0 64 64"', 'viewBox="-4 -4 72 72"')
  .replace(/<rect [^>]*>/, '<rect x="-4" y="-4" width="72" height="72" fill="#1d6f68"/>');

const browser = await launchChromium();
for (const [name, source, size] of [
  ['icon-192', svg, 192],
  ['icon-512', svg, 512],
  ['icon-maskable', maskable, 512],
] as const) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(
    `<style>body{margin:0}svg{display:block;width:100vw;height:100vh}</style>${source}`,
  );
  await writeFile(join(folder, `${name}.png`), await page.screenshot({ omitBackground: true }));
  await page.close();
}
await browser.close();
