// The env file of `sam local invoke`: what each function is given here, with addresses that lead from a container to this machine.
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FunctionPlan, Plan } from '../cloudformation/plan.ts';
import { CONTAINERS_NAME } from '../http/allowed-requests.ts';
import { jwksUriOf } from '../oidc/issuer.ts';

/** Logical id → variable → value: the "standard format" of `sam local invoke --env-vars`. */
export type SamEnvironment = Record<string, Record<string, string>>;

/** One file per runtime; samconfig.toml names that of the default port. */
export const environmentFile = (root: string, awsPort: number): string =>
  join(root, '.hubbub', 'env', `${awsPort}.json`);

/** SAM's own name of a function: `PingFunction` of `hubbub-dev-api-PingFunction`. */
export const logicalIdOf = ({ name }: Pick<FunctionPlan, 'name'>): string =>
  name.slice(name.lastIndexOf('-') + 1);

/** `AfterGraceFunction` → `AfterGrace`. */
export const shortNameOf = (logicalId: string): string => logicalId.replace(/Function$/, '');

/** `AfterGraceFunction` → `after-grace`, as its source and its sample event are called. */
export const eventNameOf = (logicalId: string): string =>
  shortNameOf(logicalId)
    .replace(/(?<=[a-z0-9])[A-Z]/g, '-$&')
    .toLowerCase();

const LOOPBACK_URL = /^http:\/\/(?:127\.0\.0\.1|localhost)(?=[:/]|$)/;
const toContainer = (url: string) => url.replace(LOOPBACK_URL, `http://${CONTAINERS_NAME}`);

/**
 * The variables of every function. SAM overrides only what the template declares, and gives '' for each import.
 * OIDC_ISSUER stays, since tokens carry it letter for letter; only where its keys are has another address.
 */
export function environmentOf({ functions }: Plan, awsEndpoint: string): SamEnvironment {
  const called = (environment: Record<string, string>): Record<string, string> => {
    const { CALLBACK_URL, OIDC_ISSUER, OIDC_JWKS_URI } = environment;
    const isHere = OIDC_ISSUER !== undefined && LOOPBACK_URL.test(OIDC_ISSUER);
    const keys = isHere && OIDC_JWKS_URI === 'none' ? jwksUriOf(OIDC_ISSUER) : OIDC_JWKS_URI;
    return {
      ...(CALLBACK_URL === undefined ? {} : { CALLBACK_URL: toContainer(CALLBACK_URL) }),
      ...(keys === undefined ? {} : { OIDC_JWKS_URI: toContainer(keys) }),
    };
  };
  return Object.fromEntries(
    functions.map((plan) => [
      logicalIdOf(plan),
      {
        ...plan.environment,
        ...called(plan.environment),
        AWS_ENDPOINT_URL: toContainer(awsEndpoint),
      },
    ]),
  );
}

export interface EnvironmentWriter {
  update(plan: Plan): void;
  /** Nobody shall invoke with the names of a runtime that has ended. */
  remove(): void;
}

/** Writes the file, anew with each plan. */
export function writeEnvironment(
  root: string,
  plan: Plan,
  { awsPort, awsEndpoint }: { awsPort: number; awsEndpoint: string },
): EnvironmentWriter {
  const file = environmentFile(root, awsPort);
  const update = (next: Plan) => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, `${JSON.stringify(environmentOf(next, awsEndpoint), null, 2)}\n`);
    renameSync(`${file}.new`, file);
  };
  update(plan);
  return { update, remove: () => rmSync(file, { force: true }) };
}
