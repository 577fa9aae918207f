// Two interpreters of state machines behind one face: Hubbub's own, and moto's.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { Aws } from '../../local/endpoint/aws.ts';
import { silent } from '../../local/log.ts';
import { startMachines } from '../../local/stepfunctions/state-machines.ts';

export interface Outcome {
  status: string;
  error?: string | undefined;
  /** JSON. */
  output?: string | undefined;
}
export type Interpret = (definition: Record<string, unknown>, input: unknown) => Promise<Outcome>;

const region = 'eu-west-1';
const account = '000000000000';

/** Hubbub's own, with retries that do not wait. */
export function own(aws: Aws): Interpret {
  return async (definition, input) => {
    const plan = {
      ...{ name: 'm', arn: `arn:aws:states:${region}:${account}:stateMachine:m`, policy: [] },
      ...{ type: 'EXPRESS' as const, definition, definitionFile: 'm.asl.json' },
      origin: { file: 'template.yaml', path: 'Resources.M' },
    };
    const clock = { now: Date.now, random: Math.random, sleep: async () => {} };
    const machines = startMachines([plan], { aws, log: silent, region, account, clock });
    const start = { stateMachineArn: plan.arn, input: JSON.stringify(input) };
    return (await machines.call('StartSyncExecution', start)) as unknown as Outcome;
  };
}

async function portOf(server: ChildProcess): Promise<string> {
  let told = '';
  for await (const chunk of server.stderr ?? []) {
    told += chunk;
    const [, port] = /Running on http:\/\/127\.0\.0\.1:(\d+)/.exec(told) ?? [];
    if (port) return port;
  }
  throw new Error(`moto did not start: ${told}`);
}

/** Starts moto; it calls the AWS services at `frontDoorPort`. */
export async function startMoto(python: string, frontDoorPort: number) {
  const script = new URL('moto_server.py', import.meta.url).pathname;
  const server = spawn(python, [script, '0'], {
    env: { ...process.env, MOTO_PORT: String(frontDoorPort) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const endpoint = `http://127.0.0.1:${await portOf(server)}`;
  server.stderr?.resume();
  const config = JSON.stringify({ stepfunctions: { execute_state_machine: true } });
  await fetch(`${endpoint}/moto-api/config`, { method: 'POST', body: config });
  const credentials = { accessKeyId: 'ak', secretAccessKey: 'sk' };
  const client = new SFNClient({ region, endpoint, credentials });
  let count = 0;
  const interpret: Interpret = async (definition, input) => {
    count++;
    const { stateMachineArn } = await client.send(
      new CreateStateMachineCommand({
        ...{ name: `m${count}`, roleArn: `arn:aws:iam::${account}:role/m` },
        definition: JSON.stringify(definition),
      }),
    );
    const start = { stateMachineArn, name: `e${count}`, input: JSON.stringify(input) };
    const { executionArn } = await client.send(new StartExecutionCommand(start));
    for (;;) {
      const now = await client.send(new DescribeExecutionCommand({ executionArn }));
      if (now.status !== 'RUNNING') return { ...now, status: String(now.status) };
    }
  };
  return {
    interpret,
    async stop() {
      client.destroy();
      server.kill();
      await once(server, 'exit');
    },
  };
}
