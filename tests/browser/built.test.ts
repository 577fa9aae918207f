// The page as S3 serves it: built, under the template's own headers, it talks as the sources do.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { ar } from '../../front/src/words/ar.js';
import { launchChromium } from './chromium.ts';
import { type Machine, startBuilt } from './machine.ts';
import { becomes, visitor } from './visitor.ts';

let browser: Browser;
let machine: Machine;

beforeAll(async () => {
  [browser, machine] = await Promise.all([launchChromium(), startBuilt()]);
});
afterAll(async () => {
  await browser?.close();
  await machine?.stop();
});

/** Fetched once the page is live, which is after its first load. */
const isDialogs = (path: string) => /^\/app-dialogs-[\w-]+\.js$/.test(path);

test('the built page says and hears, in one script and one style sheet; the dialogs come once it is live', async () => {
  const ada = await visitor(browser);
  const ravi = await visitor(browser);
  const loaded: string[] = [];
  ada.page.on('response', (answer) => loaded.push(new URL(answer.url()).pathname));
  const dialogs = ada.page.waitForResponse((answer) => isDialogs(new URL(answer.url()).pathname));
  await ada.page.routeWebSocket(/.*/, async (route) => {
    await ada.page.waitForLoadState('networkidle');
    expect(loaded.some(isDialogs)).toBe(false);
    route.connectToServer();
  });
  await Promise.all([ada.connect(machine.page), ravi.connect(machine.page)]);
  await becomes(await ada.say('Built small'), 'sent');
  await ravi.reads('Built small');
  await dialogs;
  expect(loaded.filter((path) => path.endsWith('.js') && !isDialogs(path))).toHaveLength(1);
  expect(loaded.filter((path) => path.endsWith('.css'))).toHaveLength(1);
  expect([...ada.wrongs, ...ravi.wrongs]).toEqual([]);
  await Promise.all([ada.leave(), ravi.leave()]);
});

test('another language and the emoji come when they are wanted', async () => {
  const layla = await visitor(browser, { locale: 'ar' });
  const loaded: string[] = [];
  layla.page.on('response', (answer) => loaded.push(new URL(answer.url()).pathname));
  await layla.connect(machine.page);
  const field = layla.page.getByRole('textbox', { name: ar.composer.label(ar.shell.theLobby) });
  await field.waitFor();
  const scripts = () => loaded.filter((path) => path.endsWith('.js') && !isDialogs(path)).length;
  expect(scripts()).toBe(2);
  await field.pressSequentially(':tea:');
  await layla.page.waitForFunction(
    () => document.querySelector('textarea')?.value.trim() === '\u{1F375}',
  );
  expect(scripts()).toBe(3);
  await layla.leave();
  expect(layla.wrongs).toEqual([]);
});
