// What the Step Functions API answers: executions and machines in AWS's shapes, times in epoch seconds.
import { AwsError } from '../aws-error.ts';
import type { MachinePlan } from '../plan.ts';
import type { Execution } from './executions.ts';

const times = ({ startMs, stopMs }: Execution) => ({
  startDate: startMs / 1000,
  ...(stopMs !== undefined && { stopDate: stopMs / 1000 }),
});

export const listedExecution = (execution: Execution) => ({
  executionArn: execution.arn,
  stateMachineArn: execution.machine.arn,
  name: execution.name,
  status: execution.status,
  ...times(execution),
});

/** DescribeExecution's answer. AWS has it for Standard only; here it is for Express too, for the developer. */
export const describeExecution = (execution: Execution) => ({
  ...listedExecution(execution),
  input: execution.input,
  inputDetails: { included: true },
  ...(execution.output !== undefined && {
    output: execution.output,
    outputDetails: { included: true },
  }),
  ...(execution.error !== undefined && { error: execution.error, cause: execution.cause }),
});

/** StartSyncExecution's answer; Express bills by 100 ms and 64 MB. */
export const syncResult = (execution: Execution) => ({
  ...describeExecution(execution),
  billingDetails: {
    billedMemoryUsedInMB: 64,
    billedDurationInMilliseconds:
      Math.ceil(Math.max(1, (execution.stopMs ?? 0) - execution.startMs) / 100) * 100,
  },
});

export const describeMachine = (plan: MachinePlan) => ({
  stateMachineArn: plan.arn,
  name: plan.name,
  status: 'ACTIVE',
  type: plan.type,
  definition: JSON.stringify(plan.definition),
  roleArn: '',
  creationDate: 0,
});

/** One page of a list: `maxResults` (100 unless told, 1,000 at most) from `nextToken`, which is an offset here. */
export function page(
  field: string,
  items: unknown[],
  input: Record<string, unknown>,
): Record<string, unknown> {
  const from = Number(input.nextToken ?? 0);
  const most = Math.min(Number(input.maxResults || 100), 1000);
  if (!Number.isInteger(from) || from < 0)
    throw new AwsError('InvalidToken', `Invalid Token: '${input.nextToken}'`);
  const to = from + most;
  return {
    [field]: items.slice(from, to),
    ...(to < items.length && { nextToken: String(to) }),
  };
}
