// For the tests: the smallest plan with one of everything, and one function that may do next to nothing.
import type { FunctionPlan, Plan, Statement } from '../cloudformation/plan.ts';

const origin = { file: 'api/template.yaml', path: 'Resources.Greet' };
const arn = (service: string, rest: string) => `arn:aws:${service}:eu-west-1:000000000000:${rest}`;

export const TABLE = arn('dynamodb', 'table/messages');
export const BUS = arn('events', 'event-bus/chat');
export const QUEUE = arn('sqs', 'dead');
export const FUNCTION = arn('lambda', 'function:greet');
export const MACHINE = arn('states', 'stateMachine:distribute');

export const may = (
  actions: string | string[],
  resources: string | string[],
  more: Partial<Statement> = {},
): Statement => ({
  ...{ effect: 'Allow', actions: [actions].flat(), resources: [resources].flat(), conditions: {} },
  ...more,
});

export function smallPlan(policy: Statement[] = []): Plan & { functions: [FunctionPlan] } {
  return {
    ...{ region: 'eu-west-1', account: '000000000000', stage: 'dev', rules: [], exports: {} },
    tables: [{ name: 'messages', arn: TABLE, create: {}, origin }],
    eventSources: [],
    queues: [{ name: 'dead', arn: QUEUE, visibilityTimeoutS: 30, retentionS: 60, origin }],
    buses: [{ name: 'chat', arn: BUS, origin }],
    functions: [
      {
        ...{
          name: 'greet',
          arn: FUNCTION,
          entry: '/greet.ts',
          handler: 'handler',
          environment: {},
        },
        build: { format: 'esm', target: 'node24', minify: false, sourcemap: false, external: [] },
        ...{ timeoutS: 3, memoryMb: 128, maximumRetryAttempts: 2, maximumEventAgeS: 21_600 },
        ...{ policy, origin },
      },
    ],
    machines: [
      {
        ...{
          name: 'distribute',
          arn: MACHINE,
          type: 'EXPRESS',
          definition: {},
          policy: [],
          origin,
        },
        definitionFile: 'distribute.asl.json',
      },
    ],
    apis: [
      { id: 'api1', name: 'Chat', stage: 'dev', selectionField: 'action', routes: {}, origin },
    ],
    site: { folder: '/site', headers: {}, index: 'index.html', origin },
    files: [],
  };
}
