// One client's connection: its socket, its two clocks, and its single end.
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { frameCounter } from './frames.ts';
import type { Limits } from './limits.ts';
import type { ConnectionFacts } from './request-event.ts';

export interface Connection {
  facts: ConnectionFacts;
  /** Epoch ms of the last message either way. */
  lastActiveAt(): number;
  /** A text frame unless `binary`. False when the connection is over, or is cut off now because its client does not read. */
  send(data: string | Buffer, binary?: boolean): boolean;
  /** Closes with a code; the connection is over at once, whether or not the client answers. */
  close(code: number, reason: string): void;
  /** Cuts the line without a close frame: 1006. */
  cut(): void;
  /** Resolves when the socket itself is gone. */
  closed: Promise<void>;
}

export interface ConnectionEvents {
  message(connection: Connection, text: string): void;
  /** Called exactly once, for whatever reason the connection ended. */
  ended(connection: Connection, code: number, reason: string): void;
  trouble(connection: Connection, why: string): void;
  /** One message of so many bytes went either way: what API Gateway bills. */
  passed(bytes: number): void;
}

/** Close codes of the faults `ws` finds by itself (RFC 6455, section 7.4.1). */
const FAULT_CODES: Record<string, number> = {
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 1009,
  WS_ERR_INVALID_UTF8: 1007,
};

export function openConnection(
  facts: ConnectionFacts,
  ws: WebSocket,
  socket: Duplex,
  limits: Limits,
  events: ConnectionEvents,
): Connection {
  let lastActiveAt = facts.connectedAt;
  let over = false;
  const gone = Promise.withResolvers<void>();
  const tooLong = frameCounter(limits.frameBytes);

  const connection: Connection = {
    facts,
    lastActiveAt: () => lastActiveAt,
    send(data, binary = false) {
      if (over) return false;
      if (ws.bufferedAmount > limits.bufferedBytes) {
        events.trouble(connection, `does not read: ${ws.bufferedAmount} bytes wait; cut off`);
        connection.cut();
        return false;
      }
      active();
      events.passed(Buffer.byteLength(data));
      ws.send(data, { binary }, (error) => {
        if (error) events.trouble(connection, `send failed: ${error.message}`);
      });
      return true;
    },
    close(code, reason) {
      ws.close(code, reason);
      end(code, reason);
    },
    cut() {
      ws.terminate();
      end(1006, 'Connection lost');
    },
    closed: gone.promise,
  };

  const goingAway = () => connection.close(1001, 'Going away');
  const idle = setTimeout(goingAway, limits.idleMs);
  const life = setTimeout(goingAway, limits.lifeMs);

  function active(): void {
    lastActiveAt = Date.now();
    idle.refresh();
  }

  function end(code: number, reason: string): void {
    if (over) return;
    over = true;
    clearTimeout(idle);
    clearTimeout(life);
    events.ended(connection, code, reason);
  }

  // Before ws's own listener, so that a frame too long is refused before its message is heard.
  socket.prependListener('data', (chunk: Buffer) => {
    if (!over && tooLong(chunk)) connection.close(1009, 'Frame too long');
  });
  ws.on('message', (data: Buffer, isBinary) => {
    if (over) return;
    active();
    events.passed(data.length);
    if (isBinary) connection.close(1003, 'Binary is not supported');
    else events.message(connection, data.toString('utf8'));
  });
  ws.on('ping', () => {
    if (!over) active();
  });
  ws.on('error', (error: Error & { code?: string }) => {
    end(
      FAULT_CODES[error.code ?? ''] ?? (error.code?.startsWith('WS_ERR') ? 1002 : 1006),
      error.message,
    );
  });
  ws.on('close', (code, reason) => {
    gone.resolve();
    end(code, code === 1006 ? 'Connection lost' : reason.toString());
  });
  return connection;
}
