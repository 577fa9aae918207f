// What no single resource can see: that everything the plan points to is in the plan.
import { allows } from '../iam/iam.ts';
import { Refusal } from '../refusal.ts';
import type { EventSourcePlan, Origin, Plan } from './plan.ts';

/** @throws Refusal where a rule, route or function names something that no template makes. */
export function checkPlan(plan: Plan): void {
  const arnsOf = (list: { arn: string }[]) => list.map(({ arn }) => arn);
  const functions = new Set(arnsOf(plan.functions));
  const queues = new Set(arnsOf(plan.queues));
  const targets = new Set([...functions, ...queues, ...arnsOf(plan.machines)]);
  const need = (known: Set<string>, value: string | undefined, from: Origin, what: string) => {
    if (value !== undefined && !known.has(value))
      throw new Refusal(from.file, `${from.path} ${what}`, value, 'is made by no template');
  };

  const buses = new Set(plan.buses.map(({ name }) => name));
  for (const { busName, targets: listed, origin } of plan.rules) {
    need(buses, busName, origin, 'EventBusName');
    for (const { arn, deadLetterArn } of listed) {
      need(targets, arn, origin, 'target');
      need(queues, deadLetterArn, origin, 'DeadLetterConfig');
    }
  }
  for (const { routes, origin } of plan.apis)
    for (const [key, { functionArn }] of Object.entries(routes))
      need(functions, functionArn, origin, `route ${key}`);
  const failureTargets = new Set([...functions, ...queues, ...arnsOf(plan.buses)]);
  for (const { onFailureArn, origin } of plan.functions)
    need(failureTargets, onFailureArn, origin, 'on-failure destination');
  for (const { redrive, origin } of plan.queues)
    need(queues, redrive?.deadLetterArn, origin, 'RedrivePolicy');
  for (const source of plan.eventSources) {
    need(queues, source.queueArn, source.origin, 'EventSourceArn');
    need(functions, source.functionArn, source.origin, 'FunctionName');
    checkEventSource(plan, source);
  }
  checkUnique(plan);
}

/** What Lambda polls a queue with: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
const POLLING = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

/** Lambda refuses a mapping that its function's role or its queue's time-out makes impossible. */
function checkEventSource(plan: Plan, { queueArn, functionArn, origin }: EventSourcePlan): void {
  const queue = plan.queues.find(({ arn }) => arn === queueArn);
  const polled = plan.functions.find(({ arn }) => arn === functionArn);
  if (queue === undefined || polled === undefined) return;
  const { timeoutS, policy } = polled;
  if (queue.visibilityTimeoutS < timeoutS) {
    const why = `is less than the ${timeoutS} s of ${polled.name}`;
    const path = `${queue.origin.path}.Properties.VisibilityTimeout`;
    throw new Refusal(queue.origin.file, path, queue.visibilityTimeoutS, why);
  }
  for (const action of POLLING)
    if (!allows(policy, { action, resource: queueArn }))
      throw new Refusal(origin.file, origin.path, action, `is not granted to ${polled.name}`);
}

/** Two resources of one name would answer to one another's calls. */
function checkUnique(plan: Plan): void {
  for (const list of [
    plan.tables,
    plan.queues,
    plan.buses,
    plan.rules,
    plan.functions,
    plan.machines,
  ]) {
    const seen = new Set<string>();
    for (const { arn, origin } of list) {
      if (seen.has(arn)) throw new Refusal(origin.file, origin.path, arn, 'is made twice');
      seen.add(arn);
    }
  }
}
