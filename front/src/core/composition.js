// @ts-check
// What may be sent: the limits of one message, checked before it leaves, as the server will check it.
import { isDirect, partnerOf } from './room-name.js';

/** @typedef {'empty' | 'invisible' | 'tooLong' | 'tooHeavy'} Problem */
/** @typedef {{ text: string, left: number, problem: Problem | null }} Composition
 *   text: trimmed; left: code points still free, below zero when over */

const MOST_CODE_POINTS = 4_000;
const MOST_FRAME_BYTES = 16 * 1024;
const VISIBLE = /[^\s\p{Cc}\p{Cf}]/u;

/** @param {{ messageId: string, room: string, text: string }} entry @param {string} me @returns {object} the frame on the wire */
export function frameOf({ messageId, room, text }, me = '') {
  if (isDirect(room))
    return { action: 'sendmessage', messageId, to: partnerOf(room, me), message: text };
  return { action: 'sendmessage', messageId, room, message: text };
}

/** @param {string} draft @param {string} room @returns {Composition} */
export function compose(draft, room) {
  const text = draft.trim().toWellFormed();
  const left = MOST_CODE_POINTS - [...text].length;
  const messageId = '00000000-0000-7000-8000-000000000000';
  const bytes = new TextEncoder().encode(JSON.stringify(frameOf({ messageId, room, text }))).length;
  if (!text) return { text, left, problem: 'empty' };
  if (!VISIBLE.test(text)) return { text, left, problem: 'invisible' };
  if (left < 0) return { text, left, problem: 'tooLong' };
  return { text, left, problem: bytes > MOST_FRAME_BYTES ? 'tooHeavy' : null };
}
