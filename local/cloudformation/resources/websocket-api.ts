// AWS::Serverless::WebSocketApi and AWS::ApiGatewayV2::RouteResponse: the routes, and which of them answer, and how the stage throttles them.

import { checkAllowed, noted } from '../allow-list.ts';
import type { Cursor } from '../cursor.ts';
import type { Throttle } from '../plan.ts';
import { isMapping } from '../source.ts';
import { type Kind, mintedId, type Naming } from './kind.ts';

/** API Gateway's quota for WebSocket integrations: 50 ms to 29 s, which is also the default. */
const INTEGRATION_TIMEOUT_MS = { min: 50, max: 29_000, fallback: 29_000 };

const SELECTION = /^\$request\.body\.([A-Za-z_]\w*)$/;
const SPECIAL_ROUTES = ['$connect', '$disconnect', '$default'];

const apiId = mintedId(10);
const apiEndpoint = (naming: Naming) =>
  `wss://${apiId(naming)}.execute-api.${naming.region}.amazonaws.com`;

/** As SAM capitalises: `$connect` → `ChatApiConnect`, `sendmessage` → `ChatApiSendmessage`. */
function routeLogicalId(api: string, route: string): string {
  const key = route.replace('$', '');
  return `${api}${key.slice(0, 1).toUpperCase()}${key.slice(1).toLowerCase()}`;
}

/** SAM puts a literal stage name into the logical id of the stage, and leaves an intrinsic out. */
function stageLogicalId(api: string, stage: unknown): string {
  if (stage === undefined || stage === 'default') return `${api}DefaultStage`;
  return typeof stage === 'string' ? `${api}${stage}Stage` : `${api}Stage`;
}

function readSelection(expression: Cursor): string {
  const [, field] = SELECTION.exec(expression.text()) ?? [];
  if (field === undefined) throw expression.refuse('only $request.body.<field> is supported');
  return field;
}

/** Quotas of an account and Region, which no stage may exceed. */
const PER_S = { min: 0, max: 10_000 };
const BURST = { min: 0, max: 5_000 };

const ROUTE_SETTINGS = {
  ThrottlingRateLimit: 'read',
  ThrottlingBurstLimit: 'read',
  DataTraceEnabled: 'read',
  ...noted('DetailedMetricsEnabled LoggingLevel'),
} as const;

/** Undefined where nothing is given. An entry of RouteSettings replaces the default as a whole, so both limits must stand in it. */
function readThrottle(settings: Cursor): Throttle | undefined {
  if (!settings.present) return undefined;
  if (settings.at('DataTraceEnabled').flag(false))
    throw settings.at('DataTraceEnabled').refuse('would write what people say to the log');
  return {
    perS: settings.at('ThrottlingRateLimit').number(PER_S),
    burst: settings.at('ThrottlingBurstLimit').integer(BURST),
  };
}

/** By route; a route that is not in RouteSettings has the default. */
function readThrottles(properties: Cursor): (routeKey: string) => { throttle?: Throttle } {
  const routes = properties.at('Routes');
  const own = new Map(
    properties
      .at('RouteSettings')
      .entries()
      .map(([routeKey, settings]) => {
        if (!routes.at(routeKey).present) throw settings.refuse('is no route of this API');
        checkAllowed(settings, ROUTE_SETTINGS);
        return [routeKey, readThrottle(settings)];
      }),
  );
  const otherwise = readThrottle(properties.at('DefaultRouteSettings'));
  return (routeKey) => {
    const throttle = own.get(routeKey) ?? otherwise;
    return throttle ? { throttle } : {};
  };
}

export const WEB_SOCKET_API: Kind = {
  type: 'AWS::Serverless::WebSocketApi',
  nameProperty: 'Name',
  unnamed: ({ logicalId }) => logicalId,
  allow: {
    Name: 'read',
    RouteSelectionExpression: 'read',
    Routes: 'read',
    StageName: 'read',
    DefaultRouteSettings: ROUTE_SETTINGS,
    // Its keys are routes: readThrottles looks below them.
    RouteSettings: 'read',
    ...noted('AccessLogSettings Description PropagateTags Tags'),
  },
  ref: apiId,
  attributes: { ApiId: apiId, ApiEndpoint: apiEndpoint },
  generates(logicalId, { Routes, StageName }) {
    const keys = Object.keys(isMapping(Routes) ? Routes : {});
    return [
      {
        logicalId: stageLogicalId(logicalId, StageName),
        type: 'AWS::ApiGatewayV2::Stage',
        properties: { StageName: StageName ?? 'default' },
      },
      ...keys.flatMap((key) => {
        const route = routeLogicalId(logicalId, key);
        return [
          { logicalId: `${route}Route`, type: 'AWS::ApiGatewayV2::Route' },
          { logicalId: `${route}Integration`, type: 'AWS::ApiGatewayV2::Integration' },
          { logicalId: `${route}Permission`, type: 'AWS::Lambda::Permission' },
        ];
      }),
    ];
  },
  read({ logicalId, name, ref, properties, named }, { plan, routes }) {
    const throttleOf = readThrottles(properties);
    const api = {
      id: ref,
      name,
      stage: properties.at('StageName').text('default'),
      selectionField: readSelection(properties.at('RouteSelectionExpression')),
      routes: Object.fromEntries(
        properties
          .at('Routes')
          .entries()
          .map(([key, cursor]) => {
            const route = { ...readRoute(key, cursor), ...throttleOf(key) };
            const id = named(`${routeLogicalId(logicalId, key)}Route`).ref;
            const selects = cursor.at('RouteResponseSelectionExpression').present;
            routes.set(id, { route, selects });
            return [key, route];
          }),
      ),
      origin: properties.origin,
    };
    plan.apis.push(api);
  },
};

function readRoute(key: string, route: Cursor) {
  if (!SPECIAL_ROUTES.includes(key) && !/^[A-Za-z0-9]+$/.test(key))
    throw route.refuse('a route key must be alphanumeric, as SAM requires');
  for (const [name, cursor] of route.entries())
    if (
      ![
        'FunctionArn',
        'IntegrationTimeout',
        'RouteResponseSelectionExpression',
        'OperationName',
      ].includes(name)
    )
      throw cursor.refuse('is not supported on this machine');
  route.at('RouteResponseSelectionExpression').oneOf(['$default'], '$default');
  return {
    functionArn: route.at('FunctionArn').text(),
    responds: false,
    timeoutMs: route.at('IntegrationTimeout').integer(INTEGRATION_TIMEOUT_MS),
  };
}

/** Both it and the route's `RouteResponseSelectionExpression: $default` are needed before a body reaches the client. */
export const ROUTE_RESPONSE: Kind = {
  type: 'AWS::ApiGatewayV2::RouteResponse',
  allow: { ApiId: 'noted', RouteId: 'read', RouteResponseKey: 'read' },
  ref: mintedId(6),
  attributes: { RouteResponseId: mintedId(6) },
  read({ properties }, { routes }) {
    properties.at('RouteResponseKey').oneOf(['$default']);
    const found = routes.get(properties.at('RouteId').text());
    if (!found) throw properties.at('RouteId').refuse('is no route of these templates');
    if (!found.selects)
      throw properties.refuse(
        'its route lacks RouteResponseSelectionExpression: $default, without which nothing is answered',
      );
    found.route.responds = true;
  },
};
