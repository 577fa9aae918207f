// deploy.sh and destroy.sh, run by a shell with stand-ins for aws, sam and npm: what they refuse, in which order they work, what they keep.
import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { CHANGES, serve, type World, writeStub } from './fake-tools.ts';

const ROOT = resolve(import.meta.dirname, '../..');
/** Another shell to run them in, e.g. a bash 3.2 as macOS has it. */
const BASH = process.env.BASH_UNDER_TEST ?? '/bin/bash';
const SYSTEM = 'awk sed grep tr sort uniq basename dirname mktemp cat rm'.split(' ');
const STACKS = ['budget', 'shared', 'api', 'workflows', 'front', 'identity'];
/** The Default of each parameter of each stack's own template. */
const DEFAULTS = Object.fromEntries(
  STACKS.map((stack) => {
    const { Parameters } = parse(readFileSync(join(ROOT, stack, 'template.yaml'), 'utf8'), {
      logLevel: 'silent', // of CloudFormation's tags, which it does not know
    }) as { Parameters: Record<string, { Default?: string | number }> };
    const known = Object.entries(Parameters).flatMap(([name, { Default }]) =>
      Default === undefined || name === 'Stage' ? [] : [[name, `${Default}`]],
    );
    return [stack, Object.fromEntries(known) as Record<string, string>];
  }),
);
const PAGE = 'https://d1.cloudfront.net';
const CERTIFICATE = 'arn:aws:acm:us-east-1:123456789012:certificate/page';
const SOCKET_CERTIFICATE = 'arn:aws:acm:eu-west-1:123456789012:certificate/socket';

const NAMES = { DOMAIN: 'chat.example.com', CERTIFICATE_ARN: CERTIFICATE };

const FRESH: World = {
  configuredRegion: 'eu-west-1',
  credentials: true,
  samVersion: '1.158.0',
  stacks: {},
  buckets: {},
  locations: {},
  certificates: {},
  tables: [],
  pools: [],
  logGroups: [],
  defaults: DEFAULTS,
  lacks: [],
  fails: {},
  says: {},
  calls: [],
  lives: Number.POSITIVE_INFINITY,
};

let folder: string;
let bin: string;
let now: World;
let server: Server;
let script: ChildProcess | undefined;

beforeAll(async () => {
  server = await serve(
    () => now,
    () => script?.kill('SIGKILL'),
  );
});
afterAll(() => new Promise((done) => server.close(done)));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hubbub-deploy-'));
  bin = join(folder, 'bin');
  mkdirSync(bin);
  mkdirSync(join(folder, 'node_modules/esbuild'), { recursive: true });
  for (const file of ['deploy.sh', 'destroy.sh', 'stacks.sh', 'samconfig.toml'])
    cpSync(join(ROOT, file), join(folder, file));
  for (const stack of STACKS) {
    mkdirSync(join(folder, stack));
    cpSync(join(ROOT, stack, 'template.yaml'), join(folder, stack, 'template.yaml'));
  }
  for (const tool of SYSTEM) {
    const found = ['/bin', '/usr/bin'].map((at) => join(at, tool)).find(existsSync);
    if (found !== undefined) symlinkSync(found, join(bin, tool));
  }
  symlinkSync(BASH, join(bin, 'bash'));
  for (const tool of ['aws', 'sam', 'npm', 'upload', 'look']) writeStub(bin, tool, server);
  write('front/deploy-frontend.sh', 'upload "$@"\n');
  write('front/check-public-access.sh', 'look\n');
  now = structuredClone(FRESH);
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(file: string, text: string): void {
  writeFileSync(join(folder, file), text);
}

const world = (change: Partial<World>) => Object.assign(now, structuredClone(change));
const read = () => structuredClone(now);

function start(command: string, words: string[], env: Record<string, string>, input: string) {
  now.calls = [];
  const child = spawn(command, words, { env: { PATH: bin, TMPDIR: folder, ...env } });
  script = child;
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data) => {
    stdout += data;
  });
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  child.stdin.on('error', () => {}); // a script that refuses reads nothing
  child.stdin.end(input);
  return new Promise<{ status: number | null; stdout: string; stderr: string }>((done) => {
    child.on('close', (status) => done({ status, stdout, stderr }));
  });
}

/** Runs one script anew: `calls` holds what this run called. */
async function run(script: string, words: string[] = [], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = await start(BASH, [join(folder, script), ...words], env, '');
  const { calls } = read();
  const called = (pattern: RegExp) =>
    calls.flatMap((line) => pattern.exec(line)?.slice(1, 2) ?? []);
  return {
    status,
    stdout,
    stderr,
    calls,
    deployed: called(/^sam deploy --config-env (\w+)/),
    /** `--parameter-overrides` of each deploy of a stack, without Stage. */
    passed: (stack: string) =>
      called(
        new RegExp(`^sam deploy --config-env ${stack} .*--parameter-overrides Stage="\\w+" ?(.*)$`),
      ),
    deleted: called(/^aws cloudformation delete-stack --stack-name (\S+)/),
  };
}
async function deploy(env: Record<string, string> = {}, ...words: string[]) {
  const result = await run('deploy.sh', words, env);
  const [stage = 'dev'] = words;
  const region = env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? now.configuredRegion;
  if (result.status === 0 && result.deployed.length > 0)
    belongsTogether(`${region}/hubbub-${stage}`, result.stdout);
  return result;
}
/** After a deploy that succeeds, the page's policy has the socket's name, and the page may open a socket, or the deploy says that it may not. */
function belongsTogether(name: string, stdout: string): void {
  const [api, front] = ['api', 'front'].map((stack) => now.stacks[`${name}-${stack}`]);
  expect(front?.parameters.SocketDomain).toBe(api?.parameters.Domain);
  const allowed = api?.parameters.AllowedOrigins?.split(/, ?/) ?? [];
  expect(new Set(allowed).size).toBe(allowed.length);
  const mayOpen = allowed.includes('*') || allowed.includes(front?.outputs.SiteUrl ?? '');
  expect(stdout.includes('MAY NOT OPEN A SOCKET')).toBe(!mayOpen);
}
const destroy = (...words: string[]) => run('destroy.sh', words);

/** Refused: exit 1, one last line that says what to do, and nothing built or changed. */
function refused(result: Awaited<ReturnType<typeof run>>, says: RegExp): void {
  expect(result.stderr.trimEnd().split('\n').at(-1)).toMatch(says);
  expect(result.status).toBe(1);
  expect(result.calls.filter((line) => CHANGES.test(line))).toEqual([]);
}

const stack = (status: string) => ({ status, parameters: {}, outputs: {} });

