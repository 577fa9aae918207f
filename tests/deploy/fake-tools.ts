// Stand-ins for aws, sam and npm in the tests of deploy.sh and destroy.sh: shell stubs that ask this process, which records each call.
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo, Server } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';

export interface Stack {
  status: string;
  parameters: Record<string, string>;
  outputs: Record<string, string>;
}

/** What the account holds. Stacks and buckets are by `<Region>/<name>`. */
export interface World {
  configuredRegion: string;
  credentials: boolean;
  samVersion: string;
  stacks: Record<string, Stack>;
  /** Bucket name to keys. */
  buckets: Record<string, string[]>;
  /** The Region of a bucket, where it is not us-east-1: S3 calls that one None. */
  locations: Record<string, string>;
  /** The ARN of a certificate to its names, or to what ACM says of it; of others it tells nothing. */
  certificates: Record<string, string[] | string>;
  tables: string[];
  pools: string[];
  logGroups: string[];
  /** What a parameter is that no deploy gave, by stack. */
  defaults: Record<string, Record<string, string>>;
  /** Outputs that no deploy makes. */
  lacks: string[];
  /** Calls that fail, by a text that their line contains, and what they say. */
  fails: Record<string, string>;
  /** What other calls say, by a text that their line contains. */
  says: Record<string, string>;
  calls: string[];
  /** How many calls that change something the script lives through. */
  lives: number;
}

/** What changes something: all else only asks. */
export const CHANGES = /^(npm|upload|sam deploy|aws .* (delete|put|create))/;

