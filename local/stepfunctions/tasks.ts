// Tasks: which AWS call a Resource makes, how its input and output look, and how Step Functions names its errors.
import type { Aws, Principal, Service } from '../endpoint/aws.ts';
import { AwsError } from '../endpoint/aws-error.ts';
import type { Json, JsonObject } from './asl.ts';
import { Failure } from './failure.ts';

/** The execution that calls. */
export interface Caller {
  aws: Aws;
  principal: Principal;
  executionArn: string;
  stateMachineArn: string;
}

interface Integration {
  service: Service;
  action: string;
  /** Parameters → the API's input. */
  request(parameters: JsonObject, caller: Caller): Record<string, unknown>;
  /** The API's output → the task's result. Throws a Failure for a failure that the API reports as a success. */
  result(output: Record<string, unknown>): Json;
  /** An API error's code → ASL's Error. */
  error(code: string): string;
}

const SUCCEEDED = { SdkHttpMetadata: { HttpStatusCode: 200 } };
/** What comes over the wire is JSON, and `undefined` fields are not in it. */
const json = (output: unknown): JsonObject => JSON.parse(JSON.stringify(output));
const asText = (value: Json | undefined) =>
  value === undefined || typeof value === 'string' ? value : JSON.stringify(value);

/**
 * Modelled errors keep their name, the rest share one, as the Java SDK behind Step Functions has them:
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
const named = (prefix: string, modelled: RegExp, rest: string) => (code: string) =>
  `${prefix}.${modelled.test(code) ? code.replace(/(?:Exception)?$/, 'Exception') : rest}`;

const dynamodbError = named(
  'DynamoDB',
  /^(ConditionalCheckFailed|ProvisionedThroughputExceeded|ResourceNotFound|ItemCollectionSizeLimitExceeded|RequestLimitExceeded|InternalServerError|TransactionConflict|Throttling)/,
  'AmazonDynamoDBException',
);

function dynamodb(action: string, error = dynamodbError): Integration {
  return {
    service: 'dynamodb',
    action,
    request: (parameters) => parameters,
    result: (output) => ({ ...json(output), ...SUCCEEDED }),
    error,
  };
}

const lambdaError = named(
  'Lambda',
  /^(Service|TooManyRequests|ResourceNotFound|ResourceConflict|ResourceNotReady|InvalidRequestContent|InvalidParameterValue|RequestTooLarge|UnsupportedMediaType|InvalidRuntime)Exception$/,
  'AWSLambdaException',
);

function payload({ FunctionError, Payload }: Record<string, unknown>): Json {
  const text = typeof Payload === 'string' && Payload !== '' ? Payload : 'null';
  const value: Json = JSON.parse(text);
  if (FunctionError === undefined) return value;
  const { errorType } = value as JsonObject;
  throw new Failure(typeof errorType === 'string' ? errorType : 'Lambda.Unknown', text);
}

const lambdaInvoke: Integration = {
  service: 'lambda',
  action: 'Invoke',
  request: ({ Payload = {}, ...rest }) => ({ ...rest, Payload: JSON.stringify(Payload) }),
  result: (output) => ({
    ExecutedVersion: '$LATEST',
    Payload: payload(output),
    StatusCode: Number(output.StatusCode),
    ...SUCCEEDED,
  }),
  error: lambdaError,
};

const sendMessage: Integration = {
  service: 'sqs',
  action: 'SendMessage',
  request: ({ MessageBody, ...rest }) => ({ ...rest, MessageBody: asText(MessageBody) }),
  result: (output) => ({ ...json(output), ...SUCCEEDED }),
  error: named('SQS', /^(QueueDoesNotExist|InvalidMessageContents)/, 'AmazonSQSException'),
};

const putEvents: Integration = {
  service: 'events',
  action: 'PutEvents',
  request: ({ Entries, ...rest }, { executionArn, stateMachineArn }) => ({
    ...rest,
    Entries: (Entries as JsonObject[]).map(({ Detail, Resources = [], ...entry }) => ({
      ...entry,
      Detail: asText(Detail),
      Resources: [...(Resources as Json[]), executionArn, stateMachineArn],
    })),
  }),
  result(output) {
    if (Number(output.FailedEntryCount ?? 0) === 0) return { ...json(output), ...SUCCEEDED };
    throw new Failure('EventBridge.FailedEntry', JSON.stringify(output));
  },
  error: named(
    'EventBridge',
    /^(InternalException|ResourceNotFound)/,
    'AmazonEventBridgeException',
  ),
};

const sdkError = named('DynamoDb', /./, '');

const INTEGRATIONS: Record<string, Integration> = {
  'arn:aws:states:::dynamodb:getItem': dynamodb('GetItem'),
  'arn:aws:states:::dynamodb:putItem': dynamodb('PutItem'),
  'arn:aws:states:::dynamodb:updateItem': dynamodb('UpdateItem'),
  'arn:aws:states:::dynamodb:deleteItem': dynamodb('DeleteItem'),
  'arn:aws:states:::aws-sdk:dynamodb:query': dynamodb('Query', sdkError),
  'arn:aws:states:::lambda:invoke': lambdaInvoke,
  'arn:aws:states:::sqs:sendMessage': sendMessage,
  'arn:aws:states:::events:putEvents': putEvents,
};

const LAMBDA_ARN = /^arn:aws[\w-]*:lambda:[\w-]+:\d{12}:function:[\w-]+(?::[\w$-]+)?$/;

function integrationOf(resource: string): Integration | undefined {
  if (!LAMBDA_ARN.test(resource)) return INTEGRATIONS[resource];
  const request = (input: Json) => ({ FunctionName: resource, Payload: JSON.stringify(input) });
  return { ...lambdaInvoke, request, result: payload };
}

export const isSupported = (resource: string): boolean => integrationOf(resource) !== undefined;
export const SUPPORTED = [...Object.keys(INTEGRATIONS), 'a Lambda function ARN'];

/** Makes the call. Rejects with a Failure named as Step Functions names it. */
export async function performTask(
  resource: string,
  parameters: Json,
  caller: Caller,
): Promise<Json> {
  const integration = integrationOf(resource);
  if (!integration) throw new Failure('States.Runtime', `Resource '${resource}' is not supported`);
  const { service, action } = integration;
  try {
    const request = integration.request(parameters as JsonObject, caller);
    return integration.result(await caller.aws.call(service, action, request, caller.principal));
  } catch (thrown) {
    if (!(thrown instanceof AwsError)) throw thrown;
    const { code, message, status } = thrown;
    throw new Failure(
      integration.error(code),
      `${message} (Service: ${service}; Status Code: ${status}; Error Code: ${code})`,
    );
  }
}
