// The env file of `sam local invoke`: every variable of every function, and addresses that lead from a container to here.
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readPlan } from '../cloudformation/read-plan.ts';
import {
  environmentFile,
  environmentOf,
  eventNameOf,
  logicalIdOf,
  writeEnvironment,
} from './environment.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const aws = 'http://127.0.0.1:4566';
const planWith = (parameters: Record<string, string> = {}) =>
  readPlan(ROOT, { stage: 'dev', awsEndpoint: aws, parameters });
const oidc = { AuthMode: 'oidc', OidcIssuer: 'http://127.0.0.1:3001', OidcAudience: 'page' };

test('every function has every variable of its template, with the parameters’ values, and the endpoint', () => {
  const plan = planWith({ MessageBurst: '37' });
  const environment = environmentOf(plan, aws);
  expect(Object.keys(environment).sort()).toEqual(plan.functions.map(logicalIdOf).sort());
  for (const each of plan.functions) {
    const given = environment[logicalIdOf(each)] ?? {};
    expect(Object.keys(given).sort()).toEqual(
      [...Object.keys(each.environment), 'AWS_ENDPOINT_URL'].sort(),
    );
    expect(Object.entries(given).filter(([, value]) => value === '')).toEqual([]);
    expect(given.AWS_ENDPOINT_URL).toBe('http://host.docker.internal:4566');
  }
  expect(environment.PingFunction?.MESSAGE_BURST).toBe('37');
  expect(environment.BroadcastFunction?.CALLBACK_URL).toBe('http://host.docker.internal:4566/dev');
});

test('no address but Docker’s name leads here; only what is compared, and not called, keeps the loopback address', () => {
  const plan = planWith({ ...oidc, AllowedOrigins: 'http://127.0.0.1:3000' });
  const kept = Object.values(environmentOf(plan, aws)).flatMap((variables) =>
    Object.keys(variables).filter((name) => /127\.0\.0\.1|localhost/.test(variables[name] ?? '')),
  );
  expect(new Set(kept)).toEqual(new Set(['ALLOWED_ORIGINS', 'OIDC_ISSUER']));
});

test.each([
  ['an issuer here', oidc, 'http://host.docker.internal:3001/.well-known/jwks.json'],
  [
    'keys that are named',
    { ...oidc, OidcJwksUri: 'http://localhost:3001/keys' },
    'http://host.docker.internal:3001/keys',
  ],
  ['an issuer elsewhere', { ...oidc, OidcIssuer: 'https://issuer.example' }, 'none'],
  ['guests', {}, 'none'],
])('%s: where the keys are', (_, parameters, uri) => {
  expect(environmentOf(planWith(parameters), aws).HelloFunction?.OIDC_JWKS_URI).toBe(uri);
});

test('an event is called as its function’s source', () => {
  expect(['PingFunction', 'AfterGraceFunction'].map(eventNameOf)).toEqual(['ping', 'after-grace']);
});

test('the file is written anew with each plan, and removed at the end', async () => {
  const root = await mkdtemp(join(tmpdir(), 'hubbub-env-'));
  const burst = () =>
    JSON.parse(readFileSync(environmentFile(root, 4566), 'utf8')).PingFunction.MESSAGE_BURST;
  const writer = writeEnvironment(root, planWith(), { awsPort: 4566, awsEndpoint: aws });
  expect(burst()).toBe('10');
  writer.update(planWith({ MessageBurst: '37' }));
  expect(burst()).toBe('37');
  writer.remove();
  expect(burst).toThrow('ENOENT');
  await rm(root, { recursive: true });
});