describe('a first deploy', () => {
  test('goes from producers to consumers, and lets the page in once its address is known', async () => {
    const result = await deploy();
    expect(result.deployed).toEqual(['shared', 'api', 'workflows', 'front', 'api']);
    expect(result.passed('api')).toEqual(['', `AllowedOrigins="${PAGE}"`]);
    expect(result.calls.filter((line) => /^(npm|upload)/.test(line))).toEqual([
      'npm run build -- shared api workflows front',
      'upload dev',
    ]);
    expect(result.stdout).toContain(`The page:  ${PAGE}`);
    expect(result.stdout).toContain('DNS, socket: CNAME ws -> d-1');
    expect(result.status).toBe(0);
  });

  test('says loudly, first and last, that nobody hears an alarm, with the command that mends it', async () => {
    const said = (await deploy({}, 'qa')).stdout.trim().split('\n');
    const loud =
      /NOBODY HEARS AN ALARM.*NO BUDGET.*ALARM_EMAIL=\S+ BUDGET_USD=1,5 npm run deploy -- qa$/;
    expect(said.findIndex((line) => loud.test(line))).toBeLessThan(4);
    expect(said.at(-1)).toMatch(loud);
  });

  test('deploys the budget first, to us-east-1, where an address is known', async () => {
    const result = await deploy({ ALARM_EMAIL: 'you@example.com', BUDGET_USD: '1, 5' });
    expect(result.deployed[0]).toBe('budget');
    expect(result.passed('budget')).toEqual([
      'AlarmEmail="you@example.com" FirstUsd="1" SecondUsd="5" ThirdUsd="" FourthUsd="" FifthUsd=""',
    ]);
    expect(result.stdout).toContain('mail at 1, 5 US dollars');
    expect(result.passed('shared')).toEqual(['AlarmEmail="you@example.com"']);
    const regions = result.calls.flatMap(
      (line) => /^sam deploy --config-env (\w+ --region \S+)/.exec(line)?.[1] ?? [],
    );
    expect(regions.slice(0, 2)).toEqual(['budget --region us-east-1', 'shared --region eu-west-1']);
    expect(result.stdout).not.toContain('!!!');
  });

  test('knows the address of a page with a domain, so api is deployed once', async () => {
    const result = await deploy({
      DOMAIN: 'chat.example.com',
      CERTIFICATE_ARN: CERTIFICATE,
      SOCKET_CERTIFICATE_ARN: SOCKET_CERTIFICATE,
    });
    expect(result.deployed).toEqual(['shared', 'api', 'workflows', 'front']);
    expect(result.passed('api')).toEqual([
      `Domain="ws.chat.example.com" CertificateArn="${SOCKET_CERTIFICATE}" AllowedOrigins="https://chat.example.com"`,
    ]);
    expect(result.passed('front')).toEqual([
      `Domain="chat.example.com" CertificateArn="${CERTIFICATE}" SocketDomain="ws.chat.example.com"`,
    ]);
  });

  test('of a website looks first whether the account lets a bucket be public', async () => {
    const result = await deploy({ HOSTING: 'website' });
    expect(result.calls.findIndex((line) => line.startsWith('look'))).toBeLessThan(
      result.calls.findIndex((line) => line.startsWith('npm run build')),
    );
    expect(result.passed('front')).toEqual(['Hosting="website"']);
    write('front/check-public-access.sh', 'echo "no public bucket here" >&2; exit 1\n');
    refused(await deploy({ HOSTING: 'website' }), /no public bucket here/);
  });

  test('of sign-in forgets where another issuer had its keys', async () => {
    const other = ['AuthMode=oidc', 'OidcIssuer=https://other', 'OidcAudience=page'];
    const words = [...other, 'OidcJwksUri=https://other/keys'].map((word) => `api.${word}`);
    expect((await deploy({}, 'dev', ...words)).status).toBe(0);
    await deploy({ SIGN_IN: 'my-chat' });
    expect(read().stacks['eu-west-1/hubbub-dev-api']?.parameters).toMatchObject({
      OidcIssuer: 'https://issuer',
      OidcJwksUri: 'none',
    });
  });

  test('of sign-in tells front and api of the user pool', async () => {
    const result = await deploy({ SIGN_IN: 'my-chat' });
    expect(result.deployed.slice(4)).toEqual(['identity', 'front', 'api']);
    expect(result.passed('identity')).toEqual([`DomainPrefix="my-chat" PageUrl="${PAGE}/"`]);
    expect(result.passed('front').at(-1)).toBe('SignInOrigins="https://a https://b"');
    expect(result.passed('api').at(-1)).toBe(
      `AuthMode="oidc" OidcIssuer="https://issuer" OidcAudience="client" AllowedOrigins="${PAGE}"`,
    );
  });
});

