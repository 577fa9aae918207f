// front/*.sh with an AWS CLI that is played: what they ask and write, in which order, and that a failed answer writes nothing.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

const FRONT = resolve(import.meta.dirname, '../../front');
const SOCKET = 'wss://abcdefghij.execute-api.us-east-1.amazonaws.com/qa';
const POLICY = `default-src 'none'; connect-src 'self' ${SOCKET}; frame-ancestors 'none'`;

/** Each call is a line of `calls`; what is copied up is kept in `bucket`; a call that `fails` matches fails. */
const AWS = `#!/usr/bin/env bash
set -euo pipefail
echo "$*" >>"$PLAYED/calls"
if [ -s "$PLAYED/fails" ] && grep -qE "$(cat "$PLAYED/fails")" <<<"$*"; then
  cat "$PLAYED/says" >&2
  exit 254
fi
case "$*" in
  *"--stack-name hubbub-qa-front"*) cat "$PLAYED/front.json" ;;
  *"--stack-name hubbub-qa-api"*) cat "$PLAYED/api.json" ;;
  s3api\\ list-objects-v2*) cat "$PLAYED/listed.json" ;;
  s3\\ sync\\ s3://*) if [ -e "$PLAYED/old-scripts.json" ]; then mkdir -p "$4"; cp "$PLAYED/old-scripts.json" "$4/"; fi ;;
  s3\\ sync\\ *--delete*) ;;
  s3\\ sync\\ *) cp -r "$3/." "$PLAYED/bucket/" ;;
  configure\\ *) cat "$PLAYED/configured" ;;
  sts\\ *) echo 123456789012 ;;
  s3control\\ *) cat "$PLAYED/blocked" ;;
esac
`;
const NPX = `#!/usr/bin/env bash
[ "$1 $2" = "--no node" ] || exit 1
shift 2
exec "${process.execPath}" "$@"
`;

let played: string;
const put = (name: string, text: string) => writeFileSync(join(played, name), text);
const kept = (name: string) => readFileSync(join(played, name), 'utf8');
const stack = (outputs: Record<string, string>) =>
  JSON.stringify({
    Stacks: [
      {
        Outputs: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({
          OutputKey,
          OutputValue,
        })),
      },
    ],
  });
const SITE = { SiteBucket: 'the-bucket', SiteUrl: 'https://d1.cloudfront.net' };
const cloudFront = stack({ ...SITE, SiteId: 'E1', ContentPolicy: POLICY });
const website = stack({
  ...{ SiteBucket: 'the-bucket', SiteUrl: 'http://the-bucket.s3-website.example' },
  ContentPolicy: POLICY,
});

beforeEach(() => {
  region = 'us-east-1';
  played = mkdtempSync(join(tmpdir(), 'hubbub-played-'));
  mkdirSync(join(played, 'bin'));
  mkdirSync(join(played, 'bucket'));
  writeFileSync(join(played, 'bin', 'aws'), AWS, { mode: 0o755 });
  writeFileSync(join(played, 'bin', 'npx'), NPX, { mode: 0o755 });
  put('calls', '');
  put('fails', '');
  put('says', 'An error occurred (Throttling): Rate exceeded\n');
  put('front.json', cloudFront);
  put('api.json', stack({ WebSocketUrl: SOCKET, AuthMode: 'guest' }));
  put('listed.json', 'null');
  put('configured', '');
});
afterEach(() => rmSync(played, { recursive: true }));

let region: string;

function run(script: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync('bash', [join(FRONT, script), ...args], {
    encoding: 'utf8',
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      PLAYED: played,
      PATH: `${join(played, 'bin')}:${process.env.PATH}`,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: '',
    },
  });
  const calls = kept('calls').split('\n').filter(Boolean);
  return { status, stdout, stderr, calls };
}
const upload = () => run('deploy-frontend.sh', 'qa');
const writes = (calls: string[]) =>
  calls.filter((call) => /^s3 (cp|rm)|^s3 sync (?!s3:)|^cloudfront/.test(call));

