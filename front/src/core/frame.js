// @ts-check
// Reads what the server says: text in, one typed frame out, or null for what this page does not know.

/** @typedef {import('../../../shared/src/protocol.ts').MessageFrame} MessageFrame */
/** @typedef {import('../../../shared/src/protocol.ts').ErrorFrame} ErrorFrame */

/** @param {unknown} value @returns {value is Record<string, unknown>} */
function isRecord(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @param {Record<string, unknown>} record @param {string[]} names */
function hasText(record, names) {
  return names.every((name) => typeof record[name] === 'string');
}

/** @param {Record<string, unknown>} frame @returns {MessageFrame | null} */
function readMessage(frame) {
  const sound =
    hasText(frame, ['room', 'messageId', 'userId', 'nickname', 'message', 'timestamp']) &&
    Number.isSafeInteger(frame.seq) &&
    !Number.isNaN(Date.parse(String(frame.timestamp)));
  return sound ? /** @type {MessageFrame} */ (/** @type {unknown} */ (frame)) : null;
}

/** @param {Record<string, unknown>} frame @returns {ErrorFrame} */
function readError(frame) {
  return /** @type {ErrorFrame} */ ({
    type: 'error',
    ref: typeof frame.ref === 'string' ? frame.ref : null,
    code: typeof frame.code === 'string' ? frame.code : 'Unknown',
    retry: frame.retry === true,
    afterMs: typeof frame.afterMs === 'number' && frame.afterMs > 0 ? frame.afterMs : 0,
    message: typeof frame.message === 'string' ? frame.message : 'The server refused it.',
  });
}

/**
 * @param {string} text one WebSocket text frame
 * @returns {MessageFrame | ErrorFrame | null}
 */
export function readFrame(text) {
  /** @type {unknown} */
  let frame;
  try {
    frame = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(frame)) return null;
  if (frame.type === 'message') return readMessage(frame);
  if (frame.type === 'error') return readError(frame);
  // API Gateway answers in its own shape, without a type, when the integration failed or refused.
  if (frame.type === undefined && typeof frame.message === 'string' && 'requestId' in frame) {
    return readError({ code: 'GatewayError', retry: true, message: frame.message });
  }
  return null;
}
