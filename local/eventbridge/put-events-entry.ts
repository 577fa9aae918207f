// One entry of a PutEvents request, read from JSON: the types of its fields, its size.
import { AwsError } from '../endpoint/aws-error.ts';

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html; `time` in milliseconds. */
export interface Entry {
  Source?: string;
  DetailType?: string;
  Detail?: string;
  EventBusName?: string;
  Resources?: string[];
  time?: number;
}

const SIZE_OF_TIME = 14;

/** Reads one entry; a field of the wrong type throws SerializationException. */
export function entryOf(value: unknown): Entry {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw serialization('Entries');
  const { Time, Resources, TraceHeader, ...fields } = value as Record<string, unknown>;
  if (TraceHeader !== undefined)
    throw new AwsError('ValidationException', 'TraceHeader is not supported on this machine.');
  const entry: Entry = {};
  for (const name of ['Source', 'DetailType', 'Detail', 'EventBusName'] as const) {
    const field = fields[name] ?? undefined;
    if (field === undefined) continue;
    if (typeof field !== 'string') throw serialization(name);
    entry[name] = field;
  }
  if (Resources !== undefined && Resources !== null) {
    if (!Array.isArray(Resources) || !Resources.every((arn) => typeof arn === 'string'))
      throw serialization('Resources');
    entry.Resources = Resources;
  }
  if (Time !== undefined && Time !== null) entry.time = milliseconds(Time);
  return entry;
}

/** The JSON protocol sends epoch seconds; state machines and people send ISO 8601. */
function milliseconds(time: unknown): number {
  const ms = typeof time === 'number' ? time * 1000 : Date.parse(String(time));
  if (!Number.isFinite(new Date(ms).getTime())) throw serialization('Time');
  return ms;
}

/** In bytes: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html */
export function sizeOf({ Source = '', DetailType = '', Detail = '', Resources = [], time }: Entry) {
  const texts = [Source, DetailType, Detail, ...Resources];
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  return bytes + (time === undefined ? 0 : SIZE_OF_TIME);
}

function serialization(name: string) {
  return new AwsError('SerializationException', `${name} has the wrong type.`);
}
