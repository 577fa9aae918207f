// The switchboard: connects a call to its service, after asking IAM. Every call on this machine goes through it.
import type { Aws, Principal, Service } from './aws.ts';
import { AwsError } from './aws-error.ts';
import { authorize, callersOf } from './iam.ts';
import { needsOf } from './needs.ts';
import type { Plan } from './plan.ts';

type Answer = (action: string, input: Record<string, unknown>) => Promise<Record<string, unknown>>;

export interface Switchboard extends Aws {
  connect(service: Service, answer: Answer): void;
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
  let plan = first;
  let callers = callersOf(plan);
  const check: Switchboard['authorize'] = (service, action, input, caller) => {
    if (caller !== undefined) authorize(caller, needsOf(plan, service, action, input));
  };
  return {
    connect(service, answer) {
      answers.set(service, answer);
    },
    callerOf: (accessKeyId) => (accessKeyId === undefined ? undefined : callers.get(accessKeyId)),
    authorize: check,
    async call(service, action, input, caller) {
      check(service, action, input, caller);
      const answer = answers.get(service);
      if (answer === undefined)
        throw new AwsError('ServiceUnavailableException', `${service} has not started`, 503);
      return answer(action, input);
    },
    update(next) {
      plan = next;
      callers = callersOf(next);
    },
  };
}
