// One sandbox (AWS: execution environment): a worker thread, what it is asked, and how it ends.
import { MessageChannel, Worker } from 'node:worker_threads';
import { exited, killed, thrown, timedOut } from './runtime-error.ts';
import type { Boot, Fault, Level, Report, Request, Result } from './sandbox-messages.ts';

/** AWS gives a cold start 10 s of its own, and then once more within the function's time-out. */
const INIT_MS = 10_000;

/**
 * At the limit Node gives a thread 16 MB more in which to end it. A larger young generation can outgrow that in one
 * collection, and then V8 aborts the whole process.
 */
const YOUNG_MB = 8;

export interface SandboxSettings {
  file: string;
  handler: string;
  variables: Record<string, string>;
  timeoutS: number;
  memoryMb: number;
  onLine: (level: Level, text: string) => void;
}

export interface Sandbox {
  /** The fault when the initialisation failed: the sandbox is dead then. */
  ready: Promise<Fault | undefined>;
  /** One at a time: the pool sees to it. */
  run(request: Omit<Request, 'deadline'>): Promise<Result>;
  dead(): boolean;
  /** Ends the thread at once; a running invocation fails with Runtime.ExitError. */
  end(): Promise<void>;
}

export function startSandbox(settings: SandboxSettings): Sandbox {
  const { file, handler, variables, timeoutS, memoryMb, onLine } = settings;
  const gate = new SharedArrayBuffer(4);
  const signal = new Int32Array(gate);
  const { port1: requests, port2 } = new MessageChannel();
  const boot: Boot = { file, handler, gate, requests: port2 };
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: boot,
    transferList: [port2],
    env: variables,
    execArgv: [],
    name: variables.AWS_LAMBDA_FUNCTION_NAME ?? handler,
    resourceLimits: {
      maxOldGenerationSizeMb: memoryMb,
      maxYoungGenerationSizeMb: YOUNG_MB,
    },
  });

  let dead = false;
  let waiting: ((result: Result) => void) | undefined;

  const settle = (result: Result) => {
    waiting?.(result);
    waiting = undefined;
  };

  const end = async (fault: Fault) => {
    dead = true;
    settle({ fault });
    await worker.terminate();
    requests.close();
  };

  /** The next result of the thread, or a time-out that ends it. */
  const result = (limitMs: number) =>
    new Promise<Result>((resolve) => {
      const timer = setTimeout(() => void end(timedOut(timeoutS)), limitMs);
      waiting = (value) => {
        clearTimeout(timer);
        resolve(value);
      };
    });

  worker.on('message', (report: Report) => {
    if (report.kind === 'line') onLine(report.level, report.text);
    else if (report.kind === 'ready') settle({ body: '' });
    else {
      // A sandbox that gave a result of its own accord, out of turn, is about to exit.
      if (!waiting) dead = true;
      settle(report.result);
    }
  });
  worker.on('error', (error: Error & { code?: string }) => {
    const outOfMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
    dead = true;
    settle({ fault: outOfMemory ? killed('Runtime.OutOfMemory') : thrown(error) });
  });
  worker.on('exit', (code) => {
    dead = true;
    settle({ fault: exited(code) });
  });

  return {
    ready: result(INIT_MS + timeoutS * 1000).then((first) =>
      'fault' in first ? first.fault : undefined,
    ),
    run(request) {
      const limitMs = timeoutS * 1000;
      const answer = result(limitMs);
      const full: Request = { ...request, deadline: Date.now() + limitMs };
      requests.postMessage(full);
      Atomics.store(signal, 0, 1);
      Atomics.notify(signal, 0);
      return answer;
    },
    dead: () => dead,
    end: () => end(killed()),
  };
}
