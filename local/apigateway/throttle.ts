// The throttles of a stage: one token bucket for each route, and the account's above them.
import type { ApiPlan } from '../cloudformation/plan.ts';
import type { Limits } from './limits.ts';
import { tokenBucket } from './token-bucket.ts';

export interface Throttles {
  /** Whether the route takes one more request now. A request that its route refuses costs the account no token. */
  admits(routeKey: string): boolean;
  /** Takes the routes of a new plan, with full buckets; the account's bucket stays as it is. */
  update(api: ApiPlan): void;
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-protect.html */
export function createThrottles(firstApi: ApiPlan, { account }: Limits): Throttles {
  const accountAdmits = tokenBucket(account);
  let routes = bucketsOf(firstApi);
  return {
    admits: (routeKey) => (routes.get(routeKey)?.() ?? true) && accountAdmits(),
    update(api) {
      routes = bucketsOf(api);
    },
  };
}

const bucketsOf = ({ routes }: ApiPlan) =>
  new Map(
    Object.entries(routes).flatMap(([routeKey, { throttle }]) =>
      throttle ? [[routeKey, tokenBucket(throttle)] as const] : [],
    ),
  );
