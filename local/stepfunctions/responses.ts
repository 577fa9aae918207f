// What the Step Functions API answers: executions and machines in AWS's shapes, times in epoch seconds.

import type { MachinePlan } from '../cloudformation/plan.ts';
import { AwsError } from '../endpoint/aws-error.ts';
import { limitIn, pageOf } from '../endpoint/paging.ts';
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

/** One page of a list: `maxResults` (0 to 1,000; 0 and none are 100) items from `nextToken` on. */
export function page<T>(
  field: string,
  list: T[],
  keyOf: (item: T) => string,
  input: Record<string, unknown>,
): { [field: string]: unknown; nextToken?: string } {
  const limit = limitIn(input, 'maxResults', { least: 0, most: 1000, otherwise: 100 });
  const badToken = () => new AwsError('InvalidToken', `Invalid Token: '${input.nextToken}'`);
  const { items, token } = pageOf(list, keyOf, {
    ...{ limit: limit || 100, token: input.nextToken, badToken },
  });
  return { [field]: items, ...(token !== undefined && { nextToken: token }) };
}
