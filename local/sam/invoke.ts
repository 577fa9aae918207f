// `npm run invoke`: one function in SAM's Lambda container, with one event, against the `npm start` of this folder.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { devNull } from 'node:os';
import { delimiter, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parseJson } from '../endpoint/parse-json.ts';
import { CONTAINERS_NAME } from '../http/allowed-requests.ts';
import { keyOf } from '../iam/iam.ts';
import { findBridge, relay } from './docker-bridge.ts';
import { environmentFile, eventNameOf, type SamEnvironment, shortNameOf } from './environment.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const HELP = `Usage: npm run invoke -- FUNCTION [EVENT.json] [flags] [-- flags of sam local invoke]

  FUNCTION        Ping, ping or PingFunction
  EVENT.json      the event (the sample in api/events or workflows/events)
  --aws-port N    the --aws-port of the npm start that it speaks to (4566)
  --relay         no function: lets containers reach that npm start until Ctrl-C, so that bare
                  sam local invoke works on Linux
`;

/** Something to do before this can work: one line, and no stack. */
class Stopped extends Error {}

interface Asked {
  awsPort: number;
  relay: boolean;
  name?: string | undefined;
  event?: string | undefined;
  samFlags: string[];
}

function readArguments(args: string[]): Asked | 'help' {
  const end = args.indexOf('--');
  const [own, samFlags] = end < 0 ? [args, []] : [args.slice(0, end), args.slice(end + 1)];
  try {
    const { values, positionals } = parseArgs({
      args: own,
      allowPositionals: true,
      options: {
        'aws-port': { type: 'string', default: '4566' },
        relay: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return 'help';
    const [name, event, ...more] = positionals;
    if (more.length > 0) throw new Error(`one function and one event, not ${more.join(' ')} too`);
    const awsPort = Number(values['aws-port']);
    if (!/^\d{1,5}$/.test(values['aws-port']) || awsPort < 1 || awsPort > 65_535)
      throw new Error(`--aws-port ${values['aws-port']} is no port, which is 1 to 65535`);
    return { awsPort, relay: values.relay, name, event, samFlags };
  } catch (error) {
    const [why] = (error instanceof Error ? error.message : String(error)).split(/\. |\n/);
    throw new Stopped(`${why} (npm run invoke -- --help)`);
  }
}

interface Found {
  logicalId: string;
  /** The folder of its template. */
  stack: string;
  arn: string;
}

/** The functions that npm start runs, by its own account. */
async function running(awsPort: number): Promise<Found[]> {
  const at = `http://127.0.0.1:${awsPort}`;
  const start = `npm start${awsPort === 4566 ? '' : ` -- --aws-port ${awsPort}`}`;
  const answer = await fetch(`${at}/2015-03-31/functions/`).catch(() => undefined);
  if (answer === undefined)
    throw new Stopped(
      `nothing answers at ${at}: run ${start} in another terminal, or name another port with --aws-port`,
    );
  const { Functions = [] } = (await answer.json().catch(() => ({}))) as {
    Functions?: { FunctionName: string; FunctionArn: string }[];
  };
  const found = Functions.flatMap(({ FunctionName, FunctionArn: arn }) => {
    const [, stack, logicalId] = /^hubbub-[a-z0-9]+-([a-z]+)-(\w+)$/.exec(FunctionName) ?? [];
    return stack === undefined || logicalId === undefined ? [] : [{ logicalId, stack, arn }];
  });
  if (found.length === 0 || !existsSync(environmentFile(ROOT, awsPort)))
    throw new Stopped(
      `what answers at ${at} is not the npm start of this folder: run ${start} here`,
    );
  return found;
}

function chosen(functions: Found[], name: string | undefined): Found {
  const asked = name?.toLowerCase();
  const fits = ({ logicalId, stack, arn }: Found) =>
    [logicalId, shortNameOf(logicalId), eventNameOf(logicalId), arn.split(':').at(-1)].some(
      (each) => each?.toLowerCase() === asked,
    ) || `${stack}/${shortNameOf(logicalId)}`.toLowerCase() === asked;
  const found = functions.find(fits);
  if (found !== undefined) return found;
  const why = name === undefined ? 'name a function' : `there is no function ${name}`;
  const all = functions.map(({ logicalId }) => shortNameOf(logicalId)).sort();
  throw new Stopped(`${why}: ${all.join(', ')}`);
}

function eventFor({ stack, logicalId }: Found, given: string | undefined): string {
  const file =
    given === undefined
      ? join(ROOT, stack, 'events', `${eventNameOf(logicalId)}.json`)
      : resolve(process.env.INIT_CWD ?? '', given);
  const shown = given ?? relative(ROOT, file);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Stopped(`the event ${shown} cannot be read (${code}): name a file of JSON`);
  }
  try {
    parseJson(text);
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new Stopped(`the event ${shown} is not JSON (${why}): mend it, or name another`);
  }
  return file;
}

/** npm puts its packages' programs on the PATH; without npm, esbuild is found here too. */
const environment = {
  ...process.env,
  PATH: `${join(ROOT, 'node_modules', '.bin')}${delimiter}${process.env.PATH ?? ''}`,
  SAM_CLI_TELEMETRY: '0',
};

