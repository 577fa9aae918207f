// `npm run emulate`: deploys a stage to MiniStack with the repository's own scripts and the real CLIs, holds it to its promises, and removes it.
// Needs `sam` and `aws` on the PATH, and MINISTACK: the path of `ministack` in an environment of requirements.txt (.ci/run makes one).
import { type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { blocksOf } from '../runbook.ts';
import { startGateway } from './gateway.ts';
import { startMiniStack } from './ministack.ts';

const HERE = import.meta.dirname;
const ROOT = join(HERE, '../..');
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
/** The section of docs/operations.md whose commands are run, and the names of tables and user pools in what they print. */
const IMPORT = 'Import retained tables';
const NAMES = /hubbub-prod-shared-[\w-]+|[a-z]+-[a-z]+-\d_\w+/g;
/** Of the inventory: what a stage prod retains. */
const KEPT = /^(table|user pool) hubbub-prod/;

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
    PATH: [join(HERE, 'bin'), PATH].join(delimiter),
  };
  const run = (command: string, args: string[], more: Record<string, string> = {}) =>
    output(command, args, { cwd: ROOT, env: { ...env, ...more } });
  const settings = (stage: string) => settingsOf(stage, run);
  /** What the inventory showed while a stage stood. */
  const stood: string[] = [];
  /** Deploys the stage with these settings, and again without them, which must change nothing. */
  async function round(stage: string, given: Record<string, string>): Promise<void> {
    step(`deploy stage ${stage}, for the first time`);
    const deploy = ['run', '-s', 'deploy', '--', stage];
    await shown(run('npm', [...deploy, ...PARAMETERS], { ...given, EMULATED_STAGE: stage }));
    const first = await settings(stage);
    step(`deploy stage ${stage} again, without saying anything twice`);
    await shown(run('npm', deploy, { EMULATED_STAGE: stage }));
    equal(await settings(stage), first, 'the second deploy changed parameters or outputs');
    stood.push(...(await inventory()));
  }
  async function remove(stage: string): Promise<void> {
    step(`remove stage ${stage}`);
    await shown(run('npm', ['run', '-s', 'destroy', '--', stage, '--yes']));
  }
  const list = (...what: string[]) =>
    run(join(dirname(ministack), 'python'), [join(HERE, 'inventory.py'), ...what]);
  const inventory = async () =>
    (await list())
      .split('\n')
      .filter((line) => line !== '' && !SAMS_OWN.test(line))
      .sort();

  const certificate = async () =>
    (
      await run('aws', [
        ...['acm', 'request-certificate', '--domain-name', '*.chat.example.com'],
        ...['--query', 'CertificateArn', '--output', 'text'],
      ])
    ).trim();

  /** Lets the first create of a stack fail, as samconfig.toml has SAM deploy `shared`. */
  async function failedCreate(): Promise<void> {
    step('a stack that fails to be created is deleted');
    const name = 'hubbub-broken-shared';
    const template = join(home, 'broken.json');
    const Properties = { UserPoolId: 'us-east-1_Missing00', Domain: name };
    const Resources = { SignIn: { Type: 'AWS::Cognito::UserPoolDomain', Properties } };
    await writeFile(template, JSON.stringify({ Resources }));
    const failed = await run('sam', [
      ...['deploy', '--config-file', join(ROOT, 'samconfig.toml'), '--config-env', 'shared'],
      ...['--no-confirm-changeset', '--region', 'us-east-1'],
      ...['--template-file', template, '--stack-name', name, '--s3-prefix', name],
    ]).then(
      () => undefined,
      (error: Error) => error.message,
    );
    if (!failed?.includes('CREATE_FAILED'))
      throw new Error(`the broken stack did not fail in its create: ${failed}`);
    const standing = (await list()).split('\n').filter((line) => line === `stack ${name}`);
    equal(standing, [], 'the stack that failed to be created stands');
  }

  try {
    await failedCreate();
    const before = await inventory();

    await round('qa', {
      ALARM_EMAIL: 'ops@example.com',
      BUDGET_USD: '1,5',
      ALLOWED_ORIGINS: 'https://a.example, https://b.example',
    });
    step('hold stage qa to its promises');
    const callback = (await settings('qa')).find(({ key }) => key === 'output CallbackUrl');
    const gateway = await startGateway(callback?.value.replace(/^http/, 'ws') ?? '');
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
    await remove('qa');
    equal(await inventory(), before, 'removing stage qa left something behind');

    const arn = await certificate();
    await round('prod', {
      SIGN_IN: 'emulated-chat',
      DOMAIN: 'page.chat.example.com',
      SOCKET_DOMAIN: 'ws.chat.example.com',
      CERTIFICATE_ARN: arn,
    });
    await remove('prod');
    const kinds = (await inventory())
      .filter((line) => !before.includes(line))
      .map((line) => line.split(' hubbub-prod')[0]);
    equal(kinds, ['table', 'table', 'table', 'user pool'], 'prod retains its tables and its pool');
    const unseen = (await list('kinds'))
      .trim()
      .split('\n')
      .filter((kind) => !stood.some((line) => line.startsWith(`${kind} `)));
    equal(unseen, [], 'the inventory does not see a kind that the stages had');

    step('import what prod retained, as docs/operations.md says');
    const retained = await inventory();
    const [write = '', importIt = '', deploy = ''] = blocksOf('docs/operations.md', IMPORT, 'sh');
    const bash = (block: string) =>
      run('bash', ['-euo', 'pipefail', '-c', block], { EMULATED_STAGE: 'prod' });
    const names: string[] = JSON.stringify(await bash(write)).match(NAMES) ?? [];
    for (const [at, list] of blocksOf('docs/operations.md', IMPORT, 'json').entries())
      await writeFile(
        join(ROOT, `import-${['shared', 'identity'][at]}.json`),
        list.replaceAll(/"([\w-]+)…"/g, (_, begin: string) =>
          JSON.stringify(names.find((name) => name.startsWith(begin))),
        ),
      );
    await shown(bash(importIt));
    await shown(bash(deploy));
    const standing = (await inventory()).filter((line) => KEPT.test(line));
    equal(
      standing,
      retained.filter((line) => KEPT.test(line)),
      'the import made new tables or users beside the retained ones',
    );
    equal(
      (await settings('prod'))
        .filter(({ key }) => /^output (\w+Table|Issuer)$/.test(key))
        .map(({ value }) => names.includes(value.split('/').at(-1) ?? '')),
      [true, true, true, true],
      'the stacks hold the retained tables and users',
    );
    await remove('prod');
    equal(await inventory(), retained, 'removing what was imported left something else');
    process.stdout.write('emulator: nothing is left but what prod retains\n');
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

/** Every parameter and output of a stage's stacks. */
async function settingsOf(stage: string, run: Run): Promise<Setting[]> {
  interface Stack {
    StackName: string;
    Parameters?: { ParameterKey: string; ParameterValue: string }[];
    Outputs?: { OutputKey: string; OutputValue: string }[];
  }
  const said = await run('aws', ['cloudformation', 'describe-stacks', '--output', 'json']);
  const { Stacks } = JSON.parse(said) as { Stacks: Stack[] };
  return Stacks.filter(({ StackName }) => StackName.startsWith(`hubbub-${stage}-`))
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
