// The command line: what it means, and one clear line for what it refuses.
import { expect, test } from '@jest/globals';
import { type Flags, HELP, readFlags } from './flags.ts';
import { Refusal } from './refusal.ts';

test('without flags everything has its documented value', () => {
  expect(readFlags([])).toEqual({
    ...{ port: 3000, awsPort: 4566, data: '.hubbub', stage: 'dev', json: false, level: 'normal' },
    ...{ parameters: {}, faults: {}, auth: 'guest', issuerPort: 3001 },
  });
});

test('a parameter is what stands before the first equals sign, and may be said many times', () => {
  const { parameters } = readFlags(['--parameter', 'A=1', '--parameter', 'B=x=y z']) as Flags;
  expect(parameters).toEqual({ A: '1', B: 'x=y z' });
});

test('every flag is heard', () => {
  const line =
    '--port 0 --aws-port 65535 --data d --stage blue2 --json --verbose --auth oidc --issuer-port 0';
  expect(readFlags(line.split(' '))).toMatchObject({
    ...{ auth: 'oidc', issuerPort: 0 },
    ...{ port: 0, awsPort: 65_535, data: 'd', stage: 'blue2', json: true, level: 'verbose' },
  });
  expect(readFlags(['--memory', '--quiet'])).toMatchObject({ data: undefined, level: 'quiet' });
});

test('--help is an answer that names every flag', () => {
  expect(readFlags(['--help'])).toBe('help');
  const flags =
    'port aws-port data memory stage auth issuer-port parameter json quiet verbose faults'.split(
      ' ',
    );
  for (const flag of flags) expect(HELP).toContain(`--${flag} `);
});

test('a fault that is named has its harmless defaults, one that is not stays away', () => {
  expect(
    readFlags(['--faults', '{"bus":{"copies":2},"tables":{"throttleRate":0.5}}']),
  ).toMatchObject({
    faults: {
      bus: { copies: 2, delayMs: [0, 0], dropRate: 0, seed: 1 },
      tables: { throttleRate: 0.5, seed: 1 },
    },
  });
});

test.each([
  ['--prot 1', /--prot/],
  ['stray', /stray/],
  ['--port', /--port/],
  ['--port 65536', /^flags: --port = "65536": is a port/],
  ['--port -1', /--port/],
  ['--aws-port 1e3', /--aws-port/],
  ['--memory --data d', /--memory: goes without --data/],
  ['--quiet --verbose', /--quiet: goes without --verbose/],
  ['--stage Prod', /--stage = "Prod"/],
  ['--stage ../x', /--stage/],
  ['--auth basic', /--auth = "basic": is guest or oidc/],
  ['--issuer-port 0', /--issuer-port = "0": goes only with --auth oidc/],
  ['--auth oidc --issuer-port x', /--issuer-port = "x": is a port/],
  ['--auth oidc --parameter AuthMode=guest', /--auth = "oidc": goes without --parameter AuthMode/],
  ['--auth oidc --parameter OidcIssuer=https://x', /goes without --parameter OidcIssuer/],
  ['--parameter A', /--parameter = "A": is not like Name=value/],
  ['--parameter =1', /--parameter = "=1"/],
  ['--parameter Stage=prod', /is what --stage is for/],
  ['--faults {', /--faults = "{": is not JSON/],
  ['--faults []', /--faults = \[\]: is an object/],
  ['--faults {"boss":{}}', /--faults\.boss = {}: is unknown; there is bus, gateway, tables/],
  ['--faults {"bus":{"copys":2}}', /--faults\.bus\.copys = 2: is unknown/],
  ['--faults {"bus":{"copies":"2"}}', /--faults\.bus\.copies = "2": is not like 1/],
  ['--faults {"bus":{"delayMs":[5]}}', /--faults\.bus\.delayMs/],
  ['--faults {"bus":{"delayMs":["a","b"]}}', /--faults\.bus\.delayMs/],
  ['--faults {"bus":{"dropRate":2}}', /--faults\.bus\.dropRate = 2: is 0 to 1/],
  ['--faults {"tables":{"throttleRate":-1}}', /--faults\.tables\.throttleRate = -1: is 0 to 1/],
  ['--faults {"bus":{"delayMs":[9,5]}}', /--faults\.bus\.delayMs/],
  ['--faults {"bus":{"copies":1.5}}', /--faults\.bus\.copies = 1\.5: is a whole number/],
  ['--faults {"bus":{"toString":1}}', /--faults\.bus\.toString = 1: is unknown/],
  ['--faults {"bus":null}', /--faults\.bus = null: is an object/],
])('%s is refused in one line', (line, why) => {
  const read = () => readFlags(line.split(' '));
  expect(read).toThrow(Refusal);
  expect(read).toThrow(why);
  expect(read).not.toThrow(/\n/);
});
