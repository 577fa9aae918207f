// $connect and $disconnect: the two routes a client does not choose.
import type { IncomingMessage } from 'node:http';
import type { ApiPlan } from '../cloudformation/plan.ts';
import type { Aws } from '../endpoint/aws.ts';
import type { Log } from '../log.ts';
import type { Verdict } from './handshake.ts';
import type { Outcome } from './integration.ts';
import type { Limits } from './limits.ts';
import { type ConnectionFacts, connectEvent, disconnectEvent } from './request-event.ts';
import { callRoute } from './route-call.ts';

export interface LifecycleDesk {
  aws: Aws;
  log: Log;
  limits: Limits;
}

/**
 * Asks `$connect`, where the API has one: its 2xx admits, any other status is the handshake's, no usable answer is 502, none in time 504.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-keys-connect-disconnect.html
 */
export async function askConnect(
  { aws, log, limits }: LifecycleDesk,
  api: ApiPlan,
  facts: ConnectionFacts,
  req: IncomingMessage,
): Promise<Verdict> {
  const route = api.routes.$connect;
  if (!route) return { admitted: true };
  const event = connectEvent(facts, req);
  const timeoutMs = Math.min(route.timeoutMs, limits.integrationMs);
  return verdictOn(await callRoute({ aws, log, routeKey: '$connect', route, event, timeoutMs }));
}

function verdictOn(outcome: Outcome): Verdict {
  if (outcome.kind === 'timedOut') return { admitted: false, status: 504 };
  if (outcome.kind !== 'answered') return { admitted: false, status: 502 };
  const { statusCode, headers } = outcome;
  if (statusCode < 200 || statusCode > 299) return { admitted: false, status: statusCode };
  const protocol = headers['sec-websocket-protocol'];
  return { admitted: true, ...(protocol && { protocol }) };
}

/**
 * Tells `$disconnect`, where the API has one. Waits as long as the function's queue is: a call given up on
 * would leave a stale row, and hundreds may leave at once.
 */
export async function tellDisconnect(
  { aws, log }: LifecycleDesk,
  api: ApiPlan,
  facts: ConnectionFacts,
  code: number,
  reason: string,
): Promise<void> {
  const route = api.routes.$disconnect;
  if (!route) return;
  const event = disconnectEvent(facts, code, reason);
  await callRoute({ aws, log, routeKey: '$disconnect', route, event });
}
