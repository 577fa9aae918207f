// Every resource type this machine knows, in the order they are read: what others look up comes first.
import { ROUTE_RESPONSE, WEB_SOCKET_API } from './api.ts';
import { BUS, RULE } from './bus.ts';
import { EVENT_SOURCE } from './event-source.ts';
import { FUNCTION } from './function.ts';
import type { Kind } from './kind.ts';
import { NOTED } from './noted.ts';
import { QUEUE } from './queue.ts';
import { MANAGED_POLICY, ROLE } from './role.ts';
import { DISTRIBUTION, RESPONSE_HEADERS_POLICY } from './site.ts';
import { STATE_MACHINE } from './state-machine.ts';
import { TABLE } from './table.ts';

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
