// What `npm start` cannot do it says in one line, and exits 1.
import { cp, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ROOT, refusedBy, startLocal } from './runtime.ts';

const FREE = ['--port', '0', '--aws-port', '0'];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hubbub-command-line-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function refusal(flags: string[], root = ROOT): Promise<string> {
  const { code, stdout, stderr } = await refusedBy(root, flags);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^[^\n]+\n$/);
  return stderr;
}

describe('the command line refuses', () => {
  test.each([
    ['an unknown flag', ['--colour'], /--colour/],
    ['a word too many', ['now'], /now/],
    ['a flag without its value', ['--port'], /--port/],
    ['a port that is a word', ['--port', 'http'], /--port = "http".*0 to 65535/],
    ['a port that is too high', ['--aws-port', '65536'], /--aws-port = "65536".*0 to 65535/],
    ['a negative port', ['--port=-1'], /--port = "-1"/],
    ['a stage that no template allows', ['--stage', 'Prod!'], /--stage = "Prod!"/],
    ['a folder and none', ['--memory', '--data', 'x'], /--memory.*--data/],
    ['a folder without a name', ['--data', ''], /--data = "": names no folder/],
    ['quiet and verbose', ['--quiet', '--verbose'], /--quiet.*--verbose/],
    [
      'an issuer of one’s own and another',
      ['--auth', 'oidc', '--parameter', 'OidcIssuer=https://x'],
      /--auth = "oidc".*OidcIssuer/,
    ],
    [
      'tokens of nobody',
      ['--parameter', 'AuthMode=oidc'],
      /^api\/template\.yaml:.*OidcSaysWhose.*OidcIssuer/,
    ],
    [
      'an issuer for guests',
      ['--parameter', 'OidcIssuer=https://x'],
      /^api\/template\.yaml:.*GuestsHaveNoIssuer/,
    ],
    [
      'an issuer that anybody could be',
      ['--parameter', 'OidcIssuer=http://x'],
      /OidcIssuer.*AllowedPattern/,
    ],
    ['faults that are not JSON', ['--faults', '{bus'], /--faults.*not JSON/],
    ['a fault that there is not', ['--faults', '{"bus":{"lose":1}}'], /--faults\.bus\.lose/],
  ])('%s', async (_what, flags, says) => {
    expect(await refusal([...FREE, '--memory', ...flags])).toMatch(says);
  });

  test.each(['--port', '--aws-port'])('a taken %s', async (flag) => {
    const other = createServer();
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
    const port = String(Object(other.address()).port);
    const said = await refusal([...FREE, '--memory', flag, port]);
    await new Promise((done) => other.close(done));
    expect(said).toMatch(`${flag} = ${port}: this port is taken`);
  });

  test('a data folder that cannot be written', async () => {
    const file = join(folder, 'a-file');
    await writeFile(file, '');
    expect(await refusal([...FREE, '--data', join(file, 'data')])).toMatch(
      /--data.*cannot be written/,
    );
  });

  test('a data folder that another runtime uses', async () => {
    const data = join(folder, 'in-use');
    const first = await startLocal(['--data', data]);
    const said = await refusal([...FREE, '--data', data]);
    await first.stop();
    expect(said).toMatch(/--data.*already running/);
  });
});

describe('a template is refused', () => {
  let copy: string;
  beforeAll(async () => {
    copy = join(folder, 'checkout');
    for (const room of ['shared', 'api', 'workflows', 'front', 'local', 'package.json']) {
      await cp(join(ROOT, room), join(copy, room), { recursive: true });
    }
    await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  });

  async function withChanged(file: string, change: (text: string) => string): Promise<string> {
    const path = join(copy, file);
    const good = await readFile(path, 'utf8');
    const bad = change(good);
    expect(bad).not.toBe(good);
    await writeFile(path, bad);
    const said = await refusal([...FREE, '--memory'], copy);
    await writeFile(path, good);
    return said;
  }

  test('that is not YAML, with its line', async () => {
    const said = await withChanged('shared/template.yaml', (text) => `${text}\n  - [unclosed\n`);
    expect(said).toMatch(/shared\/template\.yaml.*\d+/);
  });

  test('with a resource that is not supported, by name', async () => {
    const said = await withChanged('shared/template.yaml', (text) =>
      text.replace(
        'Resources:\n',
        'Resources:\n  Cache:\n    Type: AWS::ElastiCache::ReplicationGroup\n',
      ),
    );
    expect(said).toMatch(/shared\/template\.yaml.*Cache.*AWS::ElastiCache::ReplicationGroup/);
  });

  test('with a property that is not supported, by name', async () => {
    const said = await withChanged('api/template.yaml', (text) =>
      text.replace(
        '      StageName: !Ref Stage\n',
        '      StageName: !Ref Stage\n      Colour: red\n',
      ),
    );
    expect(said).toMatch(/api\/template\.yaml.*Colour/);
  });

  test('with a state machine that holds an unknown state', async () => {
    const file = 'workflows/statemachine/message-distribution.asl.json';
    const said = await withChanged(file, (text) =>
      text.replace('"Type": "Choice"', '"Type": "Chance"'),
    );
    expect(said).toMatch(/message-distribution\.asl\.json.*CheckEvent.*"Chance"/);
  });

  test('with an import that nobody exports', async () => {
    const said = await withChanged('api/template.yaml', (text) =>
      text.replace('-ChatBusArn', '-OmnibusArn'),
    );
    expect(said).toMatch(/api\/template\.yaml.*hubbub-dev-OmnibusArn/);
  });

  test.each(['shared', 'api', 'workflows', 'front'])('that is not there: %s', async (stack) => {
    const template = join(copy, stack, 'template.yaml');
    await rename(template, `${template}.away`);
    expect(await refusal([...FREE, '--memory'], copy)).toMatch(`${stack}/template.yaml`);
    await rename(`${template}.away`, template);
  });

  test('and a handler that does not build, with file and line', async () => {
    const said = await withChanged('api/src/routes/ping.ts', (text) => `const = 1;\n${text}`);
    expect(said).toMatch(/^api\/src\/routes\/ping\.ts:1:7: /);
  });
});
