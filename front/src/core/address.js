// @ts-check
// Which server address the page accepts: encrypted, or on this very machine.

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * @param {string} typed
 * @returns {{ url: string } | { why: 'notAnAddress' | 'carriesName' | 'carriesHash' | 'notWss' | 'notEncrypted' }}
 */
export function checkAddress(typed) {
  const text = typed.trim();
  if (!URL.canParse(text)) return { why: 'notAnAddress' };
  const url = new URL(text);
  if (url.username || url.password) return { why: 'carriesName' };
  if (url.hash) return { why: 'carriesHash' };
  if (url.protocol === 'wss:') return { url: url.href };
  if (url.protocol !== 'ws:') return { why: 'notWss' };
  if (LOOPBACK.has(url.hostname)) return { url: url.href };
  return { why: 'notEncrypted' };
}
