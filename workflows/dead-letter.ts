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

/** The source of what no event came of: a frame that `broadcast` was to tell. */
export const NOTICE = 'broadcast';

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
  const { requestPayload } = read;
  const event = isEnvelope(requestPayload) ? requestPayload : noticeIn(requestPayload);
  if (event !== undefined) {
    const thrown = field(read.responsePayload, 'errorType');
    return letter(event, thrown ?? field(read.requestContext, 'condition'));
  }
  return isEnvelope(read) ? letter(read, errorCode) : undefined;
}

/** A rule hands `broadcast` not its event but the frame that it made of it: read as an event of the frame's name. */
function noticeIn(payload: unknown): Envelope | undefined {
  if (!isObject(payload) || !isObject(payload.frame)) return undefined;
  const { frame, topic } = payload;
  if (typeof frame.type !== 'string' || typeof topic !== 'string') return undefined;
  return { 'detail-type': frame.type, source: NOTICE, detail: frame };
}

const field = (value: unknown, name: string): unknown =>
  isObject(value) ? value[name] : undefined;

const letter = (event: Envelope, error: unknown): DeadLetter => ({
  event,
  error: word(error, 'Unknown'),
  about: word(event.detail.messageId ?? event.detail.connectionId ?? event.detail.userId, 'nobody'),
});
