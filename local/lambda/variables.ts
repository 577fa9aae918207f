// The environment variables of a sandbox: the template's, Lambda's own, and nothing of the developer's but PATH and TZ.
import { createHash, randomUUID } from 'node:crypto';
import { devNull } from 'node:os';
import { dirname, parse } from 'node:path';
import type { FunctionPlan } from '../cloudformation/plan.ts';
import { Refusal } from '../refusal.ts';

export interface Key {
  accessKeyId: string;
  secretAccessKey: string;
}

export const logGroupOf = (plan: FunctionPlan): string => `/aws/lambda/${plan.name}`;

const regionOf = (arn: string): string => arn.split(':')[3] ?? '';

/** Node reads NODE_OPTIONS anew in each thread, where most flags are an error: all but source maps are refused by name. */
export function refuseVariables(plan: FunctionPlan): void {
  const options = plan.environment.NODE_OPTIONS;
  if (options === undefined || options.trim() === '--enable-source-maps') return;
  const path = `${plan.origin.path}.Environment.Variables.NODE_OPTIONS`;
  const why = 'only --enable-source-maps takes effect in a function on this machine';
  throw new Refusal(plan.origin.file, path, options, why);
}

/** As https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html lists them; a new log stream per sandbox. */
export function variablesOf(
  plan: FunctionPlan,
  given: {
    file: string;
    runtime: string;
    key: Key;
    endpoint: string;
    extra: Record<string, string>;
  },
): Record<string, string> {
  const { file, runtime, key, endpoint, extra } = given;
  const region = regionOf(plan.arn);
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '/');
  const inherited = Object.entries({ PATH: process.env.PATH, TZ: process.env.TZ }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return {
    ...Object.fromEntries(inherited),
    // Without these two the SDK would read the developer's own ~/.aws.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_ENDPOINT_URL: endpoint,
    ...extra,
    ...plan.environment,
    _HANDLER: `${parse(file).name}.${plan.handler}`,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: plan.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(plan.memoryMb),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: logGroupOf(plan),
    AWS_LAMBDA_LOG_STREAM_NAME: `${day}/[$LATEST]${randomUUID().replaceAll('-', '')}`,
    AWS_ACCESS_KEY_ID: key.accessKeyId,
    AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    AWS_SESSION_TOKEN: 'hubbub',
    LAMBDA_TASK_ROOT: dirname(file),
  };
}

/** A key for a function that was given none: 20 characters, as AWS's are, the same at each start. */
export function ownKey(plan: FunctionPlan): Key {
  const digest = createHash('sha256').update(plan.arn).digest('hex').toUpperCase();
  return { accessKeyId: `ASIA${digest.slice(0, 16)}`, secretAccessKey: digest.slice(16, 56) };
}
