// boto3 in a process of its own: calls by service, operation and input.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface Boto3Error {
  /** The class of the exception. */
  type: string;
  Message: string;
  Code?: string;
  QueryErrorCode?: string;
  status?: number;
}

interface Told {
  output?: unknown;
  error?: Boto3Error;
}

interface Settings {
  endpoint?: string;
  /** Of botocore.config.Config. */
  config?: object;
}

/** `variables` come on top of this process's environment. */
export function startBoto3(python: string, endpoint: string, variables: NodeJS.ProcessEnv = {}) {
  const child = spawn(python, [join(import.meta.dirname, 'boto3_calls.py')], {
    env: { ...process.env, ...variables },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let last: Promise<unknown> = Promise.resolve();

  async function tell(call: object): Promise<Told> {
    child.stdin.write(`${JSON.stringify(call)}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error('boto3 has ended');
    return JSON.parse(value) as Told;
  }
  const ask = (
    paginate: boolean,
    service: string,
    operation: string,
    input: object,
    { config = {}, ...settings }: Settings,
  ): Promise<Told> => {
    const call = { service, operation, input, config, paginate, endpoint, ...settings };
    const answer = last.then(() => tell(call));
    last = answer.catch(() => undefined);
    return answer;
  };
  const outputOf = ({ output, error }: Told) => {
    if (error === undefined) return output;
    throw new Error(`${error.type}: ${error.Message}`);
  };

  return {
    /** The output of an operation that works. */
    async call(service: string, operation: string, input = {}, settings: Settings = {}) {
      const told = await ask(false, service, operation, input, settings);
      return outputOf(told) as Record<string, unknown>;
    },
    /** The outputs of all pages, as boto3's own paginator asks for them. */
    async pages(service: string, operation: string, input = {}) {
      return outputOf(await ask(true, service, operation, input, {})) as Record<string, unknown>[];
    },
    /** The error of an operation that fails. */
    async error(service: string, operation: string, input = {}, settings: Settings = {}) {
      const { error } = await ask(false, service, operation, input, settings);
      if (error === undefined) throw new Error(`${service} ${operation} worked`);
      return error;
    },
    async stop() {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}
