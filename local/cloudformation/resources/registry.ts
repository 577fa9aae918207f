// Every resource type this machine knows, in the order they are read: what others look up comes first.

import { DISTRIBUTION, RESPONSE_HEADERS_POLICY } from './cloudfront.ts';
import { BUS, RULE } from './event-bus.ts';
import { EVENT_SOURCE } from './event-source.ts';
import { FUNCTION } from './function.ts';
import { NOTED } from './ignored.ts';
import type { Kind } from './kind.ts';
import { QUEUE } from './queue.ts';
import { MANAGED_POLICY, ROLE } from './role.ts';
import { STATE_MACHINE } from './state-machine.ts';
import { TABLE } from './table.ts';
import { ROUTE_RESPONSE, WEB_SOCKET_API } from './websocket-api.ts';

export const KINDS: readonly Kind[] = [
  ...NOTED,
  MANAGED_POLICY,
  ROLE,
  TABLE,
  QUEUE,
  BUS,
  RULE,
  FUNCTION,
  EVENT_SOURCE,
  STATE_MACHINE,
  WEB_SOCKET_API,
  ROUTE_RESPONSE,
  RESPONSE_HEADERS_POLICY,
  DISTRIBUTION,
];
