// A client of the wire with nothing behind it: says frames, and waits for those that fit.
import { once } from 'node:events';
import { WebSocket } from 'ws';

export type Frame = Record<string, unknown>;

export interface Line {
  /** A string goes as it is, anything else as JSON. */
  send(frame: unknown): void;
  /** The first frame that fits, or the nth, of those that came or will come. Rejects when the socket ends before it does. */
  hears(fits: Frame, nth?: number): Promise<Frame>;
  /** Resolves when the socket has ended. */
  ended: Promise<void>;
  cut(): void;
}

/** Opens a socket with the subprotocol `chat.v1`. */
export async function openLine(url: string): Promise<Line> {
  const socket = new WebSocket(url, 'chat.v1');
  const heard: Frame[] = [];
  const fitting = (fits: Frame, nth: number) =>
    heard.filter((frame) => Object.entries(fits).every(([key, value]) => frame[key] === value))[
      nth - 1
    ];
  socket.on('message', (data) => heard.push(JSON.parse(String(data)) as Frame));
  const ended = new Promise<void>((done) => socket.once('close', () => done()));
  await once(socket, 'open');
  return {
    send: (frame) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    async hears(fits, nth = 1) {
      for (;;) {
        const found = fitting(fits, nth);
        if (found) return found;
        await Promise.race([once(socket, 'message'), ended]);
        if (socket.readyState !== WebSocket.OPEN && !fitting(fits, nth))
          throw new Error(`The socket ended before ${JSON.stringify(fits)} came`);
      }
    },
    ended,
    cut: () => socket.terminate(),
  };
}

/** A hello from a client of its own, unless `fields` name one. */
export const me = (fields: Frame = {}): Frame => ({
  action: 'hello',
  v: 1,
  clientId: crypto.randomUUID(),
  epoch: 1,
  secret: 's'.repeat(43),
  ...fields,
});
