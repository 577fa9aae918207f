// Targets: how the bus calls a function, a state machine or a queue, told apart by ARN.
import type { Aws, Service } from '../endpoint/aws.ts';

type Call = [service: Service, action: string, input: Record<string, unknown>];

const ARN = /^arn:aws[\w-]*:(lambda|states|sqs):([\w-]+):(\d*):(.+)$/;

/** What a rule may deliver to here; `undefined` for any other ARN. */
export function targetName(arn: string): string | undefined {
  const [, service, , , resource = ''] = ARN.exec(arn) ?? [];
  const [kind, name] = resource.split(':');
  if (service === 'lambda' && kind === 'function') return name;
  if (service === 'states' && kind === 'stateMachine') return name;
  // A FIFO queue wants a message group, which a rule gives by SqsParameters; the plan has none.
  return service === 'sqs' && !resource.endsWith('.fifo') ? resource : undefined;
}

/**
 * Gives `input` to the target: Lambda asynchronously, a state machine by StartExecution under `executionName`,
 * a queue by SendMessage. Rejects with what the service answers.
 */
export async function invoke(
  aws: Aws,
  arn: string,
  input: string,
  executionName: string,
): Promise<void> {
  await aws.call(...callFor(arn, input, executionName));
}

function callFor(arn: string, input: string, executionName: string): Call {
  const [, service] = ARN.exec(arn) ?? [];
  if (service === 'lambda')
    return ['lambda', 'Invoke', { FunctionName: arn, InvocationType: 'Event', Payload: input }];
  if (service === 'states')
    return ['states', 'StartExecution', { stateMachineArn: arn, name: executionName, input }];
  return ['sqs', 'SendMessage', { QueueUrl: queueUrl(arn), MessageBody: input }];
}

/** The URL that SQS knows the queue by. */
export function queueUrl(arn: string): string {
  const [, , region, account, name] = ARN.exec(arn) ?? [];
  return `https://sqs.${region}.amazonaws.com/${account}/${name}`;
}

/** Lambda and Step Functions take JSON only; a queue takes any text. */
export function takesOnlyJson(arn: string): boolean {
  return !arn.includes(':sqs:');
}