const works = (program: string, ...args: string[]) =>
  spawnSync(program, args, { stdio: 'ignore', env: environment }).status === 0;

function checkTools({ arn }: Found, event: string, awsPort: number): void {
  if (!works('sam', '--version'))
    throw new Stopped(
      'sam is not on the PATH: install the AWS SAM CLI (https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/install-sam-cli.html)',
    );
  if (!works('docker', 'version') && !works('finch', 'version')) {
    const name = arn.split(':').at(-1);
    throw new Stopped(
      `no container engine answers: start Docker or Finch, or run without one: aws lambda invoke --endpoint-url http://127.0.0.1:${awsPort} --function-name ${name} --payload fileb://${relative(process.cwd(), event)} /dev/stdout`,
    );
  }
}

/** The newest file under these paths, in milliseconds since the epoch. */
function newest(paths: string[]): number {
  const times = paths.map((path) => {
    if (!statSync(path).isDirectory()) return statSync(path).mtimeMs;
    return newest(
      readdirSync(path, { withFileTypes: true, recursive: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name)),
    );
  });
  return Math.max(0, ...times);
}

/** SAM's own cache knows CodeUri alone, so an edit in shared/ would go unseen. */
function buildIfOld(stack: string): void {
  const built = join(ROOT, '.aws-sam', stack, 'template.yaml');
  const sources = [
    ...[`${stack}/src`, `${stack}/template.yaml`, 'shared/src', 'package-lock.json'],
  ].map((path) => join(ROOT, path));
  if (existsSync(built) && statSync(built).mtimeMs > newest(sources)) return;
  const { status } = spawnSync('sam', ['build', '--config-env', stack], {
    // The function's answer alone goes to stdout.
    ...{ cwd: ROOT, env: environment, stdio: ['ignore', 2, 2] },
  });
  if (status !== 0) throw new Stopped(`sam build of ${stack} failed: mend what it names above`);
}

/** The ports that a container calls by Docker's name. */
function portsIn(file: string): number[] {
  const values = Object.values(JSON.parse(readFileSync(file, 'utf8')) as SamEnvironment);
  const named = new RegExp(`^http://${CONTAINERS_NAME}:(\\d+)`);
  const ports = values.flatMap((each) => Object.values(each)).map((url) => named.exec(url)?.[1]);
  return [...new Set(ports)].flatMap((port) => (port === undefined ? [] : [Number(port)]));
}

/** On Linux, a container does not reach the loopback address by itself. */
async function openBridge(file: string): Promise<() => void> {
  const bridge = process.platform === 'linux' ? findBridge() : undefined;
  return bridge === undefined ? () => undefined : relay(bridge, portsIn(file));
}

/** The function's own key, so that the local runtime weighs its role, and nothing of the developer's AWS account. */
function variablesFor({ arn }: Found, awsPort: number): NodeJS.ProcessEnv {
  const { accessKeyId, secretAccessKey } = keyOf({ arn });
  const [, , , region = ''] = arn.split(':');
  const theirs = ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE', 'AWS_SESSION_TOKEN'];
  return {
    ...Object.fromEntries(Object.entries(environment).filter(([name]) => !theirs.includes(name))),
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    // SAM asks STS for the account: here, where there is none, rather than AWS. The env file's own value is the function's.
    AWS_ENDPOINT_URL: `http://127.0.0.1:${awsPort}`,
  };
}

async function main(): Promise<void> {
  const asked = readArguments(process.argv.slice(2));
  if (asked === 'help') return void process.stdout.write(HELP);
  const { awsPort, samFlags } = asked;
  const functions = await running(awsPort);
  const file = environmentFile(ROOT, awsPort);
  if (asked.relay) {
    const close = await openBridge(file);
    process.stdout.write(`containers reach ${portsIn(file).join(', ')}. Ctrl-C ends it.\n`);
    const hold = setInterval(() => undefined, 60_000);
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
    clearInterval(hold);
    return close();
  }
  const found = chosen(functions, asked.name);
  const event = eventFor(found, asked.event);
  checkTools(found, event, awsPort);
  buildIfOld(found.stack);
  const close = await openBridge(file);
  const sam = spawn(
    'sam',
    [
      ...['local', 'invoke', found.logicalId, '--config-env', found.stack],
      ...['--event', event, '--env-vars', file],
      // The bundles are the same for both; another processor's container needs emulation.
      ...(process.arch === 'x64' ? ['--parameter-overrides', 'Architecture=x86_64'] : []),
      ...samFlags,
    ],
    { cwd: ROOT, stdio: 'inherit', env: variablesFor(found, awsPort) },
  );
  // Ctrl-C is SAM's, which removes its container.
  process.on('SIGINT', () => undefined);
  const [code] = (await once(sam, 'exit')) as [number | null];
  close();
  process.exitCode = code ?? 1;
}

/** What a person has to do is one line; anything else is a fault of ours and shows where. */
main().catch((error: unknown) => {
  const isTheirs = error instanceof Stopped || (error instanceof Error && error.name === 'Refusal');
  const line = isTheirs ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`invoke: ${line}\n`);
  process.exitCode = 1;
});