describe('an upgrade', () => {
  test('goes from consumers to producers, each stack once, and passes nothing that an earlier run set', async () => {
    await deploy({
      ALARM_EMAIL: 'you@example.com',
      BUDGET_USD: '2',
      ALLOWED_ORIGINS: 'https://a.example, https://b.example',
      SIGN_IN: 'my-chat',
      DOMAIN: 'chat.example.com',
      CERTIFICATE_ARN: CERTIFICATE,
      SOCKET_DOMAIN: 'none',
    });
    const before = read().stacks;
    const result = await deploy();
    expect(result.status).toBe(0);
    expect(result.deployed).toEqual(['budget', 'shared', 'workflows', 'api', 'front', 'identity']);
    expect(result.passed('api')).toEqual(['']);
    expect(result.passed('front')).toEqual(['']);
    expect(read().stacks).toEqual(before);
    expect(result.stdout).toContain('Alarms:    you@example.com');
    expect(result.stdout).toContain('mail at 2 US dollars');
  });

  test('with a bare page never passes AllowedOrigins again', async () => {
    await deploy();
    const result = await deploy();
    expect(result.deployed).toEqual(['shared', 'workflows', 'api', 'front']);
    expect(result.passed('api')).toEqual(['']);
  });

  test('takes api before workflows where workflows imports what api does not export yet', async () => {
    await deploy();
    write(
      'workflows/template.yaml',
      `Parameters:\n  Stage:\n    Default: dev\nResources:\n  A: { Fn::ImportValue: !Sub 'hubbub-\${Stage}-Fresh' }\n`,
    );
    const api = readFileSync(join(folder, 'api/template.yaml'), 'utf8');
    write(
      'api/template.yaml',
      `${api}Outputs:\n  Fresh: { Value: 1, Export: { Name: !Sub 'hubbub-\${Stage}-Fresh' } }\n`,
    );
    expect((await deploy()).deployed).toEqual(['shared', 'api', 'workflows', 'front']);
  });

  test('moves AllowedOrigins with the page, and lets both in until the page has moved', async () => {
    await deploy();
    const result = await deploy({
      DOMAIN: 'chat.example.com',
      CERTIFICATE_ARN: CERTIFICATE,
      SOCKET_DOMAIN: 'none',
    });
    expect(result.deployed).toEqual(['shared', 'workflows', 'api', 'front', 'api']);
    const [first, second] = result.passed('api');
    const page = 'https://chat.example.com';
    expect(first).toContain(`AllowedOrigins="${PAGE},${page},${page}"`);
    expect(second).toBe(`Domain="" CertificateArn="" AllowedOrigins="${page}"`);
  });

  test("keeps origins of one's own when the page moves, and says that it is shut out", async () => {
    await deploy({ ALLOWED_ORIGINS: 'https://a.example' });
    const result = await deploy({
      DOMAIN: 'chat.example.com',
      CERTIFICATE_ARN: CERTIFICATE,
      SOCKET_DOMAIN: 'none',
    });
    expect(result.passed('api').join()).not.toContain('AllowedOrigins');
    expect(result.stdout).toMatch(
      /MAY NOT OPEN A SOCKET.*https:\/\/a\.example\. .*ALLOWED_ORIGINS=none npm run deploy -- dev\n/,
    );
  });

  test("keeps origins of one's own beside a socket of that name", async () => {
    const own = { SOCKET_DOMAIN: 'ws.a.example', SOCKET_CERTIFICATE_ARN: SOCKET_CERTIFICATE };
    await deploy({ ...own, ALLOWED_ORIGINS: 'https://a.example' });
    expect((await deploy()).stdout).toMatch(/MAY NOT OPEN A SOCKET.*https:\/\/a\.example\. /);
  });

  test('keeps the budget without ALARM_EMAIL, and its address for a stage that has none', async () => {
    await deploy({ ALARM_EMAIL: 'you@example.com' });
    // The first create of shared failed, or this is the same stage's first day in another Region.
    const result = await deploy({ AWS_REGION: 'eu-north-1' });
    expect(result.deleted).toEqual([]);
    expect(result.passed('budget')).toEqual(['']);
    expect(result.passed('shared')).toEqual(['AlarmEmail="you@example.com"']);
    expect((await deploy({ ALARM_EMAIL: 'she@example.com' })).passed('budget')).toEqual([
      'AlarmEmail="she@example.com"',
    ]);
    // Two Regions with two addresses do not take the budget from each other.
    expect((await deploy({ AWS_REGION: 'eu-north-1' })).passed('budget')).toEqual(['']);
    expect((await deploy({ BUDGET_USD: 'none' })).deleted).toEqual(['hubbub-dev-budget']);
  });

  test('says where ALARM_EMAIL brings back a budget', async () => {
    const env = { ALARM_EMAIL: 'you@example.com' };
    const brings = /ALARM_EMAIL makes a budget, too.*BUDGET_USD=none/;
    await deploy(env);
    await deploy({ BUDGET_USD: 'none' });
    expect((await deploy(env)).stdout).toMatch(brings);
    expect((await deploy(env)).stdout).not.toMatch(brings);
    expect((await deploy({ ...env, BUDGET_USD: 'none' })).stdout).not.toMatch(brings);
  });

  test('goes without a budget where us-east-1 is forbidden, unless one is asked for', async () => {
    const fails = {
      'stack-name hubbub-dev-budget': 'An error occurred (AccessDenied): explicit deny',
    };
    world({ fails });
    const result = await deploy();
    expect(result.status).toBe(0);
    expect(result.deployed).not.toContain('budget');
    const env = { ALARM_EMAIL: 'you@example.com' };
    refused(await deploy(env), /not let you look into us-east-1.*BUDGET_USD=none goes without/);
    const without = await deploy({ ...env, BUDGET_USD: 'none' });
    expect(without.status).toBe(0);
    expect(without.stdout).toMatch(/NO BUDGET.*AWS does not let you look into us-east-1/);
  });

  test('moves the socket with the page only where its name was the one beside the page', async () => {
    const socket = () => read().stacks['us-east-1/hubbub-dev-api']?.parameters;
    const own = { ...NAMES, AWS_REGION: 'us-east-1' };
    await deploy(own);
    expect(socket()).toMatchObject({ Domain: 'ws.chat.example.com', CertificateArn: CERTIFICATE });
    await deploy({ ...own, DOMAIN: 'talk.example.com', CERTIFICATE_ARN: `${CERTIFICATE}2` });
    expect(socket()).toMatchObject({
      Domain: 'ws.talk.example.com',
      CertificateArn: `${CERTIFICATE}2`,
    });
    const by = { SOCKET_DOMAIN: 'socket.example.com', SOCKET_CERTIFICATE_ARN: `${CERTIFICATE}3` };
    await deploy({ AWS_REGION: 'us-east-1', ...by });
    await deploy(own);
    expect(socket()).toMatchObject({
      Domain: 'socket.example.com',
      CertificateArn: `${CERTIFICATE}3`,
    });
    await deploy({ AWS_REGION: 'us-east-1', SOCKET_DOMAIN: 'none' });
    await deploy({ ...own, DOMAIN: 'talk.example.com' });
    expect(socket()).toMatchObject({ Domain: '', CertificateArn: '' });
    await deploy({ AWS_REGION: 'us-east-1', DOMAIN: 'none' });
    await deploy(own);
    expect(socket()?.Domain).toBe('ws.chat.example.com');
    await deploy({ AWS_REGION: 'us-east-1', DOMAIN: 'none' });
    expect(socket()).toMatchObject({ Domain: '', CertificateArn: '' });
  });

  test('forgets the hosting on none, and says where the user pool stays', async () => {
    await deploy({ HOSTING: 'website' });
    expect((await deploy({ HOSTING: 'none' })).passed('front')).toEqual(['Hosting="cloudfront"']);
    await deploy({ SIGN_IN: 'my-chat' });
    expect((await deploy({ SIGN_IN: 'none' })).stdout).toMatch(
      /Sign-in: +off\..*delete-stack --stack-name hubbub-dev-identity --region eu-west-1/,
    );
  });

  test.each(['api.AuthMode=guest', 'api.OidcIssuer=https://other', 'front.SignInOrigins='])(
    'refuses %s while people sign in at the pool',
    async (word) => {
      await deploy({ SIGN_IN: 'my-chat' });
      refused(await deploy({}, 'dev', word), /first: SIGN_IN=none npm run deploy -- dev$/);
      await deploy({ SIGN_IN: 'none' });
      const rest = ['api.AuthMode=oidc', 'api.OidcAudience=page'];
      const other = word.startsWith('api.OidcIssuer') ? [word, ...rest] : [word];
      expect((await deploy({}, 'dev', ...other)).status).toBe(0);
    },
  );

  test('never advises to delete a pool at which people may sign in', async () => {
    await deploy({ SIGN_IN: 'my-chat' });
    const identity = 'eu-west-1/hubbub-dev-identity';
    world({ stacks: { ...read().stacks, [identity]: stack('IMPORT_COMPLETE') } });
    const imported = await deploy();
    expect(imported.status).toBe(0);
    expect(imported.stdout).not.toContain('delete-stack');
    expect(imported.stdout).toMatch(/Sign-in: +at https:\/\/issuer/);
    await deploy({ SIGN_IN: 'my-chat' });
    expect((await deploy()).stdout).not.toMatch(/Sign-in: +(off|at)/);
  });

  test('says who makes accounts, until people may sign up by themselves', async () => {
    const hint = 'npm run deploy -- dev identity.SelfSignUp=yes';
    expect((await deploy({ SIGN_IN: 'my-chat' })).stdout).toContain(hint);
    expect((await deploy()).stdout).toContain(hint);
    const open = await deploy({}, 'dev', 'identity.SelfSignUp=yes');
    expect(open.stdout).toMatch(/Sign-in: /);
    expect(open.stdout).not.toContain(hint);
  });

  test('deploys a pool at which nobody signs in where a parameter of it is given', async () => {
    await deploy({ SIGN_IN: 'my-chat' }, 'dev', 'identity.DeletionProtection=on');
    await deploy({ SIGN_IN: 'none' });
    refused(await destroy('dev', '--yes'), /deploy -- dev identity\.DeletionProtection=off$/);
    const result = await deploy({}, 'dev', 'identity.DeletionProtection=off');
    expect(result.passed('identity')).toEqual(['DeletionProtection="off"']);
    expect(result.calls.join('\n')).toMatch(/npm run build -- .*identity/);
    expect(result.passed('api')).toEqual(['']);
    expect((await destroy('dev', '--yes')).status).toBe(0);
    world({ stacks: { 'eu-west-1/hubbub-dev-identity': stack('IMPORT_COMPLETE') } });
    refused(await deploy({}, 'dev', 'identity.SelfSignUp=yes'), /needs sign-in: add SIGN_IN/);
  });

  test('forgets on none', async () => {
    await deploy({
      ALARM_EMAIL: 'you@example.com',
      ALLOWED_ORIGINS: 'https://a.example',
      SIGN_IN: 'my-chat',
    });
    const result = await deploy({ ALARM_EMAIL: 'none', ALLOWED_ORIGINS: 'none', SIGN_IN: 'none' });
    expect(result.deleted).toEqual(['hubbub-dev-budget']);
    const { stacks } = read();
    expect(stacks['eu-west-1/hubbub-dev-shared']?.parameters.AlarmEmail).toBe('');
    expect(stacks['eu-west-1/hubbub-dev-front']?.parameters.SignInOrigins).toBe('');
    expect(stacks['eu-west-1/hubbub-dev-api']?.parameters).toMatchObject({
      AllowedOrigins: PAGE,
      AuthMode: 'guest',
      OidcIssuer: 'none',
    });
  });
});

