// @ts-check
// The WebSocket of browsers and Node as the line wants it.

/** @type {import('../core/line.js').OpenSocket} */
export function openSocket(url, protocols, events) {
  const socket = new WebSocket(url, protocols);
  socket.addEventListener('open', () => events.opened());
  // A close event always follows an error event, which itself says nothing.
  socket.addEventListener('close', () => events.closed());
  socket.addEventListener('message', ({ data }) => {
    if (typeof data === 'string') events.heard(data);
  });
  return { send: (text) => socket.send(text), close: () => socket.close() };
}
