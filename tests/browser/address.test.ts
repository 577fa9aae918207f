// Which server the page talks to, and under which rules: the template's headers, never a link's say, a hand's own choice.
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { copyCheckout } from './checkout.ts';
import { launchChromium } from './chromium.ts';
import { emptied } from './emptied.ts';
import { type Machine, startMachine } from './machine.ts';
import { becomes, type Visitor, visitor } from './visitor.ts';
import { type Wire, wireOf } from './wire.ts';

let browser: Browser;
let checkout: string;
let machine: Machine;
let other: Machine;
let ada: Visitor;
let wire: Wire;

beforeAll(async () => {
  checkout = await copyCheckout();
  [browser, machine] = await Promise.all([launchChromium(), startMachine(['--memory'], checkout)]);
  // The other server lets this page's people in, too.
  const origins = `AllowedOrigins=*`;
  other = await startMachine(['--memory', '--parameter', origins]);
});
beforeEach(async () => {
  await Promise.all([emptied(machine), emptied(other)]);
  ada = await visitor(browser);
  wire = await wireOf(ada.page);
});
afterEach(async () => {
  await ada.leave();
  expect(ada.wrongs).toEqual([]);
});
afterAll(async () => {
  await browser?.close();
  await Promise.all([machine?.stop(), other?.stop()]);
  if (checkout) await rm(checkout, { recursive: true, force: true });
});

async function typeAddress(address: string, button: string): Promise<void> {
  await ada.page.getByRole('button', { name: 'Settings' }).click();
  await ada.page.getByLabel('Another server', { exact: true }).fill(address);
  await ada.page.getByRole('button', { name: button }).click();
}

describe('the page', () => {
  test('comes with the headers that front/template.yaml names', async () => {
    const answer = await ada.page.goto(machine.page);
    const headers = answer?.headers() ?? {};
    const policy = headers['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'; style-src 'self'");
    expect(policy).toContain(`connect-src 'self' ${machine.websocket} `);
    expect(policy).toContain("require-trusted-types-for 'script'; trusted-types 'none'");
    expect(policy).not.toMatch(/unsafe|\$\{/);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'permissions-policy': 'camera=(), geolocation=(), microphone=()',
    });
  });

  test('has that policy enforced: neither markup nor a handler can be made of text', async () => {
    await ada.connect(machine.page);
    const refusals = await ada.page.evaluate(() => {
      const tries = [
        () => document.body.insertAdjacentHTML('beforeend', '<b>markup</b>'),
        () => document.body.setAttribute('onclick', 'alert(1)'),
        () => document.createElement('script').setAttribute('src', 'https://example.com/x.js'),
      ];
      return tries.map((attempt) => {
        try {
          attempt();
          return 'taken';
        } catch (error) {
          return String(error);
        }
      });
    });
    for (const refusal of refusals) expect(refusal).toMatch(/^TypeError: .*Trusted/);
    const told = ada.page.waitForEvent('console');
    await ada.page.evaluate(() => {
      const image = Object.assign(document.createElement('img'), { src: 'http://127.0.0.1:9/' });
      document.body.append(image);
    });
    expect((await told).text()).toMatch(/img-src/);
    // That the visitor's ear hears it is what lets every other test trust its silence.
    expect(ada.wrongs.splice(0).join()).toMatch(/img-src/);
  });

  test('takes its server from config.json and from no link', async () => {
    const bait = encodeURIComponent(other.websocket);
    const names = ['websocket', 'ws', 'url', 'server', 'address'].map((name) => `${name}=${bait}`);
    await ada.connect(`${machine.page}/?${names.join('&')}#websocket=${bait}`);
    expect(wire.urls).toEqual([machine.websocket]);
  });

  test('goes to another server typed by hand, keeps it over a reload, and returns on reset', async () => {
    await ada.connect(machine.page);
    await typeAddress(other.websocket, 'Save');
    await ada.page.getByText(new URL(other.websocket).host, { exact: true }).waitFor();
    await ada.page.locator('[data-line="live"]').waitFor();
    const there = await visitor(browser);
    await there.connect(other.page);
    await becomes(await ada.say('Hello over there'), 'sent');
    await there.reads('Hello over there');
    await there.leave();

    await ada.connect(machine.page);
    expect(wire.urls.at(-1)).toBe(other.websocket);
    await ada.page.getByRole('button', { name: 'Settings' }).click();
    await ada.page.getByRole('button', { name: 'Reset to default' }).click();
    await ada.page.locator('.server-tag').waitFor({ state: 'hidden' });
    await ada.page.locator('[data-line="live"]').waitFor();
    expect(wire.urls.at(-1)).toBe(machine.websocket);
    await becomes(await ada.say('Home again'), 'sent');
  });

  test('goes where config.json said last while it cannot be read, and one writes on', async () => {
    await ada.connect(machine.page);
    let asked = 0;
    await ada.page.route('**/config.json', (route) => {
      asked += 1;
      return route.fulfill({ status: 503 });
    });
    await ada.connect(machine.page);
    await becomes(await ada.say('As before'), 'sent');
    expect(asked).toBe(1);
    expect(wire.urls.at(-1)).toBe(machine.websocket);
  });

  test('says why it does not take an address, and stays where it is', async () => {
    await ada.connect(machine.page);
    await typeAddress('ws://chat.example.com/dev', 'Save');
    await ada.page.getByRole('alert').filter({ hasText: 'not encrypted' }).waitFor();
    await ada.page.getByRole('button', { name: 'Cancel' }).click();
    await becomes(await ada.say('Still here'), 'sent');
    expect(wire.urls).toEqual([machine.websocket]);
  });

  test('has a saved front file at the next load, with no restart', async () => {
    await ada.connect(machine.page);
    await ada.page.getByRole('heading', { name: 'It is quiet in here' }).waitFor();
    const file = join(checkout, 'front/src/words/en.js');
    const before = await readFile(file, 'utf8');
    await writeFile(file, before.replace('It is quiet in here', 'Not a soul in here'));
    await ada.connect(machine.page);
    await ada.page.getByRole('heading', { name: 'Not a soul in here' }).waitFor();
  });
});