describe('after a run that ended half-way', () => {
  const NAMED = { ...NAMES, SOCKET_CERTIFICATE_ARN: SOCKET_CERTIFICATE };
  const parameters = (stack: string, region = 'eu-west-1') =>
    read().stacks[`${region}/hubbub-dev-${stack}`]?.parameters ?? {};
  const broken = (text: string) => world({ fails: { [text]: 'the line is dead' } });

  test.each([
    ['the same command', NAMED],
    ['the bare command', {}],
  ])('before front: %s tells front of the socket', async (_, again) => {
    await deploy();
    broken('sam deploy --config-env front');
    expect((await deploy(NAMED)).status).toBe(1);
    expect(parameters('api').Domain).toBe('ws.chat.example.com');
    world({ fails: {} });
    expect((await deploy(again)).status).toBe(0);
    expect(parameters('front').SocketDomain).toBe('ws.chat.example.com');
  });

  test.each(['sam deploy --config-env front', 'upload'])(
    'at %s: AllowedOrigins goes on to follow the page',
    async (text) => {
      const move = (DOMAIN: string) => deploy({ ...NAMES, DOMAIN, SOCKET_DOMAIN: 'none' });
      await move('chat.example.com');
      broken(text);
      expect((await move('talk.example.com')).status).not.toBe(0);
      world({ fails: {} });
      await deploy();
      const page = `https://${parameters('front').Domain}`;
      expect(parameters('api').AllowedOrigins).toBe(page);
      await deploy({ DOMAIN: 'none' });
      expect(parameters('api').AllowedOrigins).toBe(PAGE);
    },
  );

  test('between front and api: AllowedOrigins goes on to follow the page', async () => {
    const move = (DOMAIN: string) => deploy({ ...NAMES, DOMAIN, SOCKET_DOMAIN: 'none' });
    await move('chat.example.com');
    broken('AllowedOrigins="https://talk.example.com"');
    expect((await move('talk.example.com')).status).toBe(1);
    world({ fails: {} });
    await deploy();
    expect(parameters('api').AllowedOrigins).toBe('https://talk.example.com');
  });

  test.each([{}, { ...NAMED, DOMAIN: 'talk.example.com' }])(
    'of a first deploy: the page gets another name with %j',
    async (other) => {
      broken('sam deploy --config-env front');
      await deploy(NAMED);
      world({ fails: {} });
      await deploy(other);
      expect(parameters('api').AllowedOrigins).toBe(
        'DOMAIN' in other ? 'https://talk.example.com' : PAGE,
      );
    },
  );

  test('in us-east-1: the socket goes on to take the page’s certificate', async () => {
    const own = { ...NAMES, AWS_REGION: 'us-east-1' };
    const both = ['chat.example.com', 'ws.chat.example.com'];
    const next = (number: number) => ({
      AWS_REGION: 'us-east-1',
      CERTIFICATE_ARN: `${CERTIFICATE}${number}`,
    });
    const certificates = () =>
      ['api', 'front'].map((stack) => parameters(stack, 'us-east-1').CertificateArn?.slice(-1));
    await deploy(own);
    broken('sam deploy --config-env front');
    await deploy(next(2));
    world({ fails: {} });
    expect(certificates()).toEqual(['2', 'e']);
    const third = await deploy(next(3));
    expect(third.stdout).toMatch(
      /keeps its own certificate, \S+2; with SOCKET_CERTIFICATE_ARN=none/,
    );
    expect(certificates()).toEqual(['2', '3']);
    await deploy({ AWS_REGION: 'us-east-1', SOCKET_CERTIFICATE_ARN: 'none' });
    expect(certificates()).toEqual(['3', '3']);

    broken('sam deploy --config-env front');
    await deploy(next(4));
    world({ fails: {}, certificates: { [`${CERTIFICATE}4`]: both, [`${CERTIFICATE}5`]: both } });
    expect(certificates()).toEqual(['4', '3']);
    expect((await deploy(next(5))).stdout).not.toContain('keeps its own');
    expect(certificates()).toEqual(['5', '5']);

    // The name may move at the same time.
    broken('sam deploy --config-env front');
    await deploy(next(4));
    const talk = ['talk.example.com', 'ws.talk.example.com'];
    world({ fails: {}, certificates: { ...read().certificates, [`${CERTIFICATE}7`]: talk } });
    await deploy({ ...next(7), DOMAIN: 'talk.example.com' });
    expect(certificates()).toEqual(['7', '7']);
    await deploy({ ...next(5), DOMAIN: 'chat.example.com' });

    // One that is for the socket alone is its own.
    world({ certificates: { ...read().certificates, [`${CERTIFICATE}6`]: both.slice(1) } });
    await deploy({ AWS_REGION: 'us-east-1', SOCKET_CERTIFICATE_ARN: `${CERTIFICATE}6` });
    await deploy(next(4));
    expect(certificates()).toEqual(['6', '4']);
    // Nor does it take one that is not for it.
    await deploy({ AWS_REGION: 'us-east-1', SOCKET_CERTIFICATE_ARN: `${CERTIFICATE}5` });
    world({ certificates: { ...read().certificates, [`${CERTIFICATE}8`]: both.slice(0, 1) } });
    expect((await deploy(next(8))).status).toBe(0);
    expect(certificates()).toEqual(['5', '8']);
  });

  test.each(['talk.example.com', 'third.example.com'])(
    'between api and front: the socket follows the page to %s',
    async (DOMAIN) => {
      await deploy(NAMED);
      broken('sam deploy --config-env front');
      await deploy({ DOMAIN: 'talk.example.com' });
      world({ fails: {} });
      await deploy({ DOMAIN });
      expect([parameters('api').Domain, parameters('front').SocketDomain]).toEqual([
        `ws.${DOMAIN}`,
        `ws.${DOMAIN}`,
      ]);
      await deploy({ DOMAIN: 'none' });
      expect([parameters('api').Domain, parameters('front').SocketDomain]).toEqual(['', '']);
    },
  );
});

describe('killed before each call that changes something, and run again', () => {
  const ALL = {
    ...NAMES,
    SOCKET_CERTIFICATE_ARN: SOCKET_CERTIFICATE,
    ALARM_EMAIL: 'you@example.com',
    SIGN_IN: 'my-chat',
  };
  const VIRGINIA = { ...NAMES, AWS_REGION: 'us-east-1' };
  type Env = Record<string, string>;

  // The scripts store nothing, so where the stacks are alike, all later runs are.
  test.each<[string, Env | undefined, Env]>([
    ['a first deploy of all', undefined, ALL],
    [
      'another name and certificate in us-east-1',
      VIRGINIA,
      { ...VIRGINIA, DOMAIN: 'talk.example.com', CERTIFICATE_ARN: `${CERTIFICATE}2` },
    ],
    ['forgetting all', ALL, { ALARM_EMAIL: 'none', DOMAIN: 'none', SIGN_IN: 'none' }],
    ['a website', {}, { HOSTING: 'website' }],
  ])('%s', async (_, first, change) => {
    if (first !== undefined) await deploy(first);
    const start = read();
    const calm = await deploy(change);
    const { stacks } = read();
    const changes = calm.calls.filter((line) => CHANGES.test(line)).length;
    expect(changes).toBeGreaterThan(5);
    for (let lives = 1; lives < changes; lives += 1) {
      now = { ...structuredClone(start), lives };
      expect((await deploy(change)).status).toBe(null);
      now.lives = Number.POSITIVE_INFINITY;
      expect((await deploy(change)).status).toBe(0);
      expect([lives, read().stacks]).toEqual([lives, stacks]);
    }
  });
});

describe('what prod keeps', () => {
  const protection = (stack: string) =>
    read().stacks[`eu-west-1/hubbub-prod-${stack}`]?.parameters.DeletionProtection;

  test('is protected once it stands, and not while it is created', async () => {
    const first = await deploy({ SIGN_IN: 'my-chat' }, 'prod');
    expect(first.passed('shared')).toEqual(['', 'DeletionProtection="on"']);
    expect(first.passed('identity').map((given) => given.includes('Protection'))).toEqual([
      false,
      true,
    ]);
    expect([protection('shared'), protection('identity')]).toEqual(['on', 'on']);
    const again = await deploy({}, 'prod');
    expect([again.passed('shared'), again.passed('identity')].join()).not.toContain('Protection');
  });

  test('never loses a protection that it had before this version', async () => {
    await deploy({}, 'prod');
    const stack = read().stacks['eu-west-1/hubbub-prod-shared'];
    delete stack?.parameters.DeletionProtection;
    world({
      stacks: { ...read().stacks, ...(stack && { 'eu-west-1/hubbub-prod-shared': stack }) },
    });
    expect((await deploy({}, 'prod')).passed('shared')).toEqual(['DeletionProtection="on"']);
  });

  test('stays as somebody said, and other stages are left alone', async () => {
    await deploy({}, 'prod', 'shared.DeletionProtection=off');
    expect(protection('shared')).toBe('off');
    expect((await deploy({}, 'prod')).passed('shared')).toEqual(['']);
    expect((await deploy()).passed('shared')).toEqual(['']);
  });
});

