// A clock that stands still, sockets that do as told and a slot that remembers: the front's core runs on them.
import type { Clock, Socket, SocketEvents } from '../../front/src/core/line.js';

export function fakeClock(start = Date.UTC(2026, 10, 21, 7, 30)) {
  let now = start;
  let timers: { at: number; run: () => void }[] = [];
  const clock: Clock = {
    now: () => now,
    after(ms, run) {
      const timer = { at: now + ms, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((one) => one !== timer);
      };
    },
  };
  /** Runs every timer that falls due, in order, those that they set included. */
  function pass(ms: number) {
    const end = now + ms;
    for (;;) {
      const next = timers.toSorted((a, b) => a.at - b.at)[0];
      if (!next || next.at > end) break;
      timers = timers.filter((one) => one !== next);
      now = next.at;
      next.run();
    }
    now = end;
  }
  return { clock, pass };
}

export interface FakeSocket extends Socket {
  url: string;
  events: SocketEvents;
  sent: string[];
  closed: boolean;
}

export function fakeSockets() {
  const opened: FakeSocket[] = [];
  function openSocket(url: string, events: SocketEvents): Socket {
    const socket: FakeSocket = {
      url,
      events,
      sent: [],
      closed: false,
      send: (text) => void socket.sent.push(text),
      close: () => {
        socket.closed = true;
      },
    };
    opened.push(socket);
    return socket;
  }
  function latest(): FakeSocket {
    const socket = opened.at(-1);
    if (!socket) throw new Error('No socket was opened.');
    return socket;
  }
  return { openSocket, opened, latest };
}

export function fakeSlot(stored: unknown = null) {
  return {
    stored: () => stored,
    read: () => stored,
    write: (value: unknown) => {
      stored = structuredClone(value);
    },
  };
}
