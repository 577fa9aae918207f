// A dead letter: what could not be done, read from the three forms in which it comes to the queue.

/** What redrive shows and does of one. Nothing here is what somebody said, but `event` holds it. */
export interface DeadLetter {
  /** `MessageSent`, `ClientReplaced`, or whatever else the bus carried. */
  event: Envelope;
  /** Why it could not be done: a name, never a text. */
  error: string;
  /** The messageId, or the connection that it is about. */
  about: string;
}

/** An event as EventBridge hands it to its targets. */
export interface Envelope {
  'detail-type': string;
  source: string;
  detail: Record<string, unknown>;
}

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isEnvelope = (value: unknown): value is Envelope & Json =>
  isObject(value) &&
  typeof value['detail-type'] === 'string' &&
  typeof value.source === 'string' &&
  isObject(value.detail);
const word = (value: unknown, otherwise: string): string =>
  typeof value === 'string' && /^[\w.:=+/-]{1,128}$/.test(value) ? value : otherwise;

/**
 * Reads a body: `{input, error}` of a failed execution, the record of a failed invocation (Lambda: Capturing records of
 * asynchronous invocations), or an event that no target took, whose `errorCode` EventBridge puts beside it.
 * Undefined for what is none of them.
 */
export function readDeadLetter(body: string, errorCode?: string): DeadLetter | undefined {
  let read: unknown;
  try {
    read = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (!isObject(read)) return undefined;
  if (isEnvelope(read.input)) return letter(read.input, field(read.error, 'Error'));
  if (isEnvelope(read.requestPayload)) {
    const thrown = field(read.responsePayload, 'errorType');
    return letter(read.requestPayload, thrown ?? field(read.requestContext, 'condition'));
  }
  return isEnvelope(read) ? letter(read, errorCode) : undefined;
}

const field = (value: unknown, name: string): unknown =>
  isObject(value) ? value[name] : undefined;

const letter = (event: Envelope, error: unknown): DeadLetter => ({
  event,
  error: word(error, 'Unknown'),
  about: word(event.detail.messageId ?? event.detail.connectionId, 'nobody'),
});
