// Firefox over WebDriver BiDi (https://www.w3.org/TR/webdriver-bidi/), which it speaks itself: no driver program is needed.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import {
  ANSWER_MS,
  type Engine,
  isWrong,
  type Script,
  SIZE,
  seek,
  start,
  type Tab,
} from './engine.ts';

/** Firefox asks its makers for news otherwise; the rest is set by Firefox when it is driven. */
const PREFERENCES = `
user_pref("app.normandy.enabled", false);
user_pref("services.settings.server", "data:,#remote-settings-dummy/v1");
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
`;

interface Answer {
  id?: number;
  type: 'success' | 'error' | 'event';
  result?: unknown;
  message?: string;
  method?: string;
  params?: unknown;
}
interface LogEntry {
  level: string;
  text: string | null;
  source: { context?: string };
}
type Evaluated =
  | { type: 'success'; result: { value?: unknown; sharedId?: string } }
  | { type: 'exception'; exceptionDetails: { text: string } };

export async function startFirefox(program: string): Promise<Engine> {
  const home = await mkdtemp(join(tmpdir(), 'hubbub-firefox-'));
  await writeFile(join(home, 'user.js'), PREFERENCES);
  const browser = start(
    program,
    ['--headless', '--no-remote', '--profile', home, '--remote-debugging-port', '0'],
    { ...process.env, HOME: home },
  );
  async function end() {
    await browser.end();
    await rm(home, { recursive: true, force: true });
  }
  try {
    const entries: LogEntry[] = [];
    const { send, close } = await connect(await address(browser.child), (method, params) => {
      if (method === 'log.entryAdded') entries.push(params as LogEntry);
    });
    const { capabilities } = (await send('session.new', { capabilities: {} })) as {
      capabilities: { browserName: string; browserVersion: string };
    };
    await send('session.subscribe', { events: ['log.entryAdded'] });
    return {
      name: `${capabilities.browserName} ${capabilities.browserVersion}`,
      tab: () => createTab(send, entries),
      async end() {
        close();
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Firefox writes to stderr where it listens. What it writes later is read too: a full pipe would stop it. */
async function address({ stderr }: ChildProcess): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let said = '';
  stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4_000);
    const [, url] = /^WebDriver BiDi listening on (ws:\S+)\n/m.exec(said) ?? [];
    if (url) resolve(`${url}/session`);
  });
  stderr?.once('end', () => reject(new Error(`Firefox did not start:\n${said}`)));
  return promise;
}

type Send = (method: string, params: object) => Promise<unknown>;

/** `send` throws the error that a command is answered with. */
async function connect(url: string, told: (method: string, params: unknown) => void) {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  const waiting = new Map<number, (answer: Answer) => void>();
  let last = 0;
  socket.on('message', (data) => {
    const answer = JSON.parse(String(data)) as Answer;
    if (answer.type === 'event') told(answer.method ?? '', answer.params);
    else waiting.get(answer.id ?? 0)?.(answer);
  });
  await once(socket, 'open');
  const send: Send = async (method, params) => {
    last += 1;
    const id = last;
    const { promise, resolve } = Promise.withResolvers<Answer>();
    waiting.set(id, resolve);
    socket.send(JSON.stringify({ id, method, params }));
    const late = setTimeout(
      () => resolve({ type: 'error', message: 'Firefox does not answer.' }),
      ANSWER_MS,
    );
    const { type, result, message } = await promise;
    clearTimeout(late);
    waiting.delete(id);
    if (type === 'error') throw new Error(`${method}: ${message}`);
    return result;
  };
  return { send, close: () => socket.terminate() };
}

async function createTab(send: Send, entries: LogEntry[]): Promise<Tab> {
  // A user context has cookies and storage of its own.
  const { userContext } = (await send('browser.createUserContext', {})) as { userContext: string };
  // A window, not a tab: Firefox seldom draws a page that is hidden.
  const { context } = (await send('browsingContext.create', { type: 'window', userContext })) as {
    context: string;
  };
  await send('browsingContext.setViewport', { context, viewport: SIZE });

  async function call(script: string, given: unknown[]) {
    const evaluated = (await send('script.callFunction', {
      functionDeclaration: script,
      arguments: [{ type: 'string', value: JSON.stringify(given) }],
      target: { context },
      awaitPromise: true,
    })) as Evaluated;
    if (evaluated.type === 'exception') throw new Error(evaluated.exceptionDetails.text);
    return evaluated.result;
  }

  async function click(selector: string, text = '') {
    const { sharedId } = await call(`(given) => (${seek})(...JSON.parse(given))`, [selector, text]);
    if (sharedId === undefined) throw new Error(`There is no visible ${selector} with “${text}”.`);
    const origin = { type: 'element', element: { sharedId } };
    const actions = [
      { type: 'pointerMove', x: 0, y: 0, origin },
      { type: 'pointerDown', button: 0 },
      { type: 'pointerUp', button: 0 },
    ];
    await send('input.performActions', {
      context,
      actions: [{ type: 'pointer', id: 'mouse', actions }],
    });
  }

  return {
    open: async (url) =>
      void (await send('browsingContext.navigate', { context, url, wait: 'complete' })),
    reload: async () => void (await send('browsingContext.reload', { context, wait: 'complete' })),
    async run<Given extends unknown[], Result>(script: Script<Given, Result>, ...given: Given) {
      const { value } = await call(
        `async (given) => JSON.stringify([await (${script})(...JSON.parse(given))])`,
        given,
      );
      return (JSON.parse(String(value)) as [Result])[0];
    },
    click,
    async type(selector, text) {
      await click(selector);
      const actions = [...text].flatMap((value) => [
        { type: 'keyDown', value },
        { type: 'keyUp', value },
      ]);
      await send('input.performActions', {
        context,
        actions: [{ type: 'key', id: 'keyboard', actions }],
      });
    },
    async screenshot() {
      const { data } = (await send('browsingContext.captureScreenshot', { context })) as {
        data: string;
      };
      return Buffer.from(data, 'base64');
    },
    wrongs: async () =>
      entries
        .filter(
          ({ source, level, text }) => source.context === context && isWrong(level, text ?? ''),
        )
        .map(({ text }) => text ?? ''),
    offline: async (is) =>
      void (await send('emulation.setNetworkConditions', {
        networkConditions: is ? { type: 'offline' } : null,
        contexts: [context],
      })),
  };
}
