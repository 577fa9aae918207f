// WebKitGTK over classic WebDriver (https://www.w3.org/TR/webdriver2/): a WebKitWebDriver for each tab, as each has one session.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
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

/** How WebDriver marks an element in JSON: https://www.w3.org/TR/webdriver2/#elements */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';

/** The window's frame and bar, which the page's size does not count. */
const BAR = 38;

export interface WebKitPrograms {
  driver: string;
  xvfb: string;
}

export async function startWebKit({ driver, xvfb }: WebKitPrograms): Promise<Engine> {
  const home = await mkdtemp(join(tmpdir(), 'hubbub-webkit-'));
  const screen = `${SIZE.width}x${SIZE.height + BAR}x24`;
  const display = start(
    xvfb,
    ['-displayfd', '3', '-nolisten', 'tcp', '-screen', '0', screen],
    process.env,
  );
  display.child.stderr?.resume();
  const drivers: Driver[] = [];
  async function end() {
    await Promise.all(drivers.map((one) => one.end()));
    await display.end();
    await rm(home, { recursive: true, force: true });
  }
  try {
    const number = await displayOf(display.child);
    const env = { ...process.env, HOME: home, DISPLAY: `:${number}` };
    const next = async () => {
      const started = await startDriver(driver, env);
      drivers.push(started);
      return started;
    };
    const first = await next();
    let spare: Driver | undefined = first;
    return {
      name: first.name,
      async tab() {
        const mine = spare ?? (await next());
        spare = undefined;
        return createTab(mine.ask);
      },
      end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Xvfb writes the number of its display to its fourth stream, once it is ready. */
async function displayOf(xvfb: ChildProcess): Promise<string> {
  const [number] = (await Promise.race([
    once(xvfb.stdio[3] as Readable, 'data'),
    once(xvfb, 'exit').then(() => {
      throw new Error('Xvfb did not start.');
    }),
  ])) as [Buffer];
  return String(number).trim();
}

type Ask = (method: 'GET' | 'POST' | 'DELETE', path: string, body?: object) => Promise<unknown>;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return address.port;
}

interface Driver {
  name: string;
  ask: Ask;
  end(): Promise<void>;
}

/** Throws when there is no session; nothing of it runs then. */
async function startDriver(program: string, env: NodeJS.ProcessEnv): Promise<Driver> {
  const port = await freePort();
  const { child, end } = start(program, ['--host=127.0.0.1', `--port=${port}`], env);
  child.stderr?.resume();
  const base = `http://127.0.0.1:${port}`;
  try {
    for (let tries = 0; !(await answers(`${base}/status`)); tries++) {
      if (tries === 100) throw new Error(`${program} did not start.`);
      await pause(100);
    }
    const made = (await ask(`${base}/session`, 'POST', {
      // A load answers at once, so that `watch` runs before the page's own code.
      capabilities: { alwaysMatch: { pageLoadStrategy: 'none' } },
    })) as { sessionId: string; capabilities: { browserName: string; browserVersion: string } };
    const session = `${base}/session/${made.sessionId}`;
    const { browserName, browserVersion } = made.capabilities;
    return {
      name: `WebKitGTK ${browserVersion} (${browserName})`,
      ask: (method, path, body) => ask(`${session}${path}`, method, body),
      async end() {
        try {
          await ask(session, 'DELETE');
        } finally {
          await end();
        }
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

const answers = (url: string) =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );

/** Throws the error that the command is answered with. */
async function ask(url: string, method: string, body?: object): Promise<unknown> {
  const response = await fetch(url, {
    method,
    signal: AbortSignal.timeout(ANSWER_MS),
    ...(method === 'POST' ? { body: JSON.stringify(body ?? {}) } : {}),
  });
  const { value } = (await response.json()) as { value: unknown };
  if (!response.ok) throw new Error(`${new URL(url).pathname}: ${(value as Error).message}`);
  return value;
}

declare global {
  interface Window {
    /** What `watch` heard, until it is read. */
    heard?: { level: string; text: string }[];
  }
}

/**
 * Runs in the page: collects errors and breaches. Classic WebDriver has no console, and WebKitGTK prints none when driven.
 * Answers whether it runs before the page's own code, or that the next document is not there yet.
 */
function watch(): 'early' | 'late' | 'not there' {
  if (location.protocol === 'about:' || window.heard) return 'not there';
  const heard: { level: string; text: string }[] = [];
  window.heard = heard;
  const hear = (text: string, level = 'error') => heard.push({ level, text });
  addEventListener('error', ({ message, error }) => hear(message || String(error)));
  addEventListener('unhandledrejection', ({ reason }) => hear(String(reason)));
  addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
    hear(`Content Security Policy: ${violatedDirective} ${blockedURI}`),
  );
  for (const level of ['error', 'warn'] as const) {
    const { [level]: print } = console;
    console[level] = (...said: unknown[]) => {
      hear(said.map(String).join(' '), level);
      print(...said);
    };
  }
  return document.querySelector('.composer')?.hasChildNodes() ? 'late' : 'early';
}

async function createTab(ask: Ask): Promise<Tab> {
  const wrongs: string[] = [];
  await ask('POST', '/window/rect', { x: 0, y: 0, ...SIZE, height: SIZE.height + BAR });

  const execute = (script: string, given: unknown[]) =>
    ask('POST', '/execute/sync', { script, args: [JSON.stringify(given)] });

  async function run<Given extends unknown[], Answer>(
    script: Script<Given, Answer>,
    ...given: Given
  ): Promise<Answer> {
    const body = `return JSON.stringify([(${script})(...JSON.parse(arguments[0]))]);`;
    return (JSON.parse(String(await execute(body, given))) as [Answer])[0];
  }

  async function element(selector: string, text = ''): Promise<string> {
    const script = `return (${seek})(...JSON.parse(arguments[0]));`;
    const found = (await execute(script, [selector, text])) as Record<string, string> | null;
    const id = found?.[ELEMENT];
    if (id === undefined) throw new Error(`There is no visible ${selector} with “${text}”.`);
    return id;
  }

  /** Takes over what was heard, for the next document has a list of its own. */
  async function listen() {
    const heard = await run(() => window.heard?.splice(0) ?? []);
    wrongs.push(...heard.filter(({ level, text }) => isWrong(level, text)).map(({ text }) => text));
  }

  /** Loads again where `watch` came too late, for then an error may be missed. */
  async function load(path: string, body: object, tries = 10): Promise<void> {
    await listen();
    await ask('POST', path, body);
    let is = await run(watch);
    while (is === 'not there') is = await run(watch);
    while ((await run(() => document.readyState)) !== 'complete') await pause(20);
    if (is === 'early') return;
    if (tries === 1) throw new Error('The page has run before its errors could be collected.');
    await load('/refresh', {}, tries - 1);
  }

  return {
    open: (url) => load('/url', { url }),
    reload: () => load('/refresh', {}),
    run,
    click: async (selector, text) =>
      void (await ask('POST', `/element/${await element(selector, text)}/click`)),
    async type(selector, text) {
      const id = await element(selector);
      await ask('POST', `/element/${id}/click`);
      await ask('POST', `/element/${id}/value`, { text });
    },
    screenshot: async () => Buffer.from(String(await ask('GET', '/screenshot')), 'base64'),
    async wrongs() {
      await listen();
      return wrongs;
    },
  };
}

/** Undefined where one of them is missing. */
export function webKitPrograms(found: (program: string) => string[]): WebKitPrograms | undefined {
  const [driver] = found('WebKitWebDriver');
  const [xvfb] = found('Xvfb');
  return driver && xvfb ? { driver, xvfb } : undefined;
}
