// Signing in at the page: out to the issuer, back with a name, and nothing of a token left where another could find it.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { launchChromium } from './chromium.ts';
import { type Machine, startMachine } from './machine.ts';
import { becomes, type Visitor, visitor } from './visitor.ts';

let browser: Browser;
let machine: Machine;
let visitors: Visitor[] = [];

beforeAll(async () => {
  browser = await launchChromium();
  machine = await startMachine(['--memory', '--auth', 'oidc', '--issuer-port', '0']);
});
beforeEach(() => {
  visitors = [];
});
afterEach(async () => {
  for (const one of visitors) await one.leave();
  expect(visitors.flatMap(({ wrongs }) => wrongs)).toEqual([]);
});
afterAll(async () => {
  await machine?.stop();
  await browser?.close();
});

const somebody = async () => {
  const one = await visitor(browser);
  visitors.push(one);
  await one.open(machine.page);
  return one;
};
const signsIn = async (one: Visitor, name: string) => {
  await one.page.getByRole('button', { name: 'Sign in' }).click();
  await one.page.getByRole('textbox', { name: 'Name', exact: true }).fill(name);
  await one.page.getByRole('button', { name: 'Sign in' }).click();
  await one.page.locator('[data-line="live"]').waitFor();
};

test('who is signed out is told so, and sees and says nothing', async () => {
  const one = await somebody();
  await one.page.getByText('You are signed out.').waitFor();
  expect(await one.status.textContent()).toContain('Signed out');
  expect(await one.rows.count()).toBe(0);
});

test('two people sign in and talk, under the names that they gave the issuer', async () => {
  const [ada, bob] = [await somebody(), await somebody()];
  await signsIn(ada, 'Ada');
  await signsIn(bob, 'Bob');
  await becomes(await ada.say('Hello Bob'), 'sent');
  await bob.row('Hello Bob').waitFor();
  expect(await bob.row('Hello Bob').textContent()).toContain('Ada');
  await bob.page.getByText('You are signed out.').waitFor({ state: 'hidden' });
});

test('the address is clean, and no storage holds a token', async () => {
  const ada = await somebody();
  const sent: string[] = [];
  ada.page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => sent.push(String(payload))),
  );
  await signsIn(ada, 'Ada');
  expect(ada.page.url()).toBe(`${machine.page}/#room=lobby`);
  const token = sent
    .map((frame) => JSON.parse(frame) as { token?: string })
    .find((frame) => frame.token)?.token;
  expect(token?.split('.')).toHaveLength(3);
  const kept = await ada.page.evaluate(async () => {
    const names = (await indexedDB.databases()).map(({ name }) => name);
    return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, names, document.cookie]);
  });
  for (const part of token?.split('.').slice(1) ?? []) expect(kept).not.toContain(part);
  expect(kept).not.toContain('verifier');
});

test('a reload asks to sign in again, and the same user goes on where they were', async () => {
  const ada = await somebody();
  await signsIn(ada, 'Ada');
  await becomes(await ada.say('Before the reload'), 'sent');
  await ada.page.reload();
  await ada.page.getByText('You are signed out.').waitFor();
  await signsIn(ada, 'Ada');
  await ada.row('Before the reload').waitFor();
});
