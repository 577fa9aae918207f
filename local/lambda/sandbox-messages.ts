// What passes between this process and a sandbox's thread.
import type { MessagePort } from 'node:worker_threads';

/** What went wrong, as Lambda words it. `trace` is there when the function's own code threw. */
export interface Fault {
  errorType: string;
  errorMessage: string;
  trace?: string[];
}

/** What an invocation came to: the JSON text that the handler returned, or a fault. */
export type Result = { body: string } | { fault: Fault };

export interface Boot {
  /** Absolute path of the bundle. */
  file: string;
  handler: string;
  /** 4 bytes: 1 while a request waits in `requests`. A frozen thread sleeps on it. */
  gate: SharedArrayBuffer;
  requests: MessagePort;
}

export interface Request {
  requestId: string;
  /** JSON text. */
  event: string;
  arn: string;
  /** Milliseconds since the epoch. */
  deadline: number;
}

export type Level = 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'STDOUT' | 'STDERR';

export type Report =
  | { kind: 'ready' }
  | { kind: 'line'; level: Level; text: string }
  | { kind: 'result'; result: Result };
