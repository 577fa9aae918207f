// The page as an S3 website serves it: built, on plain http from another host, with its policy in a <meta> and no header.
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { buildPage } from '../../front/build-page.ts';
import { en } from '../../front/src/words/en.js';
import { launchChromium } from './chromium.ts';
import { type Machine, startMachine } from './machine.ts';
import { becomes, visitor } from './visitor.ts';

/** No browser takes it for a secure context, as it does 127.0.0.1 and localhost. */
const HOST = 'hubbub.example';
const TYPES: Record<string, string> = {
  ...{ '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' },
  ...{ '.json': 'application/json', '.svg': 'image/svg+xml', '.png': 'image/png' },
  '.webmanifest': 'application/manifest+json',
};

let browser: Browser;
let machine: Machine;
let website: Server;
let folder: string;
let page: string;
let requested: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hubbub-website-'));
  website = createServer((req, res) => void serve(req.url ?? '/').then(...answer(res)));
  await once(website.listen(0, '127.0.0.1'), 'listening');
  page = `http://${HOST}:${(website.address() as AddressInfo).port}`;
  const flags = ['--memory', '--parameter', `AllowedOrigins=${page}`];
  [browser, machine] = await Promise.all([
    launchChromium([`--host-resolver-rules=MAP ${HOST} 127.0.0.1`]),
    startMachine(flags),
  ]);
  const { headers } = await fetch(machine.page);
  await buildPage(folder, headers.get('content-security-policy') ?? '');
});
afterAll(async () => {
  await browser?.close();
  website?.closeAllConnections();
  website?.close();
  await machine?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** As S3 does: the content type, and no other header. */
async function serve(url: string): Promise<{ type: string; body: string | Buffer }> {
  const path = new URL(url, page).pathname;
  requested?.push(path);
  if (path === '/config.json') {
    const config = { websocket: machine.websocket, stage: 'dev', auth: 'guest' };
    return { type: 'application/json', body: JSON.stringify(config) };
  }
  if (path === '/planted.html') {
    const html = await readFile(join(folder, 'index.html'), 'utf8');
    const planted = '<script>window.planted = true</script></body>';
    return { type: 'text/html', body: html.replace('</body>', planted) };
  }
  const file = path === '/' ? 'index.html' : path.slice(1);
  return { type: TYPES[extname(file)] ?? '', body: await readFile(join(folder, file)) };
}

const answer = (res: import('node:http').ServerResponse) =>
  [
    ({ type, body }: { type: string; body: string | Buffer }) => {
      res.setHeader('content-type', type);
      res.end(body);
    },
    () => {
      res.statusCode = 404;
      res.end();
    },
  ] as const;

test('two people chat there, and nothing breaks the policy or the page', async () => {
  const ada = await visitor(browser);
  const ravi = await visitor(browser);
  await Promise.all([ada.connect(page), ravi.connect(page)]);
  expect(await ada.page.evaluate(() => [isSecureContext, 'locks' in navigator])).toEqual([
    false,
    false,
  ]);
  await becomes(await ada.say('Over plain http'), 'sent');
  await ravi.reads('Over plain http');
  await ravi.composer.fill('```\nconst a = 1;\n```');
  await ravi.composer.press('Enter');
  const code = ada.page.locator('li.message', { hasText: 'const a = 1;' });
  await code.getByRole('button', { name: en.timeline.copy, exact: true }).click();
  await code.getByRole('button', { name: en.timeline.notCopied }).waitFor();
  await ada.page.reload();
  await becomes(ada.row('Over plain http'), 'sent');
  await code.waitFor();
  expect([...ada.wrongs, ...ravi.wrongs]).toEqual([]);
  await Promise.all([ada.leave(), ravi.leave()]);
});

test('two tabs of one browser share one line, without Web Locks', async () => {
  const ada = await visitor(browser);
  await ada.connect(page);
  const second = await ada.page.context().newPage();
  await second.goto(page);
  await second.locator('[data-line="live"]').waitFor();
  await becomes(await ada.say('In both tabs'), 'sent');
  await second.locator('li.message .text', { hasText: 'In both tabs' }).waitFor();
  expect(ada.wrongs).toEqual([]);
  await ada.leave();
});

test('the policy in the page refuses a planted inline script, and a connection elsewhere', async () => {
  const eve = await visitor(browser);
  await eve.connect(`${page}/planted.html`);
  expect(eve.wrongs).toEqual([expect.stringMatching(/inline script.*script-src 'self'/)]);
  expect(await eve.page.evaluate('window.planted')).toBeUndefined();
  requested = [];
  const elsewhere = `http://127.0.0.1:${new URL(page).port}/elsewhere`;
  const refused = await eve.page.evaluate(
    (url) =>
      fetch(url, { mode: 'no-cors' }).then(
        () => 'let through',
        () => 'refused',
      ),
    elsewhere,
  );
  expect([refused, requested]).toEqual(['refused', []]);
  expect(eve.wrongs.join('\n')).toMatch(/connect-src/);
  await eve.leave();
});
