// PutEvents: what a request may hold, what each entry is answered, the event an entry becomes.
import { AwsError } from '../endpoint/aws-error.ts';
import { parseJson } from '../endpoint/parse-json.ts';
import { type Envelope, eventTime } from './envelope.ts';
import { type Entry, entryOf, sizeOf } from './put-events-entry.ts';

/** An event the bus has taken over. */
export interface TakenEvent {
  /** The name or ARN the entry gave, `default` where it gave none; there may be no such bus. */
  busName: string;
  event: Envelope;
}

export interface PutEventsOutput extends Record<string, unknown> {
  FailedEntryCount: number;
  Entries: ({ EventId: string } | { ErrorCode: string; ErrorMessage: string })[];
}

interface Issuer {
  account: string;
  region: string;
  /** Milliseconds since 1970. */
  now: () => number;
  newId: () => string;
}

const MOST_ENTRIES = 10;
/** Bytes of all entries together: "the total entry size must be less than 1MB" (docs: API_PutEvents). */
export const LARGEST_REQUEST = 1024 * 1024;

/**
 * Checks a PutEvents input. A bad request throws (ValidationException, SerializationException); a bad entry is
 * answered in its place, beside the others' ids.
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
export function putEvents(
  input: Record<string, unknown>,
  issuer: Issuer,
): { output: PutEventsOutput; taken: TakenEvent[] } {
  if (input.EndpointId !== undefined)
    throw new AwsError('ValidationException', 'EndpointId is not supported on this machine.');
  const entries = entriesOf(input.Entries);
  const size = entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
  if (size > LARGEST_REQUEST)
    throw new AwsError(
      'ValidationException',
      'Total size of the entries in the request is over the limit.',
    );

  const taken: TakenEvent[] = [];
  const Entries = entries.map((entry) => {
    const event = envelope(entry, issuer);
    if ('ErrorCode' in event) return event;
    taken.push({ busName: entry.EventBusName ?? 'default', event });
    return { EventId: event.id };
  });
  return { output: { FailedEntryCount: Entries.length - taken.length, Entries }, taken };
}

function entriesOf(value: unknown): Entry[] {
  if (!Array.isArray(value)) throw constraint('must not be null');
  if (value.length === 0) throw constraint('must have length greater than or equal to 1');
  if (value.length > MOST_ENTRIES)
    throw constraint(`must have length less than or equal to ${MOST_ENTRIES}`);
  return value.map(entryOf);
}

function envelope(entry: Entry, { account, region, now, newId }: Issuer) {
  const { Source, DetailType, Detail, Resources = [], time = now() } = entry;
  if (!Source) return required('Source');
  if (!DetailType) return required('DetailType');
  if (!Detail) return required('Detail');
  if (Source.startsWith('aws.'))
    return failed('NotAuthorizedForSourceException', 'Not authorized for the source.');
  const detail = parse(Detail);
  if (!detail) return failed('MalformedDetail', 'Detail is malformed.');
  const event: Envelope = {
    version: '0',
    id: newId(),
    'detail-type': DetailType,
    source: Source,
    account,
    time: eventTime(time),
    region,
    resources: Resources,
    detail,
  };
  return event;
}

function parse(detail: string): Record<string, unknown> | undefined {
  try {
    const value = parseJson(detail);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return value as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function failed(ErrorCode: string, ErrorMessage: string) {
  return { ErrorCode, ErrorMessage };
}

function required(name: string) {
  return failed(
    'InvalidArgument',
    `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
  );
}

function constraint(rule: string) {
  return new AwsError(
    'ValidationException',
    `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member ${rule}`,
  );
}
