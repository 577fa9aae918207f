// Each browser API that the page uses, times each way in which it can fail: the page chats, and says what is not kept.
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from './chromium.ts';
import { type Machine, startBuilt } from './machine.ts';
import { becomes, type Visitor, visitor, wrongsOf } from './visitor.ts';

let browser: Browser;
let machine: Machine;
/** In a healthy browser. */
let reader: Visitor;
let n = 0;

beforeAll(async () => {
  [browser, machine] = await Promise.all([launchChromium(), startBuilt()]);
  reader = await visitor(browser);
  await reader.connect(machine.page);
});
afterEach(async () => {
  for (const context of browser.contexts())
    if (context !== reader.page.context()) await context.close();
  expect(reader.wrongs).toEqual([]);
});
afterAll(async () => {
  await browser?.close();
  await machine?.stop();
});

/** Before each fault: `touched` counts the uses of the API that fails, `told` has each notice of the page. */
const PRELUDE = `
  window.touched = 0;
  window.told = [];
  const touch = () => { window.touched += 1; };
  const refuse = () => { touch(); throw new DOMException('No access.', 'SecurityError'); };
  const reject = async () => refuse();
  const never = () => { touch(); return new Promise(() => {}); };
  const getter = (owner, name, get) => Object.defineProperty(owner, name, { configurable: true, get });
  const only = (storage, method) => {
    const { [method]: real } = Storage.prototype;
    Storage.prototype[method] = function (...how) { return this === window[storage] ? refuse() : real.apply(this, how); };
  };
  const opens = (event) => { IDBFactory.prototype.open = () => {
    touch();
    const request = Object.assign(new EventTarget(), { error: new DOMException('No access.', 'SecurityError') });
    if (event) setTimeout(() => request.dispatchEvent(new Event(event)));
    return request;
  }; };
  const { put } = IDBObjectStore.prototype;
  const { transaction } = IDBDatabase.prototype;
  new MutationObserver(() => {
    const notice = document.querySelector('.notice:not([hidden])')?.textContent;
    if (notice && notice !== window.told.at(-1)) window.told.push(notice);
  }).observe(document, { subtree: true, childList: true, attributes: true });
`;

const LOCKS = 'LockManager.prototype.request = LockManager.prototype.query =';
const ASKING = 'Notification.requestPermission =';
const CLIPBOARD = 'Clipboard.prototype.writeText =';

/** By API: each way in which it can fail, as a script. */
const FAULTS = {
  'Web Locks': {
    missing: 'delete Navigator.prototype.locks;',
    forbidden: "getter(navigator, 'locks', refuse);",
    throws: `${LOCKS} refuse;`,
    rejects: `${LOCKS} reject;`,
    'never answers': `${LOCKS} never;`,
  },
  BroadcastChannel: {
    missing: 'delete window.BroadcastChannel;',
    throws: 'window.BroadcastChannel = function () { refuse(); };',
    'throws on a message': 'BroadcastChannel.prototype.postMessage = refuse;',
    'never answers': 'BroadcastChannel.prototype.postMessage = touch;',
  },
  IndexedDB: {
    missing: 'delete window.indexedDB;',
    throws: 'IDBFactory.prototype.open = refuse;',
    rejects: "opens('error');",
    'never answers': 'opens();',
    'throws on write': 'IDBObjectStore.prototype.put = refuse;',
    'rejects a write': `IDBObjectStore.prototype.put = function (one) {
      touch();
      const request = put.call(this, one);
      this.transaction.abort();
      return request;
    };`,
    'never answers a write': `IDBDatabase.prototype.transaction = function (name, mode, how) {
      if (mode !== 'readwrite') return transaction.call(this, name, mode, how);
      touch();
      return Object.assign(new EventTarget(), { objectStore: () => ({ put() {}, delete() {} }) });
    };`,
  },
  localStorage: {
    missing: 'delete window.localStorage;',
    throws: "getter(window, 'localStorage', refuse);",
    'throws on read': "only('localStorage', 'getItem');",
    'throws on write': "only('localStorage', 'setItem');",
  },
  sessionStorage: {
    missing: 'delete window.sessionStorage;',
    throws: "getter(window, 'sessionStorage', refuse);",
    'throws on write': "only('sessionStorage', 'setItem');",
  },
  Notification: {
    missing: 'delete window.Notification;',
    throws: `getter(Notification, 'permission', refuse); ${ASKING} refuse;`,
    rejects: `${ASKING} reject;`,
    'never answers': `${ASKING} never;`,
  },
  clipboard: {
    missing: 'delete Navigator.prototype.clipboard;',
    throws: `${CLIPBOARD} refuse;`,
    rejects: `${CLIPBOARD} reject;`,
    'never answers': `${CLIPBOARD} never;`,
  },
  'crypto.randomUUID': {
    missing: 'delete Crypto.prototype.randomUUID;',
    throws: 'Crypto.prototype.randomUUID = refuse;',
  },
};

