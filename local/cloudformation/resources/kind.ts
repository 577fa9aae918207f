// What a resource type must say of itself: its names, its allowed properties, and what it adds to the plan.
import { createHash } from 'node:crypto';
import type { Allow } from '../allow-list.ts';
import type { Cursor } from '../cursor.ts';
import type { Endpoints } from '../execute-api.ts';
import type { Plan, RoutePlan, Statement } from '../plan.ts';
import type { Mapping } from '../source.ts';

/** What Ref and Fn::GetAtt are made of: known before any resource is read, so that resources may refer to later ones. */
export interface Naming {
  logicalId: string;
  stackName: string;
  region: string;
  account: string;
  /** The physical name: as given, else `<stackName>-<LogicalId>`. */
  readonly name: string;
  /** A top-level property, resolved to text; undefined where the resource does not give it. */
  property(name: string): string | undefined;
}

export interface Resource extends Naming {
  /** Resolved, checked against the allow-list, SAM's Globals merged. */
  properties: Cursor;
  metadata: Cursor;
  ref: string;
  attribute(name: string): string;
  /** What another resource of the same stack is called: SAM's generated roles and rules among them. */
  named(logicalId: string): { ref: string; attribute(name: string): string };
}

/** The plan being written, and what one resource leaves for another to find. */
export interface Draft {
  plan: Plan;
  root: string;
  endpoints: Endpoints;
  /** Statements by the ARN of the role or managed policy of the template that holds them. */
  policies: Map<string, Statement[]>;
  /** By the id of the ResponseHeadersPolicy. */
  headers: Map<string, Record<string, string>>;
  /** By route id; `selects` where RouteResponseSelectionExpression is `$default`. */
  routes: Map<string, { route: RoutePlan; selects: boolean }>;
}

/** A resource that SAM's transform adds beside one that is written; templates may refer to it. */
export interface Generated {
  logicalId: string;
  type: string;
  properties?: Mapping;
}

export interface Kind {
  type: string;
  nameProperty?: string;
  unnamed?(naming: { stackName: string; logicalId: string }): string;
  allow: Allow;
  /** What Ref gives; the physical name unless said otherwise. */
  ref?(naming: Naming): string;
  attributes: Record<string, (naming: Naming) => string>;
  generates?(logicalId: string, properties: Mapping): Generated[];
  read?(resource: Resource, draft: Draft): void;
}

export function arn(service: string, resource: string): (naming: Naming) => string {
  return ({ region, account, name }) =>
    `arn:aws:${service}:${region}:${account}:${resource.replace('*', () => name)}`;
}

/** An id that AWS would make up: the same for the same resource in every run. */
export function mintedId(
  length: number,
): (naming: { stackName: string; logicalId: string }) => string {
  return ({ stackName, logicalId }) => {
    const digest = createHash('sha256').update(`${stackName}/${logicalId}`).digest('hex');
    return BigInt(`0x${digest}`).toString(36).slice(0, length);
  };
}
