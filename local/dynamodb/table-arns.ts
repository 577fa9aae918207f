// Table ARNs: DynamoDB takes one wherever it takes a table's name, and answers by what it was given.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html

import type { TablePlan } from '../cloudformation/plan.ts';
import { AwsError } from '../endpoint/aws-error.ts';

type Fields = Record<string, unknown>;

const TABLE_ARN = /^arn:aws[\w-]*:dynamodb:[\w-]+:\d{12}:table\/([\w.-]+)$/;
/** What answers hold by table. */
const BY_TABLE = ['Responses', 'UnprocessedKeys', 'UnprocessedItems', 'ItemCollectionMetrics'];

/** The name in a table's ARN, or the name itself. Throws ResourceNotFoundException for the ARN of another account or Region. */
function nameFrom(nameOrArn: string, plans: TablePlan[]): string {
  const name = TABLE_ARN.exec(nameOrArn)?.[1];
  if (name === undefined) return nameOrArn;
  const plan = plans.find((each) => each.name === name);
  if (plan === undefined || plan.arn === nameOrArn) return name;
  throw new AwsError(
    'ResourceNotFoundException',
    `Requested resource not found: Table: ${nameOrArn} not found`,
  );
}

const withKeys = (value: unknown, keyOf: (key: string) => string): Fields =>
  Object.fromEntries(Object.entries(Object(value)).map(([key, each]) => [keyOf(key), each]));

/** An input that names its tables by name, and how its output names them as the caller did. */
export function byName(
  input: Fields,
  plans: TablePlan[],
): { input: Fields; asGiven(output: Fields): Fields } {
  const given = new Map<string, string>();
  const named = { ...input };
  const note = (nameOrArn: string): string => {
    const name = nameFrom(nameOrArn, plans);
    if (given.has(name))
      throw new AwsError('ValidationException', `The request names the table ${name} twice`);
    given.set(name, nameOrArn);
    return name;
  };
  if (typeof input.TableName === 'string') named.TableName = note(input.TableName);
  else if (typeof input.RequestItems === 'object' && input.RequestItems !== null)
    named.RequestItems = withKeys(input.RequestItems, note);

  const givenFor = (name: string) => given.get(name) ?? name;
  const capacity = (one: unknown) => {
    const { TableName } = Object(one);
    return TableName === undefined ? one : { ...Object(one), TableName: givenFor(TableName) };
  };
  return {
    input: named,
    asGiven(output) {
      const answer = { ...output };
      for (const field of BY_TABLE)
        if (field in answer && input.RequestItems !== undefined)
          answer[field] = withKeys(answer[field], givenFor);
      const { ConsumedCapacity } = answer;
      if (ConsumedCapacity !== undefined)
        answer.ConsumedCapacity = Array.isArray(ConsumedCapacity)
          ? ConsumedCapacity.map(capacity)
          : capacity(ConsumedCapacity);
      return answer;
    },
  };
}

/** A description with the ARN of the template: the store makes ARNs from the environment of this process. */
export function withArn(description: unknown, plans: TablePlan[]): Fields {
  const told = Object(description) as Fields;
  const plan = plans.find(({ name }) => name === told.TableName);
  if (plan === undefined) return told;
  const indexes = (list: unknown) =>
    (list as Fields[]).map((index) => ({
      ...index,
      IndexArn: `${plan.arn}/index/${index.IndexName}`,
    }));
  const { GlobalSecondaryIndexes, LocalSecondaryIndexes } = told;
  return {
    ...told,
    TableArn: plan.arn,
    ...(GlobalSecondaryIndexes !== undefined && {
      GlobalSecondaryIndexes: indexes(GlobalSecondaryIndexes),
    }),
    ...(LocalSecondaryIndexes !== undefined && {
      LocalSecondaryIndexes: indexes(LocalSecondaryIndexes),
    }),
  };
}