describe('what is passed to SAM', () => {
  test('stands in quotes, as SAM ends a bare value at its first space', async () => {
    const result = await deploy(
      { ALLOWED_ORIGINS: 'https://a.example, https://b.example' },
      'dev',
      'api.ConnectionsPerAddress=0',
      'front.OtherWebSockets=',
    );
    expect(result.calls.find((line) => line.startsWith('sam deploy --config-env api'))).toBe(
      'sam deploy --config-env api --region eu-west-1 --no-confirm-changeset --stack-name hubbub-dev-api --s3-prefix hubbub-dev-api ' +
        '--parameter-overrides Stage="dev" ConnectionsPerAddress="0" AllowedOrigins="https://a.example, https://b.example"',
    );
    expect(result.passed('front')).toEqual(['OtherWebSockets=""']);
  });
});

describe('the preflight refuses', () => {
  test.each(['aws', 'sam'])('a machine without %s', async (tool) => {
    rmSync(join(bin, tool));
    refused(await deploy(), new RegExp(`\\(${tool}\\) is not on the PATH; install it: https://`));
  });

  test.each(['1.157.1', '0.99.0'])('SAM CLI %s', async (samVersion) => {
    world({ samVersion });
    refused(
      await deploy(),
      /does not know AWS::Serverless::WebSocketApi; install 1\.158\.0 or newer/,
    );
  });

  test('a checkout without npm ci', async () => {
    rmSync(join(folder, 'node_modules'), { recursive: true });
    refused(await deploy(), /npm ci/);
  });

  test('missing credentials', async () => {
    world({ credentials: false });
    refused(await deploy(), /run 'aws configure'/);
  });

  test('a network without AWS, which is no matter of credentials', async () => {
    world({
      fails: { 'sts get-caller-identity': 'Could not connect to the endpoint URL: "https://sts"' },
    });
    refused(await deploy(), /AWS cannot be reached in eu-west-1; check the network/);
  });

  test('credentials that this Region does not know', async () => {
    world({ fails: { 'sts get-caller-identity': 'An error occurred (InvalidClientTokenId)' } });
    refused(await deploy(), /or enable the Region: .*enable-region --region-name eu-west-1$/);
  });

  test('a profile that is not there, by its name', async () => {
    const says = 'The config profile (wrok) could not be found';
    world({ fails: { aws: says } });
    const env = { AWS_PROFILE: 'wrok', AWS_REGION: 'eu-west-1' };
    refused(await deploy(env), /AWS_PROFILE 'wrok' is no profile.*list-profiles/);
  });

  test('no Region, two Regions, and a word that is none', async () => {
    refused(
      await deploy({ AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'us-east-1' }),
      /unset one/,
    );
    world({ credentials: false });
    refused(await deploy({ AWS_REGION: 'Ireland' }), /not the name of a Region/);
    world({ credentials: true });
    world({ configuredRegion: '' });
    refused(await deploy(), /no Region is set; run 'aws configure set region/);
  });

  test.each(['AWS_REGION', 'AWS_DEFAULT_REGION'])('nothing where %s alone is set', async (name) => {
    world({ configuredRegion: '' });
    const result = await deploy({ [name]: 'eu-central-1' });
    expect(result.status).toBe(0);
    expect(result.calls.filter((line) => line.startsWith('sam deploy')).join()).not.toMatch(
      /--region (?!eu-central-1)/,
    );
  });

  test.each(['Dev', '1a', 'dev-1', 'averylongstagename'])('the stage %s', async (stage) => {
    refused(await deploy({}, stage), /must be a small letter/);
  });

  test.each([
    [
      'ROLLBACK_COMPLETE',
      /aws cloudformation delete-stack --stack-name hubbub-dev-api --region eu-west-1/,
    ],
    ['ROLLBACK_FAILED', /aws cloudformation delete-stack/],
    ['CREATE_FAILED', /aws cloudformation delete-stack/],
    ['DELETE_FAILED', /end it: aws cloudformation delete-stack --stack-name hubbub-dev-api/],
    ['UPDATE_FAILED', /aws cloudformation rollback-stack/],
    ['UPDATE_ROLLBACK_FAILED', /aws cloudformation continue-update-rollback/],
    ['UPDATE_IN_PROGRESS', /wait until it has ended/],
    ['SOMETHING_NEW', /describe-stack-events/],
  ])('a stack that is %s', async (status, remedy) => {
    world({ stacks: { 'eu-west-1/hubbub-dev-api': stack(status) } });
    const result = await deploy();
    refused(result, /1 of the stage's stacks cannot be deployed/);
    expect(result.stderr).toMatch(remedy);
  });

  test.each([
    [
      { ALARM_EMAIL: 'you' },
      /ALARM_EMAIL 'you' is not .* one mail address, such as you@example\.com/,
    ],
    [{ BUDGET_USD: '5' }, /BUDGET_USD needs the address/],
    [{ BUDGET_USD: '$5', ALARM_EMAIL: 'a@b.example' }, /not one to five amounts/],
    [{ BUDGET_USD: '1,2,3,4,5,6', ALARM_EMAIL: 'a@b.example' }, /not one to five amounts/],
    [{ BUDGET_USD: '1.005', ALARM_EMAIL: 'a@b.example' }, /not one to five amounts/],
    ...['1,0.0', '1 5', '007', '05', '99999999999', '1,,5', ',1', '1,'].map(
      (usd): [Record<string, string>, RegExp] => [
        { BUDGET_USD: usd, ALARM_EMAIL: 'a@b.example' },
        /not one to five amounts/,
      ],
    ),
    [{ BUDGET_USD: '5,1,5', ALARM_EMAIL: 'a@b.example' }, /holds one amount twice, 5 and 5/],
    [{ BUDGET_USD: '5,5.0', ALARM_EMAIL: 'a@b.example' }, /holds one amount twice, 5 and 5\.0/],
    [{ BUDGET_USD: '1,1.00', ALARM_EMAIL: 'a@b.example' }, /holds one amount twice, 1 and 1\.00/],
    [{ HOSTING: 'netlify' }, /HOSTING 'netlify' is not one of: cloudfront, website/],
    [{ SIGN_IN: 'my-awsome-chat' }, /holds aws, amazon or cognito/],
    [{ AWS_REGION: 'cn-north-1' }, /cn-north-1 is not supported/],
    [{ AWS_REGION: 'us-gov-west-1' }, /us-gov-west-1 is not supported/],
    [{ DOMAIN: 'https://x' }, /DOMAIN 'https:\/\/x' is not .* A host name in lower case/],
    [
      { SOCKET_DOMAIN: 'https://x', SOCKET_CERTIFICATE_ARN: SOCKET_CERTIFICATE },
      /SOCKET_DOMAIN 'https:\/\/x' is not .* A host name in lower case/,
    ],
    [
      { SOCKET_DOMAIN: 'ws.example.com', SOCKET_CERTIFICATE_ARN: 'mine' },
      /SOCKET_CERTIFICATE_ARN 'mine' is not .* An ACM certificate of the stage's own Region/,
    ],
    [{ DOMAIN: 'none', CERTIFICATE_ARN: CERTIFICATE }, /DOMAIN=none forgets the certificate, too/],
    [
      { SOCKET_DOMAIN: 'none', SOCKET_CERTIFICATE_ARN: SOCKET_CERTIFICATE },
      /SOCKET_CERTIFICATE_ARN has no use; leave it out/,
    ],
    ...['yes', 'on', 'true', 'no'].map((word): [Record<string, string>, RegExp] => [
      { SIGN_IN: word },
      /SIGN_IN '\w+' would be the prefix.*SIGN_IN=my-chat; none goes back to guests/,
    ]),
    [{ DOMAIN: 'chat.example.com' }, /needs CERTIFICATE_ARN/],
    [{ CERTIFICATE_ARN: CERTIFICATE }, /is for a DOMAIN/],
    [
      { DOMAIN: 'chat.example.com', CERTIFICATE_ARN: 'mine' },
      /only an ACM certificate of us-east-1/,
    ],
    [
      { DOMAIN: 'chat.example.com', CERTIFICATE_ARN: SOCKET_CERTIFICATE },
      /only an ACM certificate of us-east-1/,
    ],
    [
      { DOMAIN: 'chat.example.com', CERTIFICATE_ARN: CERTIFICATE },
      /ws\.chat\.example\.com needs SOCKET_CERTIFICATE_ARN.*eu-west-1/,
    ],
    [
      { SOCKET_DOMAIN: 'ws.example.com', SOCKET_CERTIFICATE_ARN: CERTIFICATE },
      /of the stage's Region only/,
    ],
    [
      { DOMAIN: 'chat.example.com', CERTIFICATE_ARN: CERTIFICATE, HOSTING: 'website' },
      /HOSTING=website serves no domain/,
    ],
    [{ SIGN_IN: 'My Chat' }, /SIGN_IN 'My Chat' must be/],
    [{ SIGN_IN: 'my-chat', HOSTING: 'website' }, /for guests only/],
    [{ ALLOWED_ORIGINS: 'https://a.example/path' }, /must be origins without a path/],
    [{ ALLOWED_ORIGINS: 'https://a.example,https://a.example' }, /holds one origin twice/],
  ])('%j', async (env, says) => {
    refused(await deploy(env), says);
  });

  test('a parameter that is given twice', async () => {
    const words = ['api.MessageBurst=1', 'api.MessageBurst=2'];
    refused(await deploy({}, 'dev', ...words), /api\.MessageBurst is given twice, as '1' and '2'/);
  });

  test('what a rule of a template refuses, by what stood before and what is given', async () => {
    await deploy({}, 'dev', 'front.SignInOrigins=https://x.example');
    refused(
      await deploy({ HOSTING: 'website' }),
      /front would be refused.*Hosting=website is for guests only, .*run this again$/,
    );
    expect((await deploy({ HOSTING: 'website' }, 'dev', 'front.SignInOrigins=')).status).toBe(0);
  });

  test('a certificate that is not for the name, which ACM may be asked', async () => {
    const env = { ...NAMES, SOCKET_CERTIFICATE_ARN: SOCKET_CERTIFICATE };
    await deploy(env);
    const talk = { DOMAIN: 'talk.example.com' };
    world({ certificates: { [CERTIFICATE]: ['chat.example.com'] } });
    refused(
      await deploy(talk),
      /CERTIFICATE_ARN: .* is not for talk\.example\.com but for: chat\.example\.com; request one/,
    );
    world({
      certificates: {
        [CERTIFICATE]: ['chat.example.com', '*.example.com'],
        [SOCKET_CERTIFICATE]: ['*.example.com', 'ws.chat.example.com'],
      },
    });
    refused(
      await deploy(talk),
      /SOCKET_CERTIFICATE_ARN: .* is not for ws\.talk\.example\.com but for: \*\.example/,
    );
    world({ certificates: { [CERTIFICATE]: 'absent' } });
    refused(await deploy(talk), /there is no certificate arn:\S+\/page; give the ARN/);
    world({ certificates: { [CERTIFICATE]: 'PENDING_VALIDATION' } });
    refused(await deploy(talk), /arn:\S+\/page is PENDING_VALIDATION; give one/);
    world({
      certificates: {
        [CERTIFICATE]: ['*.example.com'],
        [SOCKET_CERTIFICATE]: ['ws.talk.example.com'],
      },
    });
    expect((await deploy(talk)).status).toBe(0);
    world({ certificates: {} });
    expect((await deploy({ DOMAIN: 'third.example.com' })).status).toBe(0);
  });

  test('a website for a stage where people sign in since an earlier run', async () => {
    await deploy({ SIGN_IN: 'my-chat' });
    refused(await deploy({ HOSTING: 'website' }), /for guests only/);
  });

  test.each([
    ['api.ConnectionsPerAddress', /has no value; write api\.ConnectionsPerAddress=VALUE/],
    ['--force', /'--force' is no option: npm run deploy/],
    ['shared.DeletionProtection=n', /not one of: on, off, later/],
    ['api.OidcJwksUri=https://x/keys', /say nothing without AuthMode oidc\. .*run this again$/],
    ['api.AuthMode=oidc', /AuthMode oidc needs OidcIssuer\./],
    ['ConnectionsPerAddress=0', /write STACK\.PARAMETER=VALUE/],
    ['apis.ConnectionsPerAddress=0', /there is no stack 'apis'.*shared api/],
    ['api.Connections=0', /api has no parameter Connections; it has: .*ConnectionsPerAddress/],
    ['api.ConnectionsPerAddress="', /no double quote/],
    ['api.AllowedOrigins=*', /is set by ALLOWED_ORIGINS/],
    ['identity.SelfSignUp=yes', /needs sign-in/],
    ['api.ConnectionsPerAddress=many', /api\.ConnectionsPerAddress 'many' is not a number/],
    ['api.ConnectionsPerAddress=', /is not a number/],
    ['api.ConnectionsPerAddress=-1', /out of range: at least 0/],
    ['shared.ArchiveDays=7', /out of range: at least 1 at most 6/],
    ['api.LogRetentionDays=8', /not one of: 1, 3, 5, 7/],
    ['shared.DeletionProtection=on,off', /not one of: on, off, later/],
    ['shared.DeletionProtection=', /not one of/],
    ['api.OidcIssuer=ftp://x', /api\.OidcIssuer 'ftp:\/\/x' is not as the template wants it/],
    [`api.ReservedNames=${'a'.repeat(2001)}`, /more than 2000 characters/],
  ])('%s', async (word, says) => {
    refused(await deploy({}, 'dev', word), says);
  });
});

describe('a failure inside $(…)', () => {
  test.each(['budget', 'shared', 'front'])(
    'stops before the build: describe-stacks of %s',
    async (name) => {
      world({ fails: { [`describe-stacks --stack-name hubbub-dev-${name}`]: 'Rate exceeded' } });
      const result = await deploy();
      refused(result, /AWS does not say how the stack/);
      expect(result.stderr).toContain('Rate exceeded');
    },
  );

  test('stops before the page is written: an output that is missing', async () => {
    world({ lacks: ['SiteUrl'] });
    const result = await deploy();
    expect(result.status).toBe(1);
    expect(result.stderr).toContain('hubbub-dev-front has no output SiteUrl');
    expect(result.deployed).toEqual(['shared', 'api', 'workflows', 'front']);
    expect(result.calls.join('\n')).not.toContain('upload');
  });

  test('stops before sign-in is half on: the pool has no issuer', async () => {
    world({ lacks: ['Issuer'] });
    const result = await deploy({ SIGN_IN: 'my-chat' });
    expect(result.status).toBe(1);
    expect(result.deployed.at(-1)).toBe('identity');
  });

  test.each([
    ['npm run build', /the build failed, and nothing was deployed; .*run the same command again$/],
    ['upload', /the page was not uploaded whole; .*run the same command again$/],
    ['sam deploy --config-env api', /hubbub-dev-api was not deployed; .*same command again$/],
  ])('that is none: %s fails, and a line says what to do', async (text, says) => {
    world({ fails: { [text]: 'no' } });
    const { status, stderr } = await deploy();
    expect(status).toBe(1);
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(says);
  });

  test('stops with the stack that fails', async () => {
    world({ fails: { 'sam deploy --config-env workflows': 'no workflows today' } });
    const result = await deploy();
    expect(result.status).not.toBe(0);
    expect(result.deployed).toEqual(['shared', 'api', 'workflows']);
  });
});

test('--help says how to call, and asks nobody', async () => {
  for (const word of ['-h', '--help']) {
    const { status, stdout, calls } = await deploy({}, 'dev', word);
    expect([status, calls]).toEqual([0, []]);
    expect(stdout).toMatch(/^npm run deploy -- \[STAGE\]/);
    expect(stdout.match(/^ {2}SIGN_IN$/gm)).toHaveLength(1);
    expect(stdout).toContain('  api.ConnectionsPerAddress=2000\n');
    expect(stdout).not.toContain('.Stage');
  }
  expect((await destroy('--help')).stdout).toBe('npm run destroy -- STAGE [--yes]\n');
});

test('Ctrl-C is no failure of a stack, and no output waits for it', async () => {
  // SAM's own answer to the signal: it says so and ends with 1.
  const stop = `#!/bin/bash\n[ "$1" = deploy ] || { echo 'SAM CLI, version 1.158.0'; exit; }\nkill -INT "$PPID"; echo Aborted! >&2; exit 1\n`;
  rmSync(join(bin, 'sam'));
  write('bin/sam', stop);
  chmodSync(join(bin, 'sam'), 0o755);
  const { status, stderr } = await deploy();
  expect(status).toBe(130);
  expect(stderr).toMatch(/deploy: stopped; AWS goes on.*run the same command again/);
  expect(stderr).not.toContain('was not deployed');
});

test('an account that CloudFront does not serve yet is told of the website', async () => {
  const fails = { 'sam deploy --config-env front': 'Your account must be verified' };
  world({ fails });
  expect((await deploy()).stderr).toContain('HOSTING=website npm run deploy -- dev');
  world({ fails });
  const { stderr } = await deploy({ HOSTING: 'website' });
  expect(stderr).toContain('hubbub-dev-front was not deployed');
  expect(stderr).not.toContain('HOSTING=website');
});

describe('destroy', () => {
  const managed = {
    status: 'CREATE_COMPLETE',
    parameters: {},
    outputs: { SourceBucket: 'sam-artifacts' },
  };
  const ORDER = ['identity', 'front', 'workflows', 'api', 'budget', 'shared'];

  /** A whole stage, with what others have beside it. */
  async function standing(stage: string): Promise<void> {
    await deploy({ ALARM_EMAIL: 'you@example.com', SIGN_IN: 'my-chat' }, stage);
    world({
      stacks: { ...read().stacks, 'eu-west-1/aws-sam-cli-managed-default': managed },
      buckets: {
        [`hubbub-${stage}-front-sitebucket`]: ['index.html', 'app.js'],
        'sam-artifacts': [`hubbub-${stage}-api/1`, `hubbub-${stage}2-api/1`, 'other/1'],
      },
      logGroups: [`/aws/lambda/hubbub-${stage}-api-Ping`, `/aws/lambda/hubbub-${stage}2-api-Ping`],
    });
  }

  test('empties and deletes in the order of imports, and leaves what is not of the stage', async () => {
    await standing('dev');
    const result = await destroy('dev', '--yes');
    expect(result.status).toBe(0);
    expect(result.deleted).toEqual(ORDER.map((name) => `hubbub-dev-${name}`));
    const waits = result.calls.filter((line) => line.includes('wait stack-delete-complete'));
    expect(waits).toHaveLength(ORDER.length);
    expect(result.calls.join('\n')).toContain(
      'delete-stack --stack-name hubbub-dev-budget --region us-east-1',
    );
    expect(read()).toMatchObject({
      buckets: { 'sam-artifacts': ['hubbub-dev2-api/1', 'other/1'] },
      logGroups: ['/aws/lambda/hubbub-dev2-api-Ping'],
    });
    expect(Object.keys(read().stacks)).toEqual(['eu-west-1/aws-sam-cli-managed-default']);
    expect(result.stdout).toContain('account 123456789012, Region eu-west-1');
    expect(result.stdout).toContain('hubbub-dev-front-sitebucket');
    expect(result.stdout).toContain('nothing of this stage');
  });

  test('of prod lists what prod retains', async () => {
    await standing('prod');
    world({ tables: ['hubbub-prod-shared-MessagesTable-1'], pools: ['eu-west-1_abc'] });
    const { stdout } = await destroy('prod', '--yes');
    expect(stdout).toContain('what prod retains');
    expect(stdout).toMatch(/table +hubbub-prod-shared-MessagesTable-1\n *user pool +eu-west-1_abc/);
  });

  test('stops where a stack is not deleted, says why, and goes on from there when run again', async () => {
    await standing('dev');
    world({
      fails: { 'wait stack-delete-complete --stack-name hubbub-dev-workflows': 'Waiter failed' },
    });
    const first = await destroy('dev', '--yes');
    expect(first.status).not.toBe(0);
    expect(first.deleted.at(-1)).toBe('hubbub-dev-workflows');
    expect(first.stderr).toContain('hubbub-dev-workflows was not deleted');
    expect(first.calls.join('\n')).toContain(
      'describe-stack-events --stack-name hubbub-dev-workflows',
    );
    world({
      fails: {},
      stacks: { ...read().stacks, 'eu-west-1/hubbub-dev-workflows': stack('DELETE_FAILED') },
    });
    const second = await destroy('dev', '--yes');
    expect(second.status).toBe(0);
    expect(second.deleted).toEqual(ORDER.slice(2).map((name) => `hubbub-dev-${name}`));
  });

  test('goes on after its stacks are gone but not what lies beside them', async () => {
    world({ logGroups: ['/aws/lambda/hubbub-dev-api-Ping', 'hubbub-dev-api-PingLogs-1'] });
    expect((await destroy('dev', '--yes')).status).toBe(0);
    expect(read().logGroups).toEqual([]);
  });

  test('of nothing but a budget keeps it, for it may be that of another Region', async () => {
    await deploy({ ALARM_EMAIL: 'you@example.com' });
    const result = await run('destroy.sh', ['dev', '--yes'], { AWS_REGION: 'eu-north-1' });
    refused(
      result,
      /no stage dev in eu-north-1.*only its budget.*delete-stack --stack-name hubbub-dev-budget --region us-east-1/,
    );
  });

  test('of leftovers clears them, and keeps a budget that may be that of another Region', async () => {
    await standing('dev');
    const { stacks } = read();
    const budget = 'us-east-1/hubbub-dev-budget';
    for (const id of Object.keys(stacks))
      if (id.includes('hubbub-dev-') && id !== budget) delete stacks[id];
    world({ stacks });
    const result = await destroy('dev', '--yes');
    expect(result.status).toBe(0);
    expect(result.deleted).toEqual([]);
    expect(read()).toMatchObject({
      buckets: { 'sam-artifacts': ['hubbub-dev2-api/1', 'other/1'] },
      logGroups: ['/aws/lambda/hubbub-dev2-api-Ping'],
    });
    expect(result.stdout).toMatch(
      /budget +hubbub-dev-budget.*share; .*delete-stack --stack-name hubbub-dev-budget --region us-east-1/,
    );
    expect(result.stdout).not.toContain('nothing of this stage');
    // One that a run has begun to delete is nobody's.
    world({ stacks: { [budget]: stack('DELETE_FAILED') }, logGroups: ['hubbub-dev-api-Ping'] });
    expect((await destroy('dev', '--yes')).deleted).toEqual(['hubbub-dev-budget']);
  });

  test('names the command for a protected table of a stack that is half deleted', async () => {
    const half = { ...stack('DELETE_FAILED'), parameters: { DeletionProtection: 'on' } };
    const events = [
      'MessagesTable\tAWS::DynamoDB::Table\tmessages-1\tCannot be deleted as it is currently protected against deletion',
      'Users\tAWS::Cognito::UserPool\teu-west-1_abc\tDeletion protection is active',
      'Bus\tAWS::Events::EventBus\tbus\tRate exceeded',
    ];
    world({
      stacks: {
        'eu-west-1/hubbub-dev-shared': half,
        'eu-west-1/hubbub-dev-identity': { ...half, status: 'UPDATE_COMPLETE' },
      },
      fails: { 'wait stack-delete-complete': 'Waiter failed' },
      says: { 'describe-stack-events': [...events, events[0]].join('\n') },
    });
    const { status, stderr } = await destroy('dev', '--yes');
    expect(status).toBe(1);
    expect(stderr.match(/aws dynamodb update-table .*/g)).toEqual([
      'aws dynamodb update-table --no-deletion-protection-enabled --table-name messages-1 --region eu-west-1',
    ]);
    expect(stderr).toContain(
      'aws cognito-idp update-user-pool --deletion-protection INACTIVE --user-pool-id eu-west-1_abc',
    );
    expect(stderr).not.toMatch(/Protected.*bus/);
    expect(stderr).toContain('Rate exceeded');
    // A budget that is half deleted is no reason to go on.
    world({
      stacks: {
        'eu-west-1/hubbub-dev-shared': { ...half, status: 'UPDATE_COMPLETE' },
        'us-east-1/hubbub-dev-budget': stack('DELETE_FAILED'),
      },
    });
    refused(await destroy('dev', '--yes'), /shared\.DeletionProtection=off$/);
  });

  test('goes on where SAM keeps nothing any more, and where a log group has gone by itself', async () => {
    await standing('dev');
    const { 'sam-artifacts': _, ...buckets } = read().buckets;
    const gone = 'An error occurred (ResourceNotFoundException)';
    world({
      buckets,
      fails: { 'delete-log-group': gone, '--log-group-name-prefix /aws/apigateway/': gone },
    });
    const result = await destroy('dev', '--yes');
    expect(result.status).toBe(0);
    expect(result.stdout).not.toContain('sam-artifacts');
  });

  test('ends well where nobody may list what is left', async () => {
    await standing('dev');
    const denied = 'An error occurred (AccessDeniedException)';
    world({ fails: { 'list-tables': denied, 'list-buckets': denied } });
    const { status, stdout } = await destroy('dev', '--yes');
    expect(status).toBe(0);
    expect(stdout).toMatch(/table +unknown: AWS did not list them\n *bucket +unknown/);
    expect(stdout).not.toContain('nothing of this stage');
  });

  test.each([
    ['s3api delete-objects', /s3:\/\/hubbub-dev-front-sitebucket could not be emptied/],
    ['list-object-versions --bucket sam', /does not list s3:\/\/sam-artifacts/],
    ['logs describe-log-groups', /does not list the log groups/],
    ['logs delete-log-group', /log group \/aws\/lambda\/hubbub-dev-api-Ping was not deleted/],
    ['cloudformation delete-stack', /does not let this delete hubbub-dev-identity/],
  ])('that fails at %s ends with a line that says what to do', async (text, says) => {
    await standing('dev');
    world({ fails: { [text]: 'An error occurred (AccessDenied)' } });
    const { status, stderr } = await destroy('dev', '--yes');
    expect(status).toBe(1);
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(says);
    expect(stderr).toContain('AccessDenied');
  });

  test('deletes a stack that never got further than its change set', async () => {
    world({ stacks: { 'eu-west-1/hubbub-dev-shared': stack('REVIEW_IN_PROGRESS') } });
    const result = await destroy('dev', '--yes');
    expect(result.deleted).toEqual(['hubbub-dev-shared']);
    expect(result.status).toBe(0);
  });

  test('refuses a protected stage before it deletes anything, but for prod, which retains it', async () => {
    await deploy(
      { SIGN_IN: 'my-chat' },
      'qa',
      'shared.DeletionProtection=on',
      'identity.DeletionProtection=on',
    );
    refused(
      await destroy('qa', '--yes'),
      /npm run deploy -- qa shared\.DeletionProtection=off identity\.DeletionProtection=off$/,
    );
    await deploy({}, 'prod');
    expect((await destroy('prod', '--yes')).status).toBe(0);
  });

  test('names each bucket of uploads, and of buckets that stay only those of its Region', async () => {
    await standing('dev');
    const state = read();
    world({
      stacks: {
        ...state.stacks,
        'us-east-1/aws-sam-cli-managed-default': {
          ...managed,
          outputs: { SourceBucket: 'sam-virginia' },
        },
      },
      buckets: {
        ...state.buckets,
        'sam-virginia': ['hubbub-dev-budget/1'],
        'hubbub-dev-here': [],
        'hubbub-dev-there': [],
      },
      locations: { 'hubbub-dev-here': 'eu-west-1' },
    });
    const { stdout, status } = await destroy('dev', '--yes');
    expect(status).toBe(0);
    expect(stdout).toContain('uploads s3://sam-artifacts/hubbub-dev-api/');
    expect(stdout).toContain('uploads s3://sam-virginia/hubbub-dev-budget/');
    expect(stdout).toMatch(/bucket +hubbub-dev-here/);
    expect(stdout).not.toContain('hubbub-dev-there');
    expect(stdout).toContain("SAM's own bucket sam-virginia");
    expect(read().buckets['sam-virginia']).toEqual([]);
  });

  test('goes on where nobody may look into us-east-1, and says what that may leave', async () => {
    await deploy();
    world({ fails: { 'stack-name hubbub-dev-budget': 'AccessDenied' } });
    const result = await destroy('dev', '--yes');
    expect(result.status).toBe(0);
    expect(result.stderr).toMatch(/not let you look into us-east-1: if hubbub-dev-budget stands/);
    expect(result.deleted).toEqual(
      ['front', 'workflows', 'api', 'shared'].map((name) => `hubbub-dev-${name}`),
    );
  });

  test('goes on where the bucket of front is gone already', async () => {
    await standing('dev');
    world({ buckets: { 'sam-artifacts': [] } });
    expect((await destroy('dev', '--yes')).status).toBe(0);
  });

  test('stops where the bucket cannot be emptied', async () => {
    await standing('dev');
    world({ fails: { 's3api list-object-versions --bucket hubbub-dev-front': 'Access Denied' } });
    const result = await destroy('dev', '--yes');
    expect(result.status).toBe(1);
    expect(result.stderr).toMatch(/s3:\/\/hubbub-dev-front-sitebucket could not be listed; mend/);
    expect(result.deleted).toEqual([]);
  });

  test('killed before each deletion and run again, leaves nothing, not even the budget', async () => {
    await standing('dev');
    const start = read();
    const calm = await destroy('dev', '--yes');
    const changes = calm.calls.filter((line) => CHANGES.test(line)).length;
    const left = () => [now.stacks, now.buckets, now.logGroups];
    const wanted = structuredClone(left());
    expect(changes).toBeGreaterThan(8);
    for (let lives = 0; lives < changes; lives += 1) {
      now = { ...structuredClone(start), lives };
      expect((await destroy('dev', '--yes')).status).toBe(null);
      now.lives = Number.POSITIVE_INFINITY;
      expect((await destroy('dev', '--yes')).status).toBe(0);
      expect([lives, left()]).toEqual([lives, wanted]);
    }
  });

  test('refuses what it cannot mean', async () => {
    refused(await destroy(), /say which stage/);
    refused(await destroy('Dev'), /must be a small letter/);
    refused(await destroy('dev', '--force'), /no option/);
    refused(
      await destroy('dev', '--yes'),
      /there is no stage dev in eu-west-1 of account 123456789012/,
    );
    await standing('dev');
    refused(await destroy('dev'), /nobody is here to confirm; add --yes/);
    world({
      stacks: { ...read().stacks, 'eu-west-1/hubbub-dev-api': stack('UPDATE_IN_PROGRESS') },
    });
    refused(await destroy('dev', '--yes'), /wait until it has ended/);
    world({ credentials: false });
    refused(await destroy('dev', '--yes'), /run 'aws configure'/);
  });

  test.each([
    ['dev', 0],
    ['de', 1],
  ])('at a terminal, typing %s ends with %i', async (typed, status) => {
    await standing('dev');
    const command = `'${BASH}' '${join(folder, 'destroy.sh')}' dev`;
    const words =
      process.platform === 'darwin'
        ? ['-q', '/dev/null', 'sh', '-c', command]
        : ['-qec', command, '/dev/null'];
    const result = await start('/usr/bin/script', words, { SHELL: '/bin/sh' }, `${typed}\n`);
    expect(result.status).toBe(status);
    expect(read().stacks['eu-west-1/hubbub-dev-api'] === undefined).toBe(status === 0);
  });
});
