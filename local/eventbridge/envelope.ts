// The envelope: an event as rules match it and targets receive it.

/** https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html; `time` is RFC 3339 in whole seconds. */
export interface Envelope {
  version: '0';
  id: string;
  'detail-type': string;
  source: string;
  account: string;
  time: string;
  region: string;
  resources: string[];
  detail: Record<string, unknown>;
}

/** Milliseconds since 1970 as EventBridge writes time: `2025-01-01T00:00:00Z`. */
export function eventTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
