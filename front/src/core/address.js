// @ts-check
// Which server address the page accepts: encrypted, or on this very machine.

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * @param {string} typed
 * @returns {{ url: string } | { why: string }}
 */
export function checkAddress(typed) {
  const text = typed.trim();
  if (!URL.canParse(text))
    return { why: 'That is not an address, such as wss://chat.example.org/dev.' };
  const url = new URL(text);
  if (url.username || url.password) return { why: 'An address must not carry a name or password.' };
  if (url.hash) return { why: 'An address must not carry a # part.' };
  if (url.protocol === 'wss:') return { url: url.href };
  if (url.protocol !== 'ws:') return { why: 'The address must begin with wss://.' };
  if (LOOPBACK.has(url.hostname)) return { url: url.href };
  return { why: 'ws:// is not encrypted and is accepted for localhost only; use wss://.' };
}
