// AWS::DynamoDB::Table: the body of a CreateTable call, and the attribute that time-to-live reads.
import { noted } from '../allow-list.ts';
import type { Cursor } from '../cursor.ts';
import type { Value } from '../source.ts';
import { arn, type Kind } from './kind.ts';

const THROUGHPUT = { ReadCapacityUnits: 'read', WriteCapacityUnits: 'read' } as const;
const KEY_SCHEMA = [{ AttributeName: 'read', KeyType: 'read' }] as const;
const INDEX = {
  IndexName: 'read',
  KeySchema: KEY_SCHEMA,
  Projection: { ProjectionType: 'read', NonKeyAttributes: 'read' },
} as const;

const CREATE_TABLE = {
  AttributeDefinitions: [{ AttributeName: 'read', AttributeType: 'read' }],
  KeySchema: KEY_SCHEMA,
  BillingMode: 'read',
  ProvisionedThroughput: THROUGHPUT,
  GlobalSecondaryIndexes: [
    { ...INDEX, ProvisionedThroughput: THROUGHPUT, ...noted('OnDemandThroughput') },
  ],
  LocalSecondaryIndexes: [INDEX],
} as const;

/** CreateTable takes capacity as numbers, where a template may hold a parameter's text. */
function typed(cursor: Cursor): Value {
  if (Array.isArray(cursor.value)) return cursor.items().map(typed);
  if (typeof cursor.value !== 'object' || cursor.value === null)
    return String(cursor.path.at(-1)).endsWith('CapacityUnits')
      ? cursor.integer({ min: 1, max: 40_000 })
      : cursor.text();
  const entries = cursor.entries().filter(([key]) => key !== 'OnDemandThroughput');
  return Object.fromEntries(entries.map(([key, below]) => [key, typed(below)]));
}

export const TABLE: Kind = {
  type: 'AWS::DynamoDB::Table',
  nameProperty: 'TableName',
  allow: {
    TableName: 'read',
    ...CREATE_TABLE,
    TimeToLiveSpecification: { AttributeName: 'read', Enabled: 'read' },
    ...noted(
      'ContributorInsightsSpecification DeletionProtectionEnabled OnDemandThroughput PointInTimeRecoverySpecification SSESpecification TableClass Tags WarmThroughput',
    ),
  },
  attributes: { Arn: arn('dynamodb', 'table/*') },
  read({ name, attribute, properties }, { plan }) {
    const create: Record<string, unknown> = { TableName: name };
    for (const key of Object.keys(CREATE_TABLE)) {
      const given = properties.at(key);
      if (given.present) create[key] = typed(given);
    }
    create.BillingMode ??= 'PROVISIONED';
    const ttl = properties.at('TimeToLiveSpecification');
    plan.tables.push({
      name,
      arn: attribute('Arn'),
      create,
      ...(ttl.at('Enabled').flag(false) ? { ttlAttribute: ttl.at('AttributeName').text() } : {}),
      origin: properties.origin,
    });
  },
};
