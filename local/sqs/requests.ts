// Requests to SQS, read and checked: what is wrong is answered with SQS's own errors.

import * as errors from './errors.ts';
import type { MessageAttribute } from './md5.ts';

export type Input = Record<string, unknown>;

/** Bytes of a message with its attributes, and of a batch: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
export const MOST_BYTES = 1_048_576;
const MOST_DELAY_S = 900;
const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

export function text(input: Input, field: string): string {
  const value = input[field];
  if (value === undefined || value === null || value === '') throw errors.missing(field);
  if (typeof value === 'string') return value;
  throw errors.badValue(field, value, 'must be a string');
}

/** The last part of a queue's URL or ARN, whatever host the caller knows this machine by. */
export const queueNameIn = (urlOrArn: string): string =>
  urlOrArn.slice(Math.max(urlOrArn.lastIndexOf('/'), urlOrArn.lastIndexOf(':')) + 1);

/** A whole number from `least` to `most`, or `otherwise` where the field is absent. */
export function whole<T>(
  input: Input,
  field: string,
  least: number,
  most: number,
  otherwise: T,
): number | T {
  const value = input[field];
  if (value === undefined || value === null) return otherwise;
  if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most)
    return Number(value);
  throw errors.badValue(field, value, `must be between ${least} and ${most}`);
}

export function names(input: Input, ...fields: string[]): string[] {
  return fields.flatMap((field) => {
    const value = input[field] ?? [];
    if (Array.isArray(value)) return value.map(String);
    throw errors.badValue(field, value, 'must be a list');
  });
}

const size = (body: string, attributes: Record<string, MessageAttribute>) =>
  Buffer.byteLength(body) +
  Object.entries(attributes).reduce(
    (sum, [name, { DataType, StringValue = '', BinaryValue = '' }]) =>
      sum +
      Buffer.byteLength(name + DataType + StringValue) +
      Math.floor((BinaryValue.length * 3) / 4),
    0,
  );

function attributeIn(
  name: string,
  { DataType, StringValue, BinaryValue }: Record<string, unknown>,
): MessageAttribute {
  if (typeof DataType === 'string' && /^(String|Number|Binary)(\..+)?$/.test(DataType)) {
    const isBinary = DataType.startsWith('Binary');
    const value = isBinary ? BinaryValue : StringValue;
    if (typeof value === 'string' && value !== '')
      return { DataType, [isBinary ? 'BinaryValue' : 'StringValue']: value };
  }
  throw errors.badValue('MessageAttributes', name, 'needs a DataType and a value of that type');
}

export interface NewMessage {
  body: string;
  attributes: Record<string, MessageAttribute>;
  /** Undefined: as the queue delays. */
  delayS: number | undefined;
}

export function newMessage(input: Input): NewMessage {
  const body = text(input, 'MessageBody');
  if (FORBIDDEN.test(body)) throw errors.badContents();
  const given = Object.entries(Object(input.MessageAttributes ?? {}));
  if (given.length > 10) throw errors.badValue('MessageAttributes', '', 'a message has at most 10');
  const attributes = Object.fromEntries(
    given.map(([name, attribute]) => [name, attributeIn(name, Object(attribute))]),
  );
  if (size(body, attributes) > MOST_BYTES)
    throw errors.badValue('MessageBody', '', `must be shorter than ${MOST_BYTES} bytes`);
  for (const field of ['MessageGroupId', 'MessageDeduplicationId'])
    if (input[field] !== undefined)
      throw errors.badValue(field, input[field], 'there are no FIFO queues here');
  return { body, attributes, delayS: whole(input, 'DelaySeconds', 0, MOST_DELAY_S, undefined) };
}

/** A batch's entries, each with an Id of its own. */
export function entries(input: Input): (Input & { Id: string })[] {
  const list = input.Entries;
  if (!Array.isArray(list) || list.length === 0) throw errors.noEntries();
  if (list.length > 10) throw errors.tooManyEntries(list.length);
  const ids = new Set<string>();
  let bytes = 0;
  for (const entry of list) {
    const id = text(entry, 'Id');
    if (ids.has(id)) throw errors.sameIds(id);
    ids.add(id);
    bytes += Buffer.byteLength(String(entry.MessageBody ?? ''));
  }
  if (bytes > MOST_BYTES) throw errors.tooLong();
  return list;
}
