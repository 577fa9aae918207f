// Route selection: which route a message belongs to.
import type { ApiPlan } from '../cloudformation/plan.ts';

/**
 * `$request.body.<field>` against the route keys; anything else is `$default`, and undefined where there is none.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-routes.html
 */
export function selectRoute(api: ApiPlan, text: string): string | undefined {
  const key = selected(text, api.selectionField);
  // A client must not be able to call $connect or $disconnect by naming them.
  if (key !== undefined && !key.startsWith('$') && Object.hasOwn(api.routes, key)) return key;
  return Object.hasOwn(api.routes, '$default') ? '$default' : undefined;
}

function selected(text: string, field: string): string | undefined {
  const body = parsed(text);
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, field)) return undefined;
  const value: unknown = Object.entries(body).find(([name]) => name === field)?.[1];
  return typeof value === 'string' ? value : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is not an error here: AWS sends such a message to $default.
    return undefined;
  }
}