/** Listens on loopback for the stubs; what they ask is answered from `world()`, which the answer may change. `kill` ends the script. */
export async function serve(world: () => World, kill: () => void): Promise<Server> {
  const server = createServer((socket) => {
    let text = '';
    socket.on('data', (data) => {
      text += data;
      if (!text.endsWith('\u0001')) return;
      const [region = '', tool = '', ...words] = text.slice(0, -2).split('\0');
      if (CHANGES.test([tool, ...words].join(' ')) && world().lives-- <= 0) {
        kill();
        socket.destroy();
        return;
      }
      const { status, stdout, stderr } = answer(world(), region, tool, words);
      socket.end(`${status}\n${stderr}\n${stdout === '' ? '' : `${stdout}\n`}`);
    });
    // A script that has ended may leave its stub alone.
    socket.on('error', () => socket.destroy());
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return server;
}

/** Writes the stub of one tool, for a folder on the PATH. Bash opens the connection itself, which is quicker than a process of Node. */
export function writeStub(bin: string, tool: string, server: Server): void {
  const { port } = server.address() as AddressInfo;
  const file = join(bin, tool);
  writeFileSync(
    file,
    `#!/bin/bash
exec 3<>/dev/tcp/127.0.0.1/${port}
printf '%s\\0' "\${AWS_DEFAULT_REGION:-}" ${tool} "$@" >&3
printf '\\1' >&3
read -r status <&3
read -r complaint <&3
printf '%s\\n' "$complaint" >&2
cat <&3
exit "$status"
`,
  );
  chmodSync(file, 0o755);
}

function answer(world: World, region: string, tool: string, words: string[]) {
  const line = [tool, ...words].join(' ');
  world.calls.push(line);
  try {
    const failure = Object.keys(world.fails).find((text) => line.includes(text));
    if (failure !== undefined) throw new Error(world.fails[failure]);
    const said = Object.keys(world.says).find((text) => line.includes(text));
    if (said !== undefined) return { status: 0, stdout: world.says[said] ?? '', stderr: '' };
    const tools: Record<string, () => string> = {
      aws: () => aws(world, words, region),
      sam: () => sam(world, words),
    };
    // The AWS CLI may warn on stderr and succeed.
    return { status: 0, stdout: tools[tool]?.() ?? '', stderr: 'a warning that is no answer' };
  } catch (error) {
    return { status: 255, stdout: '', stderr: error instanceof Error ? error.message : `${error}` };
  }
}

function option(words: string[], name: string): string {
  const at = words.indexOf(name);
  return at < 0 ? '' : (words[at + 1] ?? '');
}

function aws(world: World, words: string[], environment: string): string {
  const region = option(words, '--region') || environment;
  const name = option(words, '--stack-name');
  const bucket = option(words, '--bucket');
  const stack = world.stacks[`${region}/${name}`];
  const keys = (world.buckets[bucket] ?? []).filter((key) =>
    key.startsWith(option(words, '--prefix')),
  );
  switch (words.slice(0, 2).join(' ')) {
    case 'configure get':
      if (world.configuredRegion === '') throw new Error('');
      return world.configuredRegion;
    case 'sts get-caller-identity':
      if (!world.credentials) throw new Error('Unable to locate credentials');
      return '123456789012';
    case 'cloudformation describe-stacks':
      if (stack === undefined)
        throw new Error(
          `An error occurred (ValidationError) when calling the DescribeStacks operation: Stack with id ${name} does not exist`,
        );
      if (name === 'aws-sam-cli-managed-default') return stack.outputs.SourceBucket ?? '';
      return [
        `status\t${stack.status}`,
        ...Object.entries(stack.parameters).map((pair) => ['parameter', ...pair].join('\t')),
        ...Object.entries(stack.outputs).map((pair) => ['output', ...pair].join('\t')),
      ].join('\n');
    case 'cloudformation delete-stack':
      if ((world.buckets[stack?.outputs.SiteBucket ?? ''] ?? []).length > 0)
        throw new Error('the bucket is not empty');
      delete world.buckets[stack?.outputs.SiteBucket ?? ''];
      delete world.stacks[`${region}/${name}`];
      return '';
    case 's3api head-bucket':
      if (world.buckets[bucket] === undefined) throw new Error('(404) Not Found');
      return '';
    case 's3api list-object-versions':
      if (world.buckets[bucket] === undefined)
        throw new Error('An error occurred (NoSuchBucket) when calling ListObjectVersions');
      return JSON.stringify({ Objects: keys.map((Key) => ({ Key, VersionId: 'v' })), Quiet: true });
    case 's3api delete-objects': {
      const request = option(words, '--delete').replace('file://', '');
      const { Objects } = JSON.parse(readFileSync(request, 'utf8')) as {
        Objects: { Key: string }[];
      };
      const gone = Objects.map(({ Key }) => Key);
      world.buckets[bucket] = (world.buckets[bucket] ?? []).filter((key) => !gone.includes(key));
      return 'None';
    }
    case 's3api get-bucket-location':
      return world.locations[bucket] ?? 'None';
    case 's3api list-buckets':
      return Object.keys(world.buckets)
        .filter((key) => key.startsWith('hubbub-'))
        .join('\n');
    case 'logs describe-log-groups':
      return world.logGroups
        .filter((group) => group.startsWith(option(words, '--log-group-name-prefix')))
        .join('\n');
    case 'logs delete-log-group':
      world.logGroups = world.logGroups.filter(
        (group) => group !== option(words, '--log-group-name'),
      );
      return '';
    case 'acm describe-certificate': {
      const names = world.certificates[option(words, '--certificate-arn')];
      if (names === undefined) throw new Error('An error occurred (AccessDeniedException)');
      if (names === 'absent') throw new Error('An error occurred (ResourceNotFoundException)');
      return (typeof names === 'string' ? [names] : ['ISSUED', ...names]).join('\t');
    }
    case 'dynamodb list-tables':
      return world.tables.join('\n');
    case 'cognito-idp list-user-pools':
      return world.pools.join('\n');
    default:
      return '';
  }
}

function siteUrl({ Hosting, Domain = '' }: Record<string, string>): string {
  if (Hosting === 'website') return 'http://site.s3-website-eu-west-1.amazonaws.com';
  return Domain === '' ? 'https://d1.cloudfront.net' : `https://${Domain}`;
}

/** `sam deploy` creates or updates: a parameter that is not given keeps its value (UsePreviousValue). */
function sam(world: World, words: string[]): string {
  if (words[0] === '--version') return `SAM CLI, version ${world.samVersion}`;
  const name = option(words, '--stack-name');
  const id = `${option(words, '--region')}/${name}`;
  const given = words
    .slice(words.indexOf('--parameter-overrides') + 1)
    .map((word): [string, string] => {
      const [, key = '', value = ''] = /^(\w+)="(.*)"$/.exec(word) ?? [];
      return [key, value];
    });
  const parameters = { ...world.stacks[id]?.parameters, ...Object.fromEntries(given) };
  const outputs: Record<string, Record<string, string>> = {
    shared: { ConnectionsTable: 'hubbub-dev-shared-ConnectionsTable' },
    api: {
      ConnectionsArn: 'arn:aws:execute-api:connections',
      WebSocketUrl: 'wss://api/dev',
      CallbackUrl: 'https://api/dev',
      DnsSocket: 'CNAME ws -> d-1',
    },
    workflows: {},
    front: {
      SiteUrl: siteUrl(parameters),
      SiteBucket: `${name}-sitebucket`,
    },
    identity: {
      Issuer: 'https://issuer',
      ClientId: 'client',
      SignInOrigins: 'https://a https://b',
    },
    budget: {},
  };
  const stack = name.split('-').at(-1) ?? '';
  world.stacks[id] = {
    status: 'UPDATE_COMPLETE',
    parameters: { ...world.defaults[stack], ...parameters },
    outputs: Object.fromEntries(
      Object.entries(outputs[stack] ?? {}).filter(([key]) => !world.lacks.includes(key)),
    ),
  };
  return '';
}
