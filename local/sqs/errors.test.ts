// The errors of SQS against its service model, as AWS's own SDK has it.
import * as sdk from '@aws-sdk/client-sqs';
import { expect, test } from '@jest/globals';
import { QUERY_ERRORS, queryCodeOf } from './errors.ts';

type Schema = [kind: number, namespace: string, name: string, traits: Record<string, unknown>];

const isSchema = (value: unknown): value is Schema =>
  Array.isArray(value) && value[1] === 'com.amazonaws.sqs' && Object(value[3]).error !== undefined;
const modelled = new Map(
  (Object.values(sdk) as unknown[])
    .filter(isSchema)
    .map(([, , name, { awsQueryError = [name, 400] }]) => [name, awsQueryError]),
);

/** AWS answers these too; no service models them. */
const COMMON = [
  'MissingRequiredParameterException',
  'InvalidParameterValueException',
  'AccessDeniedException',
  'UnknownOperationException',
];

test('every error is in the model, or is common to all services', () => {
  const names = Object.keys(QUERY_ERRORS).filter((name) => !COMMON.includes(name));
  expect(names.length).toBeGreaterThan(5);
  expect(names.filter((name) => !modelled.has(name))).toEqual([]);
});

test.each(Object.entries(QUERY_ERRORS).filter(([name]) => !COMMON.includes(name)))(
  '%s has the Query code and the status of the model',
  (name, { code, status }) => {
    expect([code, status]).toEqual(modelled.get(name));
  },
);

test('a name that is no error of SQS stays as it is', () => {
  expect(queryCodeOf('InternalFailure')).toBe('InternalFailure');
  expect(queryCodeOf('constructor')).toBe('constructor');
});
