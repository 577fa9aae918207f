// The errors of SQS, with the codes of its JSON protocol.
import { AwsError } from '../aws-error.ts';

const error = (code: string, message: string) => new AwsError(`com.amazonaws.sqs#${code}`, message);

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
export const unsupported = (action: string) =>
  new AwsError('UnknownOperationException', `${action} is not supported here`);
