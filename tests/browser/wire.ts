// The wire between a page and its server, with a hand on it: what comes can be held, doubled, reordered or made up.
import type { Page, WebSocketRoute } from 'playwright-core';

export interface Wire {
  /** From now on nothing reaches the page. */
  hold(): void;
  /** Lets go of what was held; `order` may turn, drop or double it. */
  release(order?: (frames: string[]) => string[]): void;
  /** The line breaks: the page's socket ends, and the server's. */
  cut(): Promise<void>;
  /** The server seems to say this. */
  inject(frame: object): void;
  /** What the page sent, in order, on all its sockets. */
  sent: string[];
  /** The messageIds of the `sendmessage` frames among them. */
  said(): string[];
  /** Every URL the page opened. */
  urls: string[];
  /** Keeps the page's frames from the server, and calls this for each instead; undefined lets them pass again. */
  instead(answer: ((frame: string) => void) | undefined): void;
}

/** Call before the page is opened. */
export async function wireOf(page: Page): Promise<Wire> {
  let held: string[] | undefined;
  let answer: ((frame: string) => void) | undefined;
  let latest: WebSocketRoute | undefined;
  const sent: string[] = [];
  const urls: string[] = [];
  await page.routeWebSocket(/.*/, (toPage) => {
    latest = toPage;
    urls.push(toPage.url());
    const toServer = toPage.connectToServer();
    toPage.onMessage((frame) => {
      sent.push(String(frame));
      if (answer) answer(String(frame));
      else toServer.send(frame);
    });
    toServer.onMessage((frame) => {
      if (held) held.push(String(frame));
      else toPage.send(frame);
    });
  });
  return {
    sent,
    said: () =>
      sent
        .map((frame) => JSON.parse(frame) as { action: string; messageId: string })
        .flatMap(({ action, messageId }) => (action === 'sendmessage' ? [messageId] : [])),
    urls,
    hold() {
      held ??= [];
    },
    release(order = (frames) => frames) {
      const frames = order(held ?? []);
      held = undefined;
      for (const frame of frames) latest?.send(frame);
    },
    cut: async () => latest?.close(),
    inject: (frame) => latest?.send(JSON.stringify(frame)),
    instead(next) {
      answer = next;
    },
  };
}