/** What the page says: of an API that is not here, nothing, for nothing is lost. */
const SAYS: Record<string, string> = {
  IndexedDB:
    'This browser does not keep unsent messages. Closing or reloading this page loses them.',
  localStorage:
    'This browser does not keep your name, drafts and settings. Closing or reloading this page loses them.',
};
const ALL =
  'This browser does not keep your name, drafts, settings and unsent messages. Closing or reloading this page loses them.';

/** A guest's page does without them. */
const UNUSED = ['sessionStorage', 'crypto.randomUUID'];

type Probe = Window & { touched: number; told: string[] };

const told = (page: Page) => page.evaluate(() => (window as unknown as Probe).told);
const touched = (page: Page) => page.evaluate(() => (window as unknown as Probe).touched);

async function openWith(script: string): Promise<Visitor> {
  const one = await visitor(browser);
  await one.page.context().addInitScript({ content: `{${PRELUDE}${script}}` });
  await one.connect(machine.page);
  return one;
}

/** From there to the reader. */
async function chats(one: Visitor): Promise<void> {
  n += 1;
  await becomes(await one.say(`number ${n}.`), 'sent');
  await reader.row(`number ${n}.`).waitFor();
}

async function says(page: Page, sentence: string): Promise<void> {
  await page.waitForFunction((it) => (window as unknown as Probe).told.at(-1) === it, sentence);
}

const rows = (api: keyof typeof FAULTS): [string, string][] => Object.entries(FAULTS[api]);

describe.each(Object.keys(FAULTS) as (keyof typeof FAULTS)[])('%s', (api) => {
  test.each(rows(api))(
    '%s: the page chats, and says what it does not keep',
    async (way, script) => {
      const one = await openWith(script);
      await chats(one);
      if (api === 'Notification') await isRefused(one.page);
      if (api === 'clipboard') await isNotCopied(one);
      const sentence = SAYS[api];
      if (sentence) await says(one.page, sentence);
      else expect(await told(one.page)).toEqual([]);
      const isTouched = !UNUSED.includes(api) && way !== 'missing';
      expect((await touched(one.page)) > 0).toBe(isTouched);
      expect(one.wrongs).toEqual([]);
    },
  );
});

async function isRefused(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Settings' }).click();
  const wish = page.getByRole('checkbox', { name: 'Notify me while this page is hidden' });
  // Where the browser does not answer, the box is not ticked either.
  await wish.click();
  await page.getByText('The browser does not allow it.').waitFor();
  expect(await wish.isChecked()).toBe(false);
  await page.getByRole('button', { name: 'Cancel' }).click();
}

async function isNotCopied(one: Visitor): Promise<void> {
  await one.composer.fill('```\ncode\n```');
  await one.composer.press('Control+Enter');
  await becomes(one.row('code'), 'sent');
  // It stands there for two seconds, so the page itself watches for it.
  const seen = one.page.waitForFunction(() => document.body.textContent.includes('Not copied'));
  await one.row('code').getByRole('button', { name: 'Copy' }).click();
  await seen;
}

describe('two tabs', () => {
  const sharing = (['Web Locks', 'BroadcastChannel', 'localStorage'] as const).flatMap((api) =>
    rows(api).map(([way, script]) => [`${api} ${way}`, script] as const),
  );

  test.each(sharing)(
    '%s: hear each other, and none takes the line of the other',
    async (_, script) => {
      const one = await openWith(script);
      const page = await one.page.context().newPage();
      const wrongs = wrongsOf(page);
      const opened: Record<'first' | 'second', number> = { first: 1, second: 0 };
      one.page.on('websocket', () => (opened.first += 1));
      page.on('websocket', () => (opened.second += 1));
      await page.goto(machine.page);
      await page.locator('[data-line="live"]').waitFor();
      n += 1;
      const composer = page.getByRole('textbox', { name: 'Message to the lobby' });
      await composer.fill(`number ${n}.`);
      await composer.press('Enter');
      await one.row(`number ${n}.`).waitFor();
      await chats(one);
      await page.locator('.text', { hasText: `number ${n}.` }).waitFor();
      expect(opened.first).toBe(1);
      expect(opened.second).toBeLessThanOrEqual(1);
      expect([...one.wrongs, ...wrongs]).toEqual([]);
    },
  );
});

describe('everything at once', () => {
  test.each(['missing', 'throws', 'rejects', 'never answers'])('%s', async (way) => {
    const scripts = Object.values(FAULTS).map(
      (ways: Record<string, string>) => ways[way] ?? ways.throws ?? '',
    );
    const one = await openWith(scripts.join('\n'));
    await chats(one);
    await says(one.page, ALL);
    expect(one.wrongs).toEqual([]);
  });

  test('in Arabic, too', async () => {
    const one = await visitor(browser, { locale: 'ar' });
    const content = `{${PRELUDE}${FAULTS.localStorage.throws}${FAULTS.IndexedDB.throws}}`;
    await one.page.context().addInitScript({ content });
    await one.connect(machine.page);
    await says(
      one.page,
      'هذا المتصفح لا يحفظ اسمك والمسودات والإعدادات والرسائل غير المرسلة. إغلاق الصفحة أو إعادة تحميلها يمحوها.',
    );
  });
});
