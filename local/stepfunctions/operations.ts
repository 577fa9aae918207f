// The operations of Step Functions, with the shapes of their requests: https://docs.aws.amazon.com/step-functions/latest/apireference/API_Operations.html
import type { Operations } from '../endpoint/request-shapes.ts';

const page = { maxResults: 'integer', nextToken: 'string' } as const;
const start = {
  stateMachineArn: 'string',
  name: 'string',
  input: 'string',
  traceHeader: 'string',
} as const;
const execution = { executionArn: 'string' } as const;

export const STATES: Operations = {
  StartExecution: start,
  StartSyncExecution: { ...start, includedData: 'string' },
  DescribeExecution: { ...execution, includedData: 'string' },
  ListExecutions: { ...page, stateMachineArn: 'string', statusFilter: 'string' },
  StopExecution: { ...execution, error: 'string', cause: 'string' },
  GetExecutionHistory: {
    ...page,
    ...execution,
    reverseOrder: 'boolean',
    includeExecutionData: 'boolean',
  },
  DescribeStateMachine: { stateMachineArn: 'string', includedData: 'string' },
  ListStateMachines: page,
};
