// `npm run emulate`: deploys a stage to MiniStack with the repository's own scripts and the real CLIs, holds it to its promises, and removes it.
// Needs `sam` and `aws` on the PATH, and MINISTACK: the path of `ministack` in an environment of requirements.txt (.ci/run makes one).
import { type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { startGateway } from './gateway.ts';
import { startMiniStack } from './ministack.ts';

const HERE = import.meta.dirname;
const ROOT = join(HERE, '../..');
const STAGE = 'qa';
/** The suite speaks faster than people, and from one address. */
const PARAMETERS = [
  'api.MessageBurst=1000',
  'api.MessagesPerSecond=1000',
  'api.ConnectionsPerAddress=0',
  'api.RoomMessagesPerSecond=0',
  'workflows.PresenceGraceSeconds=1',
];
/** SAM's own: the bucket of artifacts and its stack stay, for whatever else the account deploys. */
const SAMS_OWN = /^(stack aws-sam-cli-managed-default|bucket aws-sam-cli-managed-default-\S+)$/;

const step = (title: string) => process.stdout.write(`\n── emulator: ${title}\n`);

async function main(): Promise<void> {
  const { MINISTACK: ministack, PATH = '' } = process.env;
  if (ministack === undefined)
    throw new Error(
      'MINISTACK is not set: the path of ministack (tests/emulator/requirements.txt)',
    );
  const sam = spawnSync('bash', ['-c', 'command -v sam'], { encoding: 'utf8' }).stdout.trim();
  if (sam === '') throw new Error('sam is not on the PATH: pip install -r tests/judges.txt');

  step('start');
  const emulator = await startMiniStack(ministack);
  const home = await mkdtemp(join(tmpdir(), 'emulator-home-'));
  const env = {
    ...process.env,
    // No profile of this machine, and no account: nothing here can reach AWS.
    HOME: home,
    AWS_CONFIG_FILE: join(home, 'none'),
    AWS_SHARED_CREDENTIALS_FILE: join(home, 'none'),
    AWS_PROFILE: undefined,
    AWS_ENDPOINT_URL: emulator.endpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_SESSION_TOKEN: undefined,
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    SAM_CLI_TELEMETRY: '0',
    REAL_SAM: sam,
    EMULATED_STAGE: STAGE,
    PATH: [join(HERE, 'bin'), PATH].join(delimiter),
  };
  const run = (command: string, args: string[], more: Record<string, string> = {}) =>
    output(command, args, { cwd: ROOT, env: { ...env, ...more } });
  const inventory = async () =>
    (await run(join(dirname(ministack), 'python'), [join(HERE, 'inventory.py')]))
      .split('\n')
      .filter((line) => line !== '' && !SAMS_OWN.test(line))
      .sort();

  try {
    const before = await inventory();

    step(`deploy stage ${STAGE}, for the first time`);
    const settings = {
      ALARM_EMAIL: 'ops@example.com',
      BUDGET_USD: '1,5',
      ALLOWED_ORIGINS: 'https://a.example, https://b.example',
    };
    await shown(run('npm', ['run', '-s', 'deploy', '--', STAGE, ...PARAMETERS], settings));
    const first = await stacks(run);

    step('deploy again, without saying anything twice');
    await shown(run('npm', ['run', '-s', 'deploy', '--', STAGE]));
    equal(await stacks(run), first, 'the second deploy changed parameters');

    step('hold the stage to its promises');
    const upstream = first.find(({ key }) => key === 'output CallbackUrl')?.value ?? '';
    const gateway = await startGateway(upstream.replace(/^http/, 'ws'));
    try {
      await shown(
        run('npm', ['test', '--', '-w', '1', 'tests/contract/deployed'], {
          CHAT_URL: gateway.url,
          CHAT_GATEWAY: 'ministack',
        }),
      );
    } finally {
      await gateway.stop();
    }

    step('remove the stage');
    await shown(run('npm', ['run', '-s', 'destroy', '--', STAGE, '--yes']));
    equal(await inventory(), before, 'removing the stage left something behind');
    process.stdout.write('emulator: nothing is left\n');
  } catch (error) {
    const log = join(tmpdir(), `ministack-${process.pid}.log`);
    await writeFile(log, await emulator.log());
    process.stderr.write(`emulator: its log is ${log}\n`);
    throw error;
  } finally {
    await emulator.stop();
    await rm(home, { recursive: true, force: true });
  }
}

type Run = (command: string, args: string[]) => Promise<string>;
interface Setting {
  stack: string;
  key: string;
  value: string;
}

/** Every parameter and output of the stage's stacks. */
async function stacks(run: Run): Promise<Setting[]> {
  interface Stack {
    StackName: string;
    Parameters?: { ParameterKey: string; ParameterValue: string }[];
    Outputs?: { OutputKey: string; OutputValue: string }[];
  }
  const said = await run('aws', ['cloudformation', 'describe-stacks', '--output', 'json']);
  const { Stacks } = JSON.parse(said) as { Stacks: Stack[] };
  return Stacks.filter(({ StackName }) => StackName.startsWith(`hubbub-${STAGE}-`))
    .flatMap(({ StackName: stack, Parameters = [], Outputs = [] }) => [
      ...Parameters.map(({ ParameterKey, ParameterValue: value }) => ({
        stack,
        key: ParameterKey,
        value,
      })),
      ...Outputs.map(({ OutputKey, OutputValue: value }) => ({
        stack,
        key: `output ${OutputKey}`,
        value,
      })),
    ])
    .sort((a, b) => `${a.stack} ${a.key}`.localeCompare(`${b.stack} ${b.key}`));
}

function equal(now: unknown[], then: unknown[], what: string): void {
  const [before, after] = [then, now].map((all) => all.map((one) => JSON.stringify(one)));
  const lost = before?.filter((one) => !after?.includes(one)) ?? [];
  const come = after?.filter((one) => !before?.includes(one)) ?? [];
  if (lost.length + come.length === 0) return;
  throw new Error(
    [`${what}:`, ...lost.map((one) => `- ${one}`), ...come.map((one) => `+ ${one}`)].join('\n'),
  );
}

const shown = async (said: Promise<string>) => process.stdout.write(await said);

/** What the command printed on both streams; throws with it where the command failed. */
async function output(command: string, args: string[], options: SpawnOptions): Promise<string> {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const out: Buffer[] = [];
  const all: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => {
    out.push(chunk);
    all.push(chunk);
  });
  child.stderr?.on('data', (chunk: Buffer) => all.push(chunk));
  const code = await new Promise<number | null>((done, fail) => {
    child.once('error', fail);
    child.once('close', done);
  });
  if (code === 0) return Buffer.concat(out).toString();
  throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${Buffer.concat(all)}`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
});
