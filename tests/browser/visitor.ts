// Somebody at the page: a context of their own, the handles a test needs, and an ear for what must never happen.
import type { Browser, BrowserContextOptions, ElementHandle, Locator, Page } from 'playwright-core';

/** What a content security policy or Trusted Types would say in the console. */
export const FORBIDDEN = /content security policy|trusted ?types|refused to|violat/i;
/** Errors of the network, which tests bring about themselves. */
const NETWORK = /^(Failed to load resource|WebSocket connection to)/;

/** What goes wrong in the page from now on: errors, and breaches of its policy; empty in a healthy page. */
export function wrongsOf(page: Page): string[] {
  const wrongs: string[] = [];
  page.on('pageerror', (error) => wrongs.push(String(error)));
  page.on('console', (line) => {
    const isError = line.type() === 'error' && !NETWORK.test(line.text());
    if (isError || FORBIDDEN.test(line.text())) wrongs.push(line.text());
  });
  return wrongs;
}

export interface Visitor {
  page: Page;
  composer: Locator;
  log: Locator;
  /** The message rows, top to bottom. */
  rows: Locator;
  status: Locator;
  /** Page errors and console lines about a breach of the policy; empty in a healthy page. */
  wrongs: string[];
  open(url: string): Promise<void>;
  /** Opens, and waits until the socket is. */
  connect(url: string): Promise<void>;
  /** Types and sends; the row is there before this returns. */
  say(text: string): Promise<Locator>;
  row(text: string): Locator;
  /** What the rows say, top to bottom. */
  texts(): Promise<string[]>;
  /** Waits until the rows say exactly this. */
  reads(...texts: string[]): Promise<void>;
  leave(): Promise<void>;
}

export async function visitor(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<Visitor> {
  const context = await browser.newContext({ locale: 'en-GB', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(45_000);
  const wrongs = wrongsOf(page);
  const composer = page.getByRole('textbox', { name: 'Message to the lobby' });
  const log = page.getByRole('log');
  const rows = page.locator('li.message');
  const status = page.getByRole('status', { name: 'Connection' });
  const live = page.locator('[data-line="live"]');
  const row = (text: string) =>
    rows.filter({ has: page.locator('.text', { hasText: text }) }).last();
  const texts = () => rows.locator('.text').allInnerTexts();

  return {
    page,
    composer,
    log,
    rows,
    status,
    wrongs,
    row,
    texts,
    open: async (url) => void (await page.goto(url)),
    async connect(url) {
      await page.goto(url);
      await live.waitFor();
    },
    async say(text) {
      await composer.fill(text);
      // With Control it sends on a screen for fingers, too.
      await composer.press('Control+Enter');
      const said = row(text);
      await said.waitFor();
      return said;
    },
    async reads(...expected) {
      await page.waitForFunction(
        (want) =>
          JSON.stringify(
            [...document.querySelectorAll('li.message .text')].map((one) => one.textContent),
          ) === JSON.stringify(want),
        expected,
      );
    },
    leave: () => context.close(),
  };
}

/** Waits for the row's state. */
export const becomes = (row: Locator, state: 'pending' | 'sent' | 'failed') =>
  row.and(row.page().locator(`[data-state="${state}"]`)).waitFor();

/** The node itself, to ask later whether it is still the one on the page. */
export async function node(row: Locator): Promise<ElementHandle<HTMLElement>> {
  const handle = await row.elementHandle();
  if (!handle) throw new Error('There is no such row.');
  return handle as ElementHandle<HTMLElement>;
}
