// A Lambda execution environment: AWS's own runtime interface client (aws-lambda-ric), and the Runtime API that it asks.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html */
const API = '/2018-06-01/runtime';
const NAMES = join(import.meta.dirname, 'container-names.ts');

export interface Answer {
  payload: unknown;
  /** The function threw, or did not start. */
  failed: boolean;
}

export interface ExecutionEnvironment {
  invoke(event: unknown): Promise<Answer>;
  /** What the function wrote so far. */
  output(): string;
  stop(): Promise<void>;
}

export interface ExecutionSettings {
  /** The folder of aws-lambda-ric. */
  client: string;
  /** The folder that a container has as /var/task. */
  code: string;
  handler: string;
  /** All of it: nothing of this process's environment is handed on. */
  environment: Record<string, string>;
  /** The address of host.docker.internal. */
  hostGateway?: string;
}

export async function startExecution(settings: ExecutionSettings): Promise<ExecutionEnvironment> {
  const { client, code, handler, environment, hostGateway = '127.0.0.1' } = settings;
  const waiting: ServerResponse[] = [];
  const events: string[] = [];
  const answers: ((answer: Answer) => void)[] = [];
  let failure: Answer | undefined;
  const settle = (answer: Answer) => answers.shift()?.(answer);

  const hand = () => {
    if (waiting.length === 0 || events.length === 0) return;
    const res = waiting.shift();
    const event = events.shift();
    const id = randomUUID();
    res?.setHeader('Lambda-Runtime-Aws-Request-Id', id);
    res?.setHeader('Lambda-Runtime-Deadline-Ms', Date.now() + 60_000);
    const arn = 'arn:aws:lambda:us-east-1:012345678912:function:test';
    res?.setHeader('Lambda-Runtime-Invoked-Function-Arn', arn);
    res?.setHeader('content-type', 'application/json').end(event);
  };
  const answer = async (req: IncomingMessage, res: ServerResponse) => {
    if (req.url === `${API}/invocation/next`) {
      waiting.push(res);
      return hand();
    }
    const failed = req.url?.endsWith('/error') ?? true;
    const result = { payload: JSON.parse((await text(req)) || 'null') as unknown, failed };
    if (req.url === `${API}/init/error`) failure = result;
    res.writeHead(202).end('{}');
    settle(result);
  };
  const server = createServer((req, res) => {
    answer(req, res).catch((error: Error) => res.destroy(error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  // Outside of the repository, whose package.json says that .js files are modules.
  const task = mkdtempSync(join(tmpdir(), 'hubbub-task-'));
  cpSync(code, task, { recursive: true });
  const child: ChildProcess = spawn(process.execPath, [join(client, 'index.mjs')], {
    cwd: task,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...environment,
      // What the emulator of the Runtime API adds in a container.
      AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${(server.address() as AddressInfo).port}`,
      _HANDLER: handler,
      LAMBDA_TASK_ROOT: task,
      TEST_HOST_GATEWAY: hostGateway,
      NODE_OPTIONS: `--import=${NAMES}`,
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  const ended = once(child, 'exit').then(() => {
    failure ??= { payload: { errorMessage: `the client ended: ${output}` }, failed: true };
    for (const give of answers.splice(0)) give(failure);
  });

  return {
    invoke(event) {
      if (failure !== undefined) return Promise.resolve(failure);
      const { promise, resolve } = Promise.withResolvers<Answer>();
      answers.push(resolve);
      events.push(JSON.stringify(event));
      hand();
      return promise;
    },
    output: () => output,
    async stop() {
      child.kill('SIGKILL');
      await ended;
      server.closeAllConnections();
      server.close();
      rmSync(task, { recursive: true, force: true });
    },
  };
}
