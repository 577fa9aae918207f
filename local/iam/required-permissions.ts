// Needs: which permissions an API call asks for, before IAM is asked whether its caller has them.

import type { Plan, TablePlan } from '../cloudformation/plan.ts';
import type { Service } from '../endpoint/aws.ts';
import { queueNameIn } from '../sqs/requests.ts';

/** One permission that a call needs. */
export interface Need {
  action: string;
  resource: string;
  /** Condition keys of the request, e.g. `events:source`; one with several values has a list. */
  context?: Record<string, string | string[]>;
}

/**
 * Which permissions an API action needs on which of the plan's resources; on `*` where it names none.
 * The resource is read from the field that the action acts on, so that another field cannot stand in for it.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export function needsOf(
  plan: Plan,
  service: Service,
  action: string,
  input: Record<string, unknown>,
): Need[] {
  const named = (list: { name: string; arn: string }[], name: unknown) =>
    name === undefined
      ? '*'
      : (list.find((each) => each.name === name || each.arn === name)?.arn ?? String(name));
  switch (service) {
    case 'dynamodb': {
      const inBatch = action.startsWith('Batch') ? Object.keys(Object(input.RequestItems)) : [];
      const one = action.includes('Tag') ? input.ResourceArn : input.TableName;
      const tables = inBatch.length > 0 ? inBatch : [action === 'ListTables' ? undefined : one];
      const index = input.IndexName === undefined ? '' : `/index/${input.IndexName}`;
      return tables.map((table) => {
        const resource = named(plan.tables, table);
        const of = plan.tables.find(({ arn }) => arn === resource);
        const keys =
          of === undefined ? [] : leadingKeys(of, action, { table: String(table), input });
        return {
          action: `dynamodb:${action}`,
          resource: `${resource}${index}`,
          ...(keys.length > 0 && { context: { 'dynamodb:LeadingKeys': keys } }),
        };
      });
    }
    case 'events': {
      const entries = Array.isArray(input.Entries) ? input.Entries : [];
      if (entries.length === 0) return [{ action: `events:${action}`, resource: '*' }];
      return (entries as Record<string, unknown>[]).map((entry) => ({
        action: `events:${action}`,
        resource: named(plan.buses, entry.EventBusName ?? 'default'),
        context: {
          'events:source': String(entry.Source),
          'events:detail-type': String(entry.DetailType),
        },
      }));
    }
    case 'lambda': {
      const resource = named(plan.functions, input.FunctionName);
      return [{ action: `lambda:${action === 'Invoke' ? 'InvokeFunction' : action}`, resource }];
    }
    case 'sqs': {
      const { QueueUrl, QueueName } = input;
      const url = QueueUrl === undefined ? undefined : queueNameIn(String(QueueUrl));
      const name = action === 'GetQueueUrl' ? QueueName : url;
      // A batch needs what each of its entries would.
      return [
        { action: `sqs:${action.replace(/Batch$/, '')}`, resource: named(plan.queues, name) },
      ];
    }
    case 'states': {
      const ofExecution = ['DescribeExecution', 'GetExecutionHistory', 'StopExecution'];
      const named = ofExecution.includes(action) ? input.executionArn : input.stateMachineArn;
      const resource = String(named ?? '*');
      return [{ action: `states:${action}`, resource }];
    }
    case 'execute-api': {
      const { apiId, stage, connectionId } = input;
      const path = `${apiId}/${stage}/${action}/@connections/${connectionId}`;
      return [
        {
          action: 'execute-api:ManageConnections',
          resource: `arn:aws:execute-api:${plan.region}:${plan.account}:${path}`,
        },
      ];
    }
  }
}

type Row = Record<string, unknown>;

/**
 * Values of the partition key that the call names, of the index in a Query of one; none in a Scan.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
function leadingKeys(
  { create }: TablePlan,
  action: string,
  { table, input }: { table: string; input: Row },
): string[] {
  const indexes = [create.GlobalSecondaryIndexes, create.LocalSecondaryIndexes].flatMap(rows);
  const schema =
    input.IndexName === undefined
      ? create
      : Object(indexes.find(({ IndexName }) => IndexName === input.IndexName));
  const name = rows(schema.KeySchema).find(({ KeyType }) => KeyType === 'HASH')?.AttributeName;
  const batch: unknown = Object(input.RequestItems)[table];
  const requests = Array.isArray(batch)
    ? rows(batch).map(
        ({ PutRequest, DeleteRequest }) => Object(PutRequest).Item ?? Object(DeleteRequest).Key,
      )
    : rows(Object(batch).Keys);
  const items = action.startsWith('Batch') ? requests : [input.Key ?? input.Item];
  const values =
    action === 'Query'
      ? [queried(String(name), input)]
      : items.map((row) => (action === 'Scan' ? undefined : Object(row)[String(name)]));
  return values
    .filter((value) => value !== undefined)
    .map((value) => String(Object.values(Object(value))[0]));
}

const rows = (value: unknown): Row[] => (Array.isArray(value) ? value.map(Object) : []);

/** The value that a Query wants of the partition key, from its expression or the older KeyConditions. */
function queried(name: string, input: Row): unknown {
  const older = Object(Object(input.KeyConditions)[name]).AttributeValueList;
  if (older !== undefined) return rows(older)[0];
  const names = Object(input.ExpressionAttributeNames);
  for (const [, left = '', right = ''] of String(input.KeyConditionExpression ?? '').matchAll(
    /([#\w.-]+)\s*=\s*(:\w+)/g,
  ))
    if ((names[left] ?? left) === name) return Object(input.ExpressionAttributeValues)[right];
  return undefined;
}
