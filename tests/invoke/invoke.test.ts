// `npm run invoke` and bare `sam local invoke`: the real SAM CLI, its resolver, and AWS's own runtime client, against a running `npm start`.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readPlan } from '../../local/cloudformation/read-plan.ts';
import { keyOf } from '../../local/iam/iam.ts';
import {
  environmentFile,
  eventNameOf,
  logicalIdOf,
  type SamEnvironment,
} from '../../local/sam/environment.ts';
import { type LocalRuntime, ROOT, startLocal } from '../contract/runtime.ts';
import { judgedBy, nodePackage, pythonWith } from '../judges.ts';
import { helloEvent, sample } from '../product/sample.ts';
import { signIn } from '../product/sign-in.ts';
import { type ContainerEngine, startEngine } from './container-engine.ts';
import { startExecution } from './execution-environment.ts';

/** What is posted to a socket arrives within this, on a slow machine too. */
const PATIENCE_MS = 30_000;
const portOf = (url: string) => Number(new URL(url).port);
const { functions } = readPlan(ROOT, { stage: 'qa' });
const stackOf = (entry: string) => (entry.startsWith(join(ROOT, 'api')) ? 'api' : 'workflows');
/** Each function's logical id, stack and sample event. */
const each = functions.map((plan) => {
  const logicalId = logicalIdOf(plan);
  const stack = stackOf(plan.entry);
  return { logicalId, stack, event: `${stack}/events/${eventNameOf(logicalId)}.json` };
});

/** `npm run invoke` with these arguments. */
function invoke(args: string[], variables: Record<string, string> = {}) {
  const child = spawn(
    process.execPath,
    ['--import', './local/guard.js', 'local/sam/invoke.ts', ...args],
    { cwd: ROOT, env: { ...process.env, ...variables }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  return { child, ended: outputOf(child) };
}

async function outputOf(child: ChildProcess) {
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
      output[name] += chunk;
    });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...output };
}

const sockets: WebSocket[] = [];
const openSocket = (url: string) => {
  const socket = new WebSocket(url, ['chat.v1']);
  sockets.push(socket);
  return socket;
};
afterAll(() => {
  for (const socket of sockets) socket.close();
});

/** The id of the one connection that is open: only the table has it. */
async function onlyConnection(aws = runtime.aws): Promise<string> {
  const answer = await fetch(aws, {
    method: 'POST',
    headers: { 'x-amz-target': 'DynamoDB_20120810.Scan' },
    body: JSON.stringify({ TableName: 'hubbub-qa-shared-ConnectionsTable' }),
  });
  const { Items } = (await answer.json()) as { Items: { pk: { S: string } }[] };
  const ids = Items.flatMap(({ pk }) => /^connection#(.*)/.exec(pk.S)?.[1] ?? []);
  const [id, ...others] = new Set(ids);
  if (id === undefined || others.length > 0) throw new Error(`${ids.length} connections are open`);
  return id;
}

let runtime: LocalRuntime;
let awsPort: string;
let envFile: string;
beforeAll(async () => {
  runtime = await startLocal(['--stage', 'qa']);
  awsPort = new URL(runtime.aws).port;
  envFile = environmentFile(ROOT, Number(awsPort));
});
afterAll(() => runtime.stop());

describe('npm run invoke says in one line what to do next', () => {
  const empty = mkdtempSync(join(tmpdir(), 'hubbub-path-'));
  const programs = (names: Record<string, string>) => {
    const folder = mkdtempSync(join(tmpdir(), 'hubbub-path-'));
    for (const [name, script] of Object.entries(names))
      writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return folder;
  };
  const noJson = join(empty, 'no.json');
  writeFileSync(noJson, '{"a":');
  const all = each.map(({ logicalId }) => logicalId.replace('Function', '')).sort();

  test.each<[string, () => string[], string, string?]>([
    [
      'no npm start',
      () => ['Ping', '--aws-port', '1'],
      'nothing answers at http://127.0.0.1:1: run npm start -- --aws-port 1',
    ],
    [
      'a port of something else',
      () => ['Ping', '--aws-port', new URL(runtime.page).port],
      'is not the npm start of this folder',
    ],
    ['no port', () => ['Ping', '--aws-port', '70000'], '--aws-port 70000 is no port'],
    ['no function', () => ['--aws-port', awsPort], `name a function: ${all.join(', ')}`],
    [
      'an unknown function',
      () => ['Dance', '--aws-port', awsPort],
      `there is no function Dance: ${all.join(', ')}`,
    ],
    [
      'an unknown flag',
      () => ['Ping', '--loud'],
      "Unknown option '--loud' (npm run invoke -- --help)",
    ],
    [
      'two events',
      () => ['Ping', 'a.json', 'b.json'],
      'one function and one event, not b.json too',
    ],
    [
      'no such event',
      () => ['Ping', 'none.json', '--aws-port', awsPort],
      'the event none.json cannot be read (ENOENT)',
    ],
    ['a folder as event', () => ['Ping', empty, '--aws-port', awsPort], 'cannot be read (EISDIR)'],
    [
      'an event that is no JSON',
      () => ['Ping', noJson, '--aws-port', awsPort],
      'no.json is not JSON',
    ],
    ['no SAM CLI', () => ['Ping', '--aws-port', awsPort], 'install the AWS SAM CLI', empty],
    [
      'no container engine',
      () => ['Ping', '--aws-port', awsPort],
      '--function-name hubbub-qa-api-PingFunction --payload fileb://api/events/ping.json',
      programs({ sam: 'exit 0', docker: 'exit 1', finch: 'exit 1' }),
    ],
  ])('%s', async (_, args, line, path = process.env.PATH ?? '') => {
    const { code, stdout, stderr } = await invoke(args(), { PATH: path }).ended;
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^invoke: .*\n$/);
    expect(stderr).toContain(line);
  });
});

