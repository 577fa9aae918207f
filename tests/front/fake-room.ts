// A server with one room, in memory: leases by epoch, one place for each messageId, history by ranges.
import type { Clock, OpenSocket } from '../../front/src/core/line.js';
import type { Life } from './fake-browser.ts';

const HOP_MS = 20;

interface Connection {
  life: Life;
  /** What the page sees of it. */
  isOpen: boolean;
  isGone: boolean;
  greeted: boolean;
  tell(frame: object): void;
  cut(): void;
}

export function fakeRoom(world: Clock) {
  /** By seq − 1. */
  const stored: string[] = [];
  const arrivals = new Map<string, number>();
  const connections: Connection[] = [];
  let lease: { epoch: number; connection: Connection } | undefined;
  let hellos = 0;

  const message = (seq: number) => ({
    ...{ type: 'message', room: 'lobby', seq, messageId: stored[seq - 1] },
    ...{ userId: 'u_1', nickname: 'ada', message: 'x', timestamp: '2026-11-21T07:30:00.000Z' },
  });
  const live = () => connections.filter((one) => one.greeted && !one.isGone);
  const head = () => ({ heads: { lobby: stored.length }, now: '2026-11-21T07:30:00.000Z' });

  function end(connection: Connection) {
    connection.tell({ type: 'replaced' });
    connection.cut();
  }

  function hello(connection: Connection, epoch: number) {
    hellos += 1;
    if (lease && lease.epoch >= epoch && lease.connection !== connection) return end(connection);
    const old = lease?.connection;
    lease = { epoch, connection };
    if (old && old !== connection && !old.isGone) end(old);
    connection.greeted = true;
    const who = { v: 1, userId: 'u_1', nickname: 'ada', pingAfterMs: 30_000, spreadMs: 1_000 };
    connection.tell({ type: 'welcome', ...who, ...head() });
  }

  function said(connection: Connection, messageId: string) {
    arrivals.set(messageId, (arrivals.get(messageId) ?? 0) + 1);
    const at = stored.indexOf(messageId);
    if (at >= 0) return connection.tell(message(at + 1));
    stored.push(messageId);
    for (const one of live()) one.tell(message(stored.length));
  }

  function hear(connection: Connection, text: string) {
    if (connection.isGone) return;
    const frame = JSON.parse(text);
    if (frame.action === 'hello') hello(connection, frame.epoch);
    else if (!connection.greeted) throw new Error('Hello first');
    else if (frame.action === 'sendmessage') said(connection, frame.messageId);
    else if (frame.action === 'ping') connection.tell({ type: 'pong', n: frame.n, ...head() });
    else if (frame.action === 'history') {
      const [from, to] = frame.ranges[0];
      const items = stored.map((_, at) => message(at + 1)).slice(from - 1, to);
      const more = { from, to, head: stored.length, more: false };
      connection.tell({ type: 'history', room: 'lobby', items, void: [], ...more });
    }
  }

  const openSocket =
    (life: Life): OpenSocket =>
    (_url, _protocols, events) => {
      const page = (task: () => void) =>
        world.after(HOP_MS, () => life.run('socket', () => connection.isOpen && task()));
      const connection: Connection = {
        life,
        isOpen: true,
        isGone: false,
        greeted: false,
        tell: (frame) => connection.isGone || page(() => events.heard(JSON.stringify(frame))),
        cut() {
          connection.isGone = true;
          page(() => {
            connection.isOpen = false;
            events.closed();
          });
        },
      };
      connections.push(connection);
      page(events.opened);
      return {
        send: (text) => world.after(HOP_MS, () => hear(connection, text)),
        close() {
          connection.isOpen = false;
          world.after(HOP_MS, () => {
            connection.isGone = true;
          });
        },
      };
    };

  return {
    openSocket,
    stored,
    arrivals,
    live,
    hellos: () => hellos,
    /** Sockets held open by pages that are awake. */
    awake: () => connections.filter((one) => one.isOpen && !one.life.isFrozen()),
    cutAll: () => live().map((one) => one.cut()),
    /** The tab's process has ended, and with it its sockets. */
    buried(life: Life) {
      for (const one of connections.filter((each) => each.life === life)) {
        one.isOpen = false;
        one.isGone = true;
      }
    },
  };
}
