// SQS's Query protocol, spoken by clients from before 2023 (AWS CLI 2.9, old SDKs): form fields in, XML out.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-xml.html
import { AwsError } from '../endpoint/aws-error.ts';
import { queryCodeOf } from './errors.ts';
import type { Input } from './requests.ts';

const VERSION = '2012-11-05';
const NAMESPACE = `http://queue.amazonaws.com/doc/${VERSION}/`;

/** A form's names for lists, and JSON's. Their members are numbered: `AttributeName.1`. */
const LISTS: Record<string, string> = {
  AttributeName: 'AttributeNames',
  MessageSystemAttributeName: 'MessageSystemAttributeNames',
  MessageAttributeName: 'MessageAttributeNames',
  SendMessageBatchRequestEntry: 'Entries',
  DeleteMessageBatchRequestEntry: 'Entries',
};
/** A form's names for maps, and JSON's: `MessageAttribute.1.Name`, `MessageAttribute.1.Value.StringValue`. */
const MAPS: Record<string, string> = { MessageAttribute: 'MessageAttributes' };
const NUMBERS = [
  'DelaySeconds',
  'MaxNumberOfMessages',
  'MaxResults',
  'VisibilityTimeout',
  'WaitTimeSeconds',
];

/** No parameter of SQS has more parts: `SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.StringListValue.1`. */
const MOST_PARTS = 7;

/** JSON's names for lists in answers, and those of XML's elements. */
const ELEMENTS: Record<string, string> = {
  QueueUrls: 'QueueUrl',
  Messages: 'Message',
  Failed: 'BatchResultErrorEntry',
};
/** The same for maps. */
const MAP_ELEMENTS: Record<string, string> = {
  Attributes: 'Attribute',
  MessageAttributes: 'MessageAttribute',
};

export const isQuery = (contentType: string | undefined): boolean =>
  contentType?.startsWith('application/x-www-form-urlencoded') ?? false;

type Fields = [path: string[], value: string][];

/** Fields by the first part of their name, in the order of the form; numbers of list members in their own order. */
function grouped(fields: Fields): Map<string, Fields> {
  const groups = new Map<string, Fields>();
  for (const [[head = '', ...rest], value] of fields) {
    const group = groups.get(head) ?? [];
    group.push([rest, value]);
    groups.set(head, group);
  }
  return groups;
}

const members = (fields: Fields): Fields[] =>
  [...grouped(fields)].sort(([a], [b]) => Number(a) - Number(b)).map(([, member]) => member);

function fieldOf(name: string, fields: Fields): unknown {
  const [[path, text] = [[], '']] = fields;
  if (path.length > 0) return structureOf(fields);
  return NUMBERS.includes(name) && text !== '' ? Number(text) : text;
}

function structureOf(fields: Fields): Input {
  const named = [...grouped(fields)].map(([name, group]): [string, unknown] => {
    const list = Object.hasOwn(LISTS, name) ? LISTS[name] : undefined;
    if (list !== undefined) return [list, members(group).map((member) => fieldOf('', member))];
    // Botocore writes an empty list under its own name, as `Entries=`.
    if (Object.values(LISTS).includes(name) && fieldOf(name, group) === '') return [name, []];
    const map = Object.hasOwn(MAPS, name) ? MAPS[name] : undefined;
    if (map === undefined) return [name, fieldOf(name, group)];
    const entries = members(group).map(structureOf);
    return [map, Object.fromEntries(entries.map(({ Name, Value }) => [String(Name), Value]))];
  });
  return Object.fromEntries(named);
}

/** A form's action and its input in the shapes of the JSON protocol. Throws for another service's form. */
export function readQuery(form: string): { action: string; input: Input } {
  const fields = [...new URLSearchParams(form)].map(([name, value]): Fields[number] => [
    name.split('.', MOST_PARTS),
    value,
  ]);
  const { Action, Version, ...input } = structureOf(fields);
  if (Version === VERSION) return { action: String(Action), input };
  throw new AwsError(
    'UnknownOperationException',
    `Action ${Action}, version ${Version}, is not of an API of this machine. The Query protocol is answered for SQS (${VERSION}) only`,
  );
}

const escaped = (text: string) =>
  text.replace(/[&<>"\r]/g, (character) => `&#${character.charCodeAt(0)};`);

function element(name: string, value: unknown, action: string): string {
  if (value === undefined) return '';
  const inner =
    typeof value === 'object' && value !== null
      ? Object.entries(value)
          .map(([key, each]) => property(key, each, action))
          .join('')
      : escaped(String(value));
  return `<${name}>${inner}</${name}>`;
}

function property(key: string, value: unknown, action: string): string {
  const map = MAP_ELEMENTS[key];
  if (map !== undefined)
    return Object.entries(Object(value))
      .map(([Name, Value]) => element(map, { Name, Value }, action))
      .join('');
  const name = key === 'Successful' ? `${action}ResultEntry` : (ELEMENTS[key] ?? key);
  if (Array.isArray(value)) return value.map((each) => element(name, each, action)).join('');
  return element(name, key === 'Code' ? queryCodeOf(String(value)) : value, action);
}

/** An answer in the shapes of the JSON protocol, as XML. */
export function queryAnswer(action: string, output: Input, requestId: string): string {
  const result = Object.keys(output).length > 0 ? element(`${action}Result`, output, action) : '';
  return `<?xml version="1.0"?><${action}Response xmlns="${NAMESPACE}">${result}<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${action}Response>`;
}

export function queryError({ code, message, status }: AwsError, requestId: string): string {
  const shown = {
    Type: status < 500 ? 'Sender' : 'Receiver',
    Code: queryCodeOf(code),
    Message: message,
  };
  return `<?xml version="1.0"?><ErrorResponse xmlns="${NAMESPACE}">${element('Error', shown, '')}<RequestId>${requestId}</RequestId></ErrorResponse>`;
}
