// A message from a client: to its route's function, and the answer back.

import type { ApiPlan } from '../cloudformation/plan.ts';
import type { Aws } from '../endpoint/aws.ts';
import { type Log, messageIdIn } from '../log.ts';
import type { Connection } from './connection.ts';
import { newId } from './identifier.ts';
import type { Outcome } from './integration.ts';
import type { Limits } from './limits.ts';
import { messageEvent } from './request-event.ts';
import { callRoute } from './route-call.ts';
import { selectRoute } from './route-selection.ts';
import type { Throttles } from './throttle.ts';

export interface MessageDesk {
  aws: Aws;
  log: Log;
  limits: Limits;
  admits: Throttles['admits'];
}

/**
 * Invokes the route's function and sends a route response where the route has one, or an error frame
 * `{message, connectionId, requestId}` (`Forbidden`, `Too Many Requests`, `Internal server error`, `Endpoint request timed out`).
 */
export async function answerMessage(
  { aws, log, limits, admits }: MessageDesk,
  api: ApiPlan,
  connection: Connection,
  text: string,
): Promise<void> {
  const routeKey = selectRoute(api, text);
  const route = routeKey === undefined ? undefined : api.routes[routeKey];
  if (routeKey === undefined || !route) {
    log.hop({ service: 'gateway', what: 'no route', status: 'Forbidden', failed: true });
    connection.send(errorFrame('Forbidden', connection, newId()));
    return;
  }
  if (!admits(routeKey)) {
    const messageId = messageIdIn(text);
    log.hop({ service: 'gateway', what: routeKey, messageId, status: 429, failed: true });
    connection.send(errorFrame('Too Many Requests', connection, newId()));
    return;
  }
  const event = messageEvent(connection.facts, routeKey, text);
  const timeoutMs = Math.min(route.timeoutMs, limits.integrationMs);
  const outcome = await callRoute({ aws, log, routeKey, route, event, text, timeoutMs });
  const { requestId } = event.requestContext;
  const trouble = troubleIn(outcome, limits);
  if (trouble) connection.send(errorFrame(trouble, connection, requestId));
  else if (route.responds && outcome.kind === 'answered' && outcome.body) {
    connection.send(outcome.body);
  }
}

function troubleIn(outcome: Outcome, { messageBytes }: Limits): string | undefined {
  if (outcome.kind === 'timedOut') return 'Endpoint request timed out';
  if (outcome.kind !== 'answered') return 'Internal server error';
  const tooLong = Buffer.byteLength(outcome.body ?? '') > messageBytes;
  return tooLong ? 'Internal server error' : undefined;
}

function errorFrame(message: string, { facts }: Connection, requestId: string): string {
  return JSON.stringify({ message, connectionId: facts.connectionId, requestId });
}