test('samconfig.toml names the env file of the default port', () => {
  const config = readFileSync(join(ROOT, 'samconfig.toml'), 'utf8');
  const named = [...config.matchAll(/^env_vars = "(.*?)"/gm)].map(([, file = '']) =>
    join(ROOT, file),
  );
  expect(named).toEqual([environmentFile(ROOT, 4566), environmentFile(ROOT, 4566)]);
});

const python = pythonWith('samcli');
const client = nodePackage('aws-lambda-ric', 'rapid-client.node');

judgedBy(
  'the SAM CLI or aws-lambda-ric',
  python !== undefined && client !== undefined ? { python, client } : undefined,
  'with SAM and the runtime interface client',
  ({ python, client }) => {
    /** Where Linux has a second loopback address, the relay is part of the way. */
    const hostGateway = process.platform === 'linux' ? '127.0.0.2' : '127.0.0.1';
    const tools = mkdtempSync(join(tmpdir(), 'hubbub-tools-'));
    const docker = `[ "$1" != network ] || echo "${hostGateway} 127.0.0.0/8"`;
    writeFileSync(join(tools, 'docker'), `#!/bin/sh\n${docker}\n`, { mode: 0o755 });
    const PATH = [tools, dirname(python), join(ROOT, 'node_modules/.bin'), process.env.PATH].join(
      delimiter,
    );
    let engine: ContainerEngine;
    let variables: Record<string, string>;
    beforeAll(async () => {
      engine = await startEngine({ client, hostGateway });
      variables = { PATH, DOCKER_HOST: engine.host, SAM_CLI_TELEMETRY: '0' };
    });
    afterAll(() => engine.stop());
    const builtOf = (stack: string) => join(ROOT, '.aws-sam', stack, 'template.yaml');
    const notConnected = {
      statusCode: 200,
      body: expect.stringContaining('"code":"NotConnected"'),
    };

    const unknownAction = {
      statusCode: 200,
      body: expect.stringContaining('"code":"UnknownAction"'),
    };

    describe('npm run invoke', () => {
      test.each([
        ['api', 'ping', 'PingFunction', notConnected],
        ['workflows', 'Broadcast', 'BroadcastFunction', expect.objectContaining({ delivered: 0 })],
      ])(
        'of %s builds what is old, and answers in a container',
        async (stack, name, logicalId, answer) => {
          if (existsSync(builtOf(stack))) utimesSync(builtOf(stack), 0, 0);
          const { code, stdout, stderr } = await invoke([name, '--aws-port', awsPort], variables)
            .ended;
          expect([stderr, code]).toEqual([expect.stringContaining('Build Succeeded'), 0]);
          expect(JSON.parse(stdout)).toEqual(answer);
          expect(statSync(builtOf(stack)).mtimeMs).toBeGreaterThan(Date.now() - 600_000);
          const { Env, HostConfig, Image } = engine.created.at(-1) ?? {};
          expect(HostConfig?.ExtraHosts).toEqual(['host.docker.internal:host-gateway']);
          expect(Image).toContain(process.arch === 'x64' ? 'x86_64' : 'arm64');
          const given = JSON.parse(readFileSync(envFile, 'utf8')) as SamEnvironment;
          const lines = Object.entries(given[logicalId] ?? {}).map((pair) => pair.join('='));
          expect(Env).toEqual(expect.arrayContaining(lines));
          expect(Env).toEqual(
            expect.arrayContaining([
              'AWS_REGION=us-east-1',
              expect.stringMatching(/^AWS_ACCESS_KEY_ID=ASIA/),
            ]),
          );
        },
      );

      test('builds nothing that is new, reads the event that is named, and hands flags on to SAM', async () => {
        const before = statSync(builtOf('api')).mtimeMs;
        const args = [
          'RoomsFunction',
          'api/events/default.json',
          '--aws-port',
          awsPort,
          '--',
          '--debug',
        ];
        const { code, stdout, stderr } = await invoke(args, variables).ended;
        expect(code).toBe(0);
        // The frame says which; the function answers it as it stands.
        expect(JSON.parse(stdout)).toEqual(unknownAction);
        expect(stderr).toContain('default.json');
        expect(stderr).toContain('local invoke command is called');
        expect(statSync(builtOf('api')).mtimeMs).toBe(before);
      });
    });

    test('bare sam local invoke answers too, on Linux beside npm run invoke -- --relay', async () => {
      const relay = invoke(['--relay', '--aws-port', awsPort], variables);
      await once(relay.child.stdout as NonNullable<typeof relay.child.stdout>, 'data');
      const sam = spawn(
        join(dirname(python), 'sam'),
        [
          ...['local', 'invoke', 'RoomsFunction', '--config-env', 'api'],
          ...['--event', 'api/events/rooms.json', '--env-vars', envFile],
        ],
        {
          cwd: ROOT,
          stdio: ['ignore', 'pipe', 'pipe'],
          env: {
            ...process.env,
            ...variables,
            AWS_ACCESS_KEY_ID: 'any',
            AWS_SECRET_ACCESS_KEY: 'any',
            AWS_ENDPOINT_URL: runtime.aws,
          },
        },
      );
      const { code, stdout, stderr } = await outputOf(sam);
      relay.child.kill('SIGINT');
      expect([stderr, code]).toEqual([expect.any(String), 0]);
      expect(JSON.parse(stdout)).toEqual(notConnected);
      expect((await relay.ended).code).toBe(0);
    });

    interface Resolved {
      handler: string;
      code: string;
      environment: Record<string, string>;
    }
    /** By SAM's own resolver, with the env file of this port. */
    const resolve = (file: string) =>
      Object.assign(
        {},
        ...['api', 'workflows'].map((stack) => {
          const args = [join(import.meta.dirname, 'sam_environment.py'), builtOf(stack), file];
          const { stdout, stderr } = spawnSync(python, args, {
            encoding: 'utf8',
            env: { PATH, AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' },
          });
          if (stdout === '') throw new Error(stderr);
          return JSON.parse(stdout) as object;
        }),
      ) as Record<string, Resolved>;
    /** Signed by the function's own key, as npm run invoke has it, so that its role is weighed. */
    const run = async (
      logicalId: string,
      { handler, code, environment }: Resolved,
      event: unknown,
    ) => {
      const plan = functions.find((each) => logicalIdOf(each) === logicalId);
      const { accessKeyId, secretAccessKey } = keyOf({ arn: plan?.arn ?? '' });
      const key = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
      const execution = await startExecution({
        ...{ client, handler, code },
        environment: { ...environment, ...key },
      });
      const answer = await execution.invoke(event);
      await execution.stop();
      if (answer.failed) throw new Error(`${JSON.stringify(answer.payload)} ${execution.output()}`);
      return answer;
    };

    describe('the environment that SAM passes', () => {
      let resolved: Record<string, Resolved>;
      beforeAll(() => {
        resolved = resolve(envFile);
      });
      const runSample = async (logicalId: string, event: unknown) => {
        const function_ = resolved[logicalId];
        if (function_ === undefined) throw new Error(`SAM knows no ${logicalId}`);
        return run(logicalId, function_, event);
      };

      test.each(each)(
        '$logicalId has every variable that its template declares, none of them empty',
        ({ logicalId }) => {
          const declared = functions.find((plan) => logicalIdOf(plan) === logicalId)?.environment;
          const environment = resolved[logicalId]?.environment ?? {};
          const wanted = [
            ...Object.keys(declared ?? {}),
            'AWS_ENDPOINT_URL',
            'AWS_REGION',
            'AWS_ACCESS_KEY_ID',
          ];
          expect(wanted.filter((name) => !environment[name])).toEqual([]);
          // startLocal says so.
          if (declared?.MESSAGE_BURST !== undefined) expect(environment.MESSAGE_BURST).toBe('1000');
          expect(environment.AWS_ENDPOINT_URL).toBe(`http://host.docker.internal:${awsPort}`);
        },
      );

      test('without the env file, none of the imported names is known: the file is what makes the difference', () => {
        const none = join(tools, 'none.json');
        writeFileSync(none, '{}');
        expect(resolve(none).PingFunction?.environment.CONNECTIONS_TABLE).toBe('');
      });

      test.each(each)('$logicalId answers $event as it stands', async ({ logicalId, event }) => {
        const { payload } = await runSample(logicalId, sample(event));
        const others: Record<string, unknown> = {
          // Its Origin is a page of somebody's; npm start allows its own.
          ConnectFunction: { statusCode: 403 },
          DefaultFunction: unknownAction,
          DisconnectFunction: { statusCode: 200 },
          BroadcastFunction: expect.objectContaining({ delivered: 0, failed: 0 }),
          ReplaceFunction: null,
          AfterGraceFunction: { batchItemFailures: [] },
        };
        expect(payload).toEqual(
          Object.hasOwn(others, logicalId) ? others[logicalId] : notConnected,
        );
      });

      test('for a connection that is open, they talk, and what is sent arrives on its socket', async () => {
        const socket = openSocket(runtime.websocket);
        const frames: Record<string, unknown>[] = [];
        socket.addEventListener('message', ({ data }) => frames.push(JSON.parse(String(data))));
        const closed = once(socket, 'close');
        await once(socket, 'open');
        const connectionId = await onlyConnection();
        const say = async (action: string) => {
          const event = sample<{ requestContext: { connectionId: string } }>(
            `api/events/${action}.json`,
          );
          event.requestContext.connectionId = connectionId;
          const answer = await runSample(
            `${action[0]?.toUpperCase()}${action.slice(1)}Function`,
            event,
          );
          return JSON.parse(Object(answer.payload).body ?? 'null') as Record<string, unknown>;
        };
        const heard = async (frame: object) => {
          const fits = (each: Record<string, unknown>) =>
            Object.entries(frame).every(([key, value]) => each[key] === value);
          const until = performance.now() + PATIENCE_MS;
          while (!frames.some(fits) && performance.now() < until) await sleep(20);
          expect(frames).toContainEqual(expect.objectContaining(frame));
        };

        const { userId, ...welcome } = await say('hello');
        expect(welcome).toMatchObject({ type: 'welcome', nickname: 'Ada', heads: { lobby: 0 } });
        expect(await say('sendmessage')).toMatchObject({ type: 'accepted' });
        await heard({ type: 'message', seq: 1, message: 'Hello, everybody!', userId });
        for (const [action, answer] of Object.entries({
          join: { type: 'joined', room: 'tea' },
          members: { type: 'members', room: 'lobby', count: 1 },
          rooms: { type: 'rooms', rooms: [{ room: 'tea', title: 'tea' }] },
          nickname: { type: 'nickname', nickname: 'Ada Byron' },
          // The sample's user has never been here, and tea belongs to nobody, as each public room.
          invite: { type: 'error', code: 'NoSuchUser' },
          remove: { type: 'error', code: 'Forbidden' },
          history: { type: 'history', head: 1, items: [expect.objectContaining({ seq: 1 })] },
          ping: { type: 'pong', n: 1, heads: { lobby: 1, tea: 0 } },
          leave: { type: 'left', room: 'tea' },
        }))
          expect([action, await say(action)]).toEqual([action, expect.objectContaining(answer)]);
        expect(await say('typing')).toBeNull();
        await heard({ type: 'typing', on: true });

        const told = await runSample(
          'BroadcastFunction',
          sample('workflows/events/broadcast.json'),
        );
        expect(told.payload).toMatchObject({ delivered: 1, failed: 0 });
        await heard({ type: 'message', nickname: 'guest-0a1b2c3d' });

        const replaced = sample<{ detail: object }>('workflows/events/replace.json');
        Object.assign(replaced.detail, { connectionId, userId });
        await runSample('ReplaceFunction', replaced);
        await heard({ type: 'replaced', epoch: 2 });
        await closed;
      });
    });

    test('where people sign in, a container reads the issuer’s keys', async () => {
      const signing = await startLocal(['--auth', 'oidc', '--issuer-port', '0', '--stage', 'qa']);
      const { HelloFunction } = resolve(environmentFile(ROOT, portOf(signing.aws)));
      const issuer = HelloFunction?.environment.OIDC_ISSUER ?? '';
      const token = await signIn({ issuer, redirectUri: `${signing.page}/` }, 'ada');
      const socket = openSocket(signing.websocket);
      await once(socket, 'open');
      const event = helloEvent(await onlyConnection(signing.aws), { secret: undefined, token });
      if (HelloFunction === undefined) throw new Error('SAM knows no HelloFunction');
      const { payload } = await run('HelloFunction', HelloFunction, event);
      expect(payload).toMatchObject({ body: expect.stringContaining('"type":"welcome"') });
      await signing.stop();
    });
  },
);

test('a runtime that has stopped leaves no env file behind', async () => {
  const other = await startLocal();
  const file = environmentFile(ROOT, portOf(other.aws));
  expect(existsSync(file)).toBe(true);
  await other.stop();
  expect(existsSync(file)).toBe(false);
  rmSync(file, { force: true });
});
