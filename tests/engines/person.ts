// A person at the page, in any engine: what they do, and what they wait to see.
import { setTimeout as pause } from 'node:timers/promises';
import { ENTER, type Script, type Tab } from './engine.ts';

const PATIENCE_MS = 30_000;

export interface Person {
  tab: Tab;
  /** What the others see them as. */
  nickname(): Promise<string>;
  /** Opens the page, and waits until its socket is. */
  connect(url: string): Promise<void>;
  reload(): Promise<void>;
  /** Types and presses Enter. */
  say(text: string): Promise<void>;
  /** Waits until the open room shows exactly these messages, in this order, and none that is not stored. */
  reads(...texts: string[]): Promise<void>;
  /** As far as this state of the line. */
  line(state: 'live' | 'down'): Promise<void>;
  /** Waits until this stands above the conversation. */
  opened(title: string): Promise<void>;
  /** Waits until something visible with this selector and text is there, and clicks it. */
  click(selector: string, text?: string): Promise<void>;
  /** Waits until the script answers true. */
  until<Given extends unknown[]>(script: Script<Given, boolean>, ...given: Given): Promise<void>;
}

/** What the open room shows; runs in the page. */
const shown = () =>
  [...document.querySelectorAll('li.message')].map((row) => ({
    text: row.querySelector('.text')?.textContent ?? '',
    state: row.getAttribute('data-state') ?? '',
    isOwn: row.classList.contains('own'),
  }));

export function person(tab: Tab): Person {
  async function until<Given extends unknown[]>(
    script: Script<Given, boolean>,
    ...given: Given
  ): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    while (!(await tab.run(script, ...given))) {
      if (Date.now() > end) {
        const seen = JSON.stringify([await tab.run(shown), await tab.wrongs()]);
        throw new Error(`Not so: ${script} with ${JSON.stringify(given)}. The page has ${seen}`);
      }
      await pause(50);
    }
  }

  const line = (state: 'live' | 'down') =>
    until(
      (isLive) => (document.querySelector('[data-line="live"]') !== null) === isLive,
      state === 'live',
    );

  return {
    tab,
    until,
    line,
    nickname: () => tab.run(() => document.querySelector('.me .name')?.textContent ?? ''),
    async connect(url) {
      await tab.open(url);
      await line('live');
    },
    async reload() {
      await tab.reload();
      await line('live');
    },
    say: (text) => tab.type('#message', `${text}${ENTER}`),
    reads: (...texts) =>
      until((wanted) => {
        const rows = [...document.querySelectorAll('li.message')];
        const read = rows.map((row) => row.querySelector('.text')?.textContent);
        const isStored = rows.every((row) => row.getAttribute('data-state') === 'sent');
        return isStored && JSON.stringify(read) === JSON.stringify(wanted);
      }, texts),
    opened: (title) =>
      until((wanted) => document.querySelector('h1')?.textContent === wanted, title),
    async click(selector, text = '') {
      await until(
        (one, has) =>
          [...document.querySelectorAll(one)].some(
            (node) => node.checkVisibility() && node.textContent.includes(has),
          ),
        selector,
        text,
      );
      await tab.click(selector, text);
    },
  };
}
