// The switchboard: connects a call to its service, after asking IAM. Every call on this machine goes through it.

import type { Plan } from '../cloudformation/plan.ts';
import { authorize, callersOf } from '../iam/iam.ts';
import { needsOf } from '../iam/required-permissions.ts';
import type { Aws, Principal, Service } from './aws.ts';
import { AwsError } from './aws-error.ts';
import { inputOf, type Operations } from './request-shapes.ts';

type Answer = (action: string, input: Record<string, unknown>) => Promise<Record<string, unknown>>;

export interface Switchboard extends Aws {
  /** `operations`: all that the service knows, checked before it is asked; without them it checks itself. */
  connect(service: Service, answer: Answer, operations?: Operations): void;
  /** Who signed with that key; undefined is the developer. */
  callerOf(accessKeyId: string | undefined): Principal | undefined;
  /** Throws AccessDeniedException where the caller's policy does not allow the action on what the input names. */
  authorize(
    service: Service,
    action: string,
    input: Record<string, unknown>,
    caller: Principal | undefined,
  ): void;
  update(plan: Plan): void;
}

export function createSwitchboard(first: Plan): Switchboard {
  const answers = new Map<Service, Answer>();
  const known = new Map<Service, Operations>();
  let plan = first;
  let callers = callersOf(plan);
  const check: Switchboard['authorize'] = (service, action, input, caller) => {
    if (caller !== undefined) authorize(caller, needsOf(plan, service, action, input));
  };
  return {
    connect(service, answer, operations) {
      answers.set(service, answer);
      if (operations !== undefined) known.set(service, operations);
    },
    callerOf: (accessKeyId) => (accessKeyId === undefined ? undefined : callers.get(accessKeyId)),
    authorize: check,
    async call(service, action, given, caller) {
      const operations = known.get(service);
      const shape = operations && Object.hasOwn(operations, action) && operations[action];
      // Before IAM, which reads the input for what it names.
      const input = shape ? inputOf(shape, given) : given;
      check(service, action, input, caller);
      const answer = answers.get(service);
      if (answer === undefined)
        throw new AwsError('ServiceUnavailableException', `${service} has not started`, 503);
      if (operations !== undefined && !shape)
        throw new AwsError(
          'UnknownOperationException',
          `${service}:${action} is not supported on this machine`,
        );
      return answer(action, input);
    },
    update(next) {
      plan = next;
      callers = callersOf(next);
    },
  };
}
