// What Lambda tells about a function: the answers of GetFunction, GetFunctionConfiguration and ListFunctions.
import type { FunctionPlan } from '../cloudformation/plan.ts';
import { logGroupOf } from './variables.ts';

/** The fields that a plan knows, with AWS's names; memory in MB, time-out in seconds. */
export function configurationOf(plan: FunctionPlan, runtime: string): Record<string, unknown> {
  return {
    FunctionName: plan.name,
    FunctionArn: plan.arn,
    Runtime: runtime,
    Handler: plan.handler,
    Timeout: plan.timeoutS,
    MemorySize: plan.memoryMb,
    Version: '$LATEST',
    PackageType: 'Zip',
    State: 'Active',
    LastUpdateStatus: 'Successful',
    Environment: { Variables: plan.environment },
    LoggingConfig: { LogFormat: 'Text', LogGroup: logGroupOf(plan) },
  };
}

/** GetFunction; there is no package to download, so `Code` names none. */
export function descriptionOf(plan: FunctionPlan, runtime: string): Record<string, unknown> {
  const { reservedConcurrency } = plan;
  return {
    Configuration: configurationOf(plan, runtime),
    Code: {},
    ...(reservedConcurrency === undefined
      ? {}
      : { Concurrency: { ReservedConcurrentExecutions: reservedConcurrency } }),
  };
}