describe('an upload', () => {
  test('asks each stack once, writes all, invalidates CloudFront, and says where the page is', () => {
    const { status, stdout, stderr, calls } = upload();
    expect([status, stderr]).toEqual([0, '']);
    expect(calls.filter((call) => call.startsWith('cloudformation'))).toHaveLength(2);
    expect(JSON.parse(kept('bucket/config.json'))).toEqual({
      ...{ websocket: SOCKET, stage: 'qa', auth: 'guest' },
    });
    expect(writes(calls).map((call) => call.split(' ').slice(0, 2).join(' '))).toEqual([
      ...['s3 cp', 's3 cp', 's3 sync', 'cloudfront create-invalidation', 's3 sync', 's3 cp'],
    ]);
    expect(calls.join('\n')).toMatch(/create-invalidation --distribution-id E1 /);
    const copies = calls.filter((call) => /^s3 (cp|sync)/.test(call));
    expect(copies.filter((call) => !call.includes('--no-progress'))).toEqual([]);
    expect(kept('bucket/index.html')).not.toContain('http-equiv');
    expect(stdout.trim().split('\n').at(-1)).toBe('https://d1.cloudfront.net');
    expect(stdout).not.toContain('TLS');
  });

  test('of a website puts the policy into the page, asks nothing of CloudFront, and says the limits', () => {
    put('front.json', website);
    const { status, stdout, calls } = upload();
    expect(status).toBe(0);
    expect(calls.filter((call) => call.startsWith('cloudfront '))).toEqual([]);
    expect(kept('bucket/index.html')).toContain(`content="default-src 'none'; connect-src 'self'`);
    expect(stdout).toContain(readFileSync(join(FRONT, 'website-limits.txt'), 'utf8'));
    expect(stdout.trim().split('\n').at(-1)).toBe('http://the-bucket.s3-website.example');
  });

  test.each([
    ['the front stack', 'stack-name hubbub-qa-front'],
    ['the api stack', 'stack-name hubbub-qa-api'],
    ['the list of scripts', 'list-objects-v2'],
    ['what was replaced before', 's3 sync s3:'],
  ])('writes nothing where %s is not answered', (_, fails) => {
    put('fails', fails);
    const { status, stderr, calls } = upload();
    expect(status).not.toBe(0);
    expect(stderr).toContain('Throttling');
    expect(writes(calls)).toEqual([]);
  });

  test('writes nothing where an answer lacks the URL of the socket, and says so in one line', () => {
    put('api.json', stack({ AuthMode: 'guest' }));
    const { status, stderr, calls } = upload();
    expect([status, stderr]).toEqual([
      ...[1, 'The stack hubbub-qa-api has no output WebSocketUrl: deploy it first.\n'],
    ]);
    expect(writes(calls)).toEqual([]);
  });

  test('stops at the first write that fails', () => {
    put('fails', 's3 cp .*immutable');
    const { status, calls } = upload();
    expect([status, writes(calls).length]).toEqual([254, 1]);
    expect(existsSync(join(played, 'bucket', 'index.html'))).toBe(false);
  });

  test('removes a script that no build has named for 30 days, and no other', () => {
    put('listed.json', JSON.stringify(['app-gone.js', 'app-late.js']));
    put('old-scripts.json', JSON.stringify({ 'app-gone.js': '2020-01-01T00:00:00.000Z' }));
    const { status, calls } = upload();
    expect(status).toBe(0);
    expect(calls.filter((call) => call.startsWith('s3 rm'))).toEqual([
      's3 rm s3://the-bucket/app-gone.js',
    ]);
    // The sync that removes what the build lacks must leave the others, and the list of them.
    const [removing = ''] = calls.filter((call) => call.includes('--delete'));
    expect(removing).toContain('--exclude app-*.js --exclude old-scripts.json');
  });
});

test('what the scripts tell a user names the variable of npm run deploy, not the parameter', () => {
  for (const file of ['website-limits.txt', 'check-public-access.sh'])
    expect(readFileSync(join(FRONT, file), 'utf8')).not.toMatch(/\bHosting=/);
});

test('an argument beside the stage is refused, and nothing is asked', () => {
  const { status, stderr, calls } = run('deploy-frontend.sh', 'qa', '--empty');
  expect([status, stderr, calls]).toEqual([
    1,
    "deploy-frontend: '--empty' is one argument too many: bash front/deploy-frontend.sh [STAGE]\n",
    [],
  ]);
});

describe('the check of Block Public Access', () => {
  const check = () => run('check-public-access.sh');

  test.each(['True\tTrue', 'True\tFalse', 'False\tTrue'])('refuses %j in one line', (blocked) => {
    put('blocked', `${blocked}\n`);
    const { status, stderr } = check();
    expect([status, stderr.split('\n').length]).toEqual([1, 2]);
    expect(stderr).toMatch(/account 123456789012 forbids.*Use HOSTING=cloudfront, or switch off/);
  });

  test('lets an account pass that blocks nothing, and one that never said', () => {
    put('blocked', 'False\tFalse\n');
    expect(check()).toMatchObject({ status: 0, stderr: '' });
    put('fails', 's3control');
    put('says', 'An error occurred (NoSuchPublicAccessBlockConfiguration) when calling\n');
    expect(check()).toMatchObject({ status: 0, stderr: '' });
  });

  test('takes the Region of the profile, and refuses in one line where there is none', () => {
    put('blocked', 'False\tFalse\n');
    region = '';
    const none = check();
    expect([none.status, none.stderr.split('\n').length]).toEqual([1, 2]);
    expect(none.stderr).toMatch(/^check-public-access: no Region is set; .*AWS_REGION=/);
    put('configured', 'eu-west-1\n');
    expect(check()).toMatchObject({ status: 0, stderr: '' });
  });

  test('says so where it may not look, and refuses in one line where there are no credentials', () => {
    put('fails', 's3control');
    put('says', 'An error occurred (AccessDenied) when calling\n');
    const { status, stderr } = check();
    expect([status, stderr]).toEqual([0, expect.stringContaining('Cannot read')]);
    put('fails', 'sts');
    put('says', '\nUnable to locate credentials.\nYou can configure them.\n');
    const without = check();
    expect([without.status, without.stderr.trimEnd().split('\n').length]).toEqual([1, 1]);
    expect(without.stderr).toMatch(/^check-public-access: .*credentials.*Unable to locate/);
  });
});
