// One call of a route's function, with its line in the log.

import type { RoutePlan } from '../cloudformation/plan.ts';
import type { Aws } from '../endpoint/aws.ts';
import { type Log, messageIdIn } from '../log.ts';
import { integrate, type Outcome } from './integration.ts';
import type { RequestEvent } from './request-event.ts';

export interface RouteCall {
  aws: Aws;
  log: Log;
  routeKey: string;
  route: RoutePlan;
  event: RequestEvent;
  /** The frame, only to find its messageId for the log. */
  text?: string;
  /** Undefined waits for as long as the function's queue and its own time-out take. */
  timeoutMs?: number;
}

/** Never rejects: a call that failed is an Outcome too. */
export async function callRoute(call: RouteCall): Promise<Outcome> {
  const { aws, log, routeKey, route, event, text = '', timeoutMs } = call;
  const startedAt = performance.now();
  const outcome = await integrate(aws, route.functionArn, event, timeoutMs);
  const answered = outcome.kind === 'answered';
  log.hop({
    service: 'gateway',
    what: routeKey,
    messageId: messageIdIn(text) ?? (answered ? messageIdIn(outcome.body ?? '') : undefined),
    ms: performance.now() - startedAt,
    status: answered ? outcome.statusCode : outcome.kind,
    failed: !answered || outcome.statusCode >= 400,
  });
  if (!answered) log.warn(`gateway: ${routeKey}: ${outcome.why} (${route.functionArn})`);
  return outcome;
}
