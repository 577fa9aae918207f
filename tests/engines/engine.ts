// What a browser engine has to offer for the steps of engines.test.ts, and what its drivers share.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { FORBIDDEN } from '../browser/visitor.ts';

/** What a page function takes and answers: JSON. */
export type Script<Given extends unknown[], Answer> = (...given: Given) => Answer;

/** One page with storage of its own: what one person sees. */
export interface Tab {
  /** Answers when the document has loaded. */
  open(url: string): Promise<void>;
  reload(): Promise<void>;
  /** Runs the function in the page; it sees nothing of its own module. Throws what it throws. */
  run<Given extends unknown[], Answer>(
    script: Script<Given, Answer>,
    ...given: Given
  ): Promise<Answer>;
  /** Clicks in the middle of the visible element with this selector and text. Throws where there is none. */
  click(selector: string, text?: string): Promise<void>;
  /** Clicks into the field, and presses one key for each character. */
  type(selector: string, text: string): Promise<void>;
  /** A PNG of what is visible. */
  screenshot(): Promise<Buffer>;
  /** Errors in the page and breaches of its policy, since the tab was made. Empty in a healthy page. */
  wrongs(): Promise<string[]>;
  /** Takes the network from the page, or gives it back. Undefined where the driver cannot. */
  offline?(is: boolean): Promise<void>;
}

export interface Engine {
  /** As the engine names itself, with its version. */
  name: string;
  /** A tab that shares nothing with the others. */
  tab(): Promise<Tab>;
  /** Ends every process of the engine, and deletes what it wrote. */
  end(): Promise<void>;
}

/** The Enter key, in both WebDriver protocols: https://www.w3.org/TR/webdriver2/#keyboard-actions */
export const ENTER = '\uE007';

/** A command that is not answered in this time has failed. */
export const ANSWER_MS = 60_000;

export const SIZE = { width: 1_280, height: 800 };

/** What an engine says of a network that a test has taken away. */
const NETWORK =
  /can.t establish a connection to the server|The connection to \S+ was interrupted|^(NS_|Failed to load resource|WebSocket connection to)/;

/** Whether a line of the console tells of a fault in the page. */
export const isWrong = (level: string, text: string) =>
  (level === 'error' && !NETWORK.test(text)) || FORBIDDEN.test(text);

/** Runs in the page: the visible element with this selector and text, scrolled into view. */
export function seek(selector: string, text: string): Element | null {
  const all = [...document.querySelectorAll(selector)];
  const one = all.find((node) => node.checkVisibility() && node.textContent.includes(text));
  one?.scrollIntoView({ block: 'nearest' });
  return one ?? null;
}

/** A process in a group of its own, which ends with this process and takes its children along. */
export interface Started {
  child: ChildProcess;
  end(): Promise<void>;
}

export function start(program: string, args: string[], env: NodeJS.ProcessEnv): Started {
  // The fourth is for Xvfb, which writes its display there.
  const stdio = ['ignore', 'ignore', 'pipe', 'pipe'] as const;
  const child = spawn(program, args, { env, stdio: [...stdio], detached: true });
  const ended = once(child, 'exit');
  const signal = (name: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch (error) {
      // The group is gone already. (The error is of another realm under Jest, so instanceof fails.)
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };
  const leaveNoOrphan = () => signal('SIGKILL');
  process.once('exit', leaveNoOrphan);
  return {
    child,
    async end() {
      signal('SIGTERM');
      const patience = setTimeout(() => signal('SIGKILL'), 5_000);
      await ended;
      clearTimeout(patience);
      signal('SIGKILL');
      process.off('exit', leaveNoOrphan);
    },
  };
}
