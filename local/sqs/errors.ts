// The errors of SQS: each with its status, and with the code that SQS's older Query protocol has for it.
import { AwsError } from '../endpoint/aws-error.ts';

interface QueryError {
  code: string;
  status: number;
}

/**
 * By the code of the JSON protocol. The Query codes and statuses are those of SQS's service model (`awsQueryError`);
 * the last group is not in the model: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html
 */
export const QUERY_ERRORS: Readonly<Record<string, QueryError>> = {
  QueueDoesNotExist: { code: 'AWS.SimpleQueueService.NonExistentQueue', status: 400 },
  ReceiptHandleIsInvalid: { code: 'ReceiptHandleIsInvalid', status: 404 },
  MessageNotInflight: { code: 'AWS.SimpleQueueService.MessageNotInflight', status: 400 },
  InvalidMessageContents: { code: 'InvalidMessageContents', status: 400 },
  EmptyBatchRequest: { code: 'AWS.SimpleQueueService.EmptyBatchRequest', status: 400 },
  TooManyEntriesInBatchRequest: {
    code: 'AWS.SimpleQueueService.TooManyEntriesInBatchRequest',
    status: 400,
  },
  BatchEntryIdsNotDistinct: {
    code: 'AWS.SimpleQueueService.BatchEntryIdsNotDistinct',
    status: 400,
  },
  BatchRequestTooLong: { code: 'AWS.SimpleQueueService.BatchRequestTooLong', status: 400 },
  InvalidAttributeName: { code: 'InvalidAttributeName', status: 400 },

  MissingRequiredParameterException: { code: 'MissingParameter', status: 400 },
  InvalidParameterValueException: { code: 'InvalidParameterValue', status: 400 },
  AccessDeniedException: { code: 'AccessDenied', status: 403 },
  UnknownOperationException: { code: 'InvalidAction', status: 400 },
};

/** The Query protocol's code for an error of the JSON protocol. */
export const queryCodeOf = (code: string): string =>
  (Object.hasOwn(QUERY_ERRORS, code) ? QUERY_ERRORS[code]?.code : undefined) ?? code;

const error = (code: keyof typeof QUERY_ERRORS, message: string) =>
  new AwsError(code, message, QUERY_ERRORS[code]?.status);

export const noQueue = () => error('QueueDoesNotExist', 'The specified queue does not exist.');
export const badHandle = (handle: unknown) =>
  error(
    'ReceiptHandleIsInvalid',
    `The input receipt handle "${handle}" is not a valid receipt handle.`,
  );
export const notInFlight = () =>
  error('MessageNotInflight', 'The message is not in flight: its visibility timeout is over.');
export const missing = (field: string) =>
  error('MissingRequiredParameterException', `The request must contain the parameter ${field}.`);
export const badValue = (field: string, value: unknown, why: string) =>
  error(
    'InvalidParameterValueException',
    `Value ${value} for parameter ${field} is invalid. Reason: ${why}.`,
  );
export const badContents = () =>
  error('InvalidMessageContents', 'The message contains characters outside the allowed set.');
export const noEntries = () =>
  error('EmptyBatchRequest', 'There should be at least one entry in the request.');
export const tooManyEntries = (count: number) =>
  error(
    'TooManyEntriesInBatchRequest',
    `Maximum number of entries per request are 10. You have sent ${count}.`,
  );
export const sameIds = (id: string) => error('BatchEntryIdsNotDistinct', `Id ${id} repeated.`);
export const tooLong = () =>
  error('BatchRequestTooLong', 'Batch requests cannot be longer than 1048576 bytes.');
export const badAttribute = (name: unknown) =>
  error('InvalidAttributeName', `Unknown Attribute ${name}.`);
