// The history of an execution, as GetExecutionHistory tells it.
import type { Json } from './asl.ts';

/** Details of one event: `text` as it stands, `json` values that AWS gives as JSON strings. */
export interface Details {
  text?: Record<string, unknown>;
  json?: Record<string, Json>;
}

export interface HistoryEvent {
  id: number;
  previousEventId: number;
  timestampMs: number;
  type: string;
  details: Details;
}

/** Appends an event after `previous` (its id) and returns the new id; ids count from 1. */
export type Recorder = (type: string, previous: number, details?: Details) => number;

export function recorder(events: HistoryEvent[], now: () => number): Recorder {
  return (type, previousEventId, details = {}) => {
    const id = events.length + 1;
    events.push({ id, previousEventId, timestampMs: now(), type, details });
    return id;
  };
}

function detailsKey(type: string): string {
  const name = type.replace(/^\w+State(Entered|Exited)$/, 'State$1');
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}EventDetails`;
}

/** An event in the wire's form; values are serialised here, not while the execution runs. */
export function onTheWire({ id, previousEventId, timestampMs, type, details }: HistoryEvent) {
  const json = Object.entries(details.json ?? {}).map(([key, value]) => [
    key,
    JSON.stringify(value),
  ]);
  const fields = { ...details.text, ...Object.fromEntries(json) };
  return {
    id,
    previousEventId,
    timestamp: timestampMs / 1000,
    type,
    ...(Object.keys(fields).length > 0 && { [detailsKey(type)]: fields }),
  };
}

/** How AWS names the events of a task: a bare Lambda ARN has names of its own. */
export function taskEvents(resource: string, region: string) {
  if (!resource.startsWith('arn:aws:states:::'))
    return {
      scheduled: (input: Json): [string, Details] => [
        'LambdaFunctionScheduled',
        { text: { resource }, json: { input } },
      ],
      started: 'LambdaFunctionStarted',
      succeeded: (output: Json): [string, Details] => [
        'LambdaFunctionSucceeded',
        { json: { output } },
      ],
      failed: (error: string, cause: string): [string, Details] => [
        error === 'States.Timeout' ? 'LambdaFunctionTimedOut' : 'LambdaFunctionFailed',
        { text: { error, cause } },
      ],
    };
  const name = resource.slice('arn:aws:states:::'.length);
  const cut = name.lastIndexOf(':');
  const of = { resourceType: name.slice(0, cut), resource: name.slice(cut + 1) };
  return {
    scheduled: (parameters: Json): [string, Details] => [
      'TaskScheduled',
      { text: { ...of, region }, json: { parameters } },
    ],
    started: 'TaskStarted',
    succeeded: (output: Json): [string, Details] => [
      'TaskSucceeded',
      { text: of, json: { output } },
    ],
    failed: (error: string, cause: string): [string, Details] => [
      error === 'States.Timeout' ? 'TaskTimedOut' : 'TaskFailed',
      { text: { ...of, error, cause } },
    ],
  };
}
