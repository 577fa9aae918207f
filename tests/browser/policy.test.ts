// The page's policy holds in every browser test: a breach of it, or an error in the console, is heard and fails the test.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { launchChromium } from './chromium.ts';
import { type Machine, startMachine } from './machine.ts';
import { type Visitor, visitor } from './visitor.ts';

let browser: Browser;
let machine: Machine;
let ada: Visitor;

beforeAll(async () => {
  [browser, machine] = await Promise.all([launchChromium(), startMachine()]);
});
beforeEach(async () => {
  ada = await visitor(browser);
  await ada.open(machine.page);
});
afterAll(async () => {
  await browser?.close();
  await machine?.stop();
});

/** What somebody who got a word into the page might try; it runs in the page. */
const BREACHES: Record<string, () => void> = {
  'markup made of a string': () => {
    document.body.innerHTML = '<p>hello</p>';
  },
  'a handler in an attribute': () => {
    document.body.setAttribute('onclick', 'alert(1)');
  },
  'an inline style': () => {
    document.body.setAttribute('style', 'color: red');
  },
  'a script of a string': () => {
    const script = document.createElement('script');
    script.text = 'window.breached = true';
    document.body.append(script);
  },
  'a script of another host': () => {
    const script = document.createElement('script');
    script.setAttribute('src', 'https://evil.example/x.js');
    document.body.append(script);
  },
  'a picture of another host': () => {
    new Image().src = 'https://evil.example/seen.png';
  },
  'a policy of its own': () => {
    (
      window as unknown as { trustedTypes: { createPolicy(name: string, rules: object): void } }
    ).trustedTypes.createPolicy('mine', {});
  },
  'a frame': () => {
    const frame = document.createElement('iframe');
    frame.setAttribute('src', 'https://evil.example/');
    document.body.append(frame);
  },
  'a base address': () => {
    const base = document.createElement('base');
    base.setAttribute('href', 'https://evil.example/');
    document.head.append(base);
  },
};

describe('the policy refuses, and the tests hear of', () => {
  test.each(Object.keys(BREACHES))('%s', async (name) => {
    expect(ada.wrongs).toEqual([]);
    const breach = `(${BREACHES[name]})()`;
    const heard = ada.page.waitForEvent('console');
    const thrown = await ada.page.evaluate(breach).catch((error: unknown) => String(error));
    await heard;
    expect([...ada.wrongs, thrown ?? ''].join('\n')).toMatch(/policy|trusted/i);
    expect(ada.wrongs).not.toEqual([]);
    expect(await ada.page.evaluate('window.breached')).toBeUndefined();
    await ada.leave();
  });

  test('an error that nobody catches', async () => {
    const heard = ada.page.waitForEvent('pageerror');
    await ada.page.evaluate(() => void setTimeout(() => JSON.parse('{')));
    await heard;
    expect(ada.wrongs).toEqual([expect.stringContaining('JSON')]);
    await ada.leave();
  });
});

test('every test that opens a page asks what went wrong in it', () => {
  const tests = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.test.ts'));
  const deaf = tests.filter(
    (file) => !readFileSync(join(import.meta.dirname, file), 'utf8').includes('rongs'),
  );
  expect(deaf).toEqual([]);
});
