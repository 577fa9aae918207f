// The log: one line a hop, readable at a glance, correlated by messageId.

export type Level = 'quiet' | 'normal' | 'verbose';

/** One hop of a message: who did what, how long it took. Never message text, secrets or tokens. */
export interface Hop {
  /** gateway, bus, machine, function, table, queue, site */
  service: string;
  /** e.g. `sendmessage`, `MessageSent → message-distribution` */
  what: string;
  messageId?: string | undefined;
  ms?: number | undefined;
  /** e.g. `200`, `SUCCEEDED`, `410` */
  status?: string | number | undefined;
  failed?: boolean | undefined;
}

export interface Log {
  hop(hop: Hop): void;
  /** Only with --verbose. */
  detail(line: string): void;
  /** Something changed that a person asked for (reload). */
  say(line: string): void;
  /** Something went wrong that somebody should see, even with --quiet. */
  warn(line: string): void;
}

const COLUMN = { service: 9, what: 44, status: 10 };

/** Writes to `out`; colours only for a terminal. */
export function createLog(level: Level, out: NodeJS.WritableStream & { isTTY?: boolean }): Log {
  const paint = (code: number, text: string) => (out.isTTY ? `\x1b[${code}m${text}\x1b[0m` : text);
  const line = (text: string) => out.write(`${text}\n`);
  return {
    hop({ service, what, messageId, ms, status = '', failed = false }) {
      if (level === 'quiet') return;
      const time = new Date().toISOString().slice(11, 23);
      const took = ms === undefined ? '' : `${ms.toFixed(1)} ms`;
      line(
        [
          paint(2, time),
          paint(36, service.padEnd(COLUMN.service)),
          what.padEnd(COLUMN.what),
          paint(failed ? 31 : 32, String(status).padEnd(COLUMN.status)),
          took.padStart(10),
          messageId ? paint(2, ` ${messageId}`) : '',
        ]
          .join(' ')
          .trimEnd(),
      );
    },
    detail(text) {
      if (level === 'verbose') line(paint(2, text));
    },
    say(text) {
      if (level !== 'quiet') line(paint(35, text));
    },
    warn(text) {
      line(paint(31, text));
    },
  };
}

/** For tests and embedders that want no lines. */
export const silent: Log = {
  hop() {},
  detail() {},
  say() {},
  warn() {},
};

const MESSAGE_ID = /"messageId":\s*(?:\{\s*"S":\s*)?"([\w-]{1,64})"/;

/** The messageId inside a JSON payload, wherever it sits: the thread that ties one message's hops together. */
export function messageIdIn(json: string): string | undefined {
  return MESSAGE_ID.exec(json)?.[1];
}
