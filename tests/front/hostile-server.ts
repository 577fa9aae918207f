// A server as the contract allows it at its worst: it answers late, twice, in another order or never, crashes in the
// middle of storing, and cuts; but what it has stored is stored once, at one place. A model of design section 3.
import type { Clock, Socket, SocketEvents } from '../../front/src/core/line.js';
import type { ClientFrame, MessageFrame } from '../../shared/src/protocol/frames.ts';
import type { Chance } from './chance.ts';

interface Connection {
  events: SocketEvents;
  /** null before hello. */
  userId: string | null;
  clientId: string;
  open: boolean;
  /** Half-open: neither side hears the other, and neither knows. */
  deaf: boolean;
}

const FENCE_MS = 60_000;
/** Smaller than the real one, so that `more` is met. */
const MOST_PLACES = 7;

export function hostileServer(clock: Clock, chance: Chance) {
  const faults = { frames: true, crashes: true, refusesAll: false, dropsPushes: false };
  const places = new Map<number, MessageFrame | 'void'>();
  const claims = new Map<string, { seq: number; text: string }>();
  const leases = new Map<string, { epoch: number; connection: Connection }>();
  const connections = new Set<Connection>();
  let head = 0;
  let connects = 0;

  /** Whatever travels, this way or that. */
  function travel(arrive: () => void) {
    const times = !faults.frames ? 1 : chance.happens(0.12) ? 0 : chance.happens(0.12) ? 2 : 1;
    for (let n = 0; n < times; n += 1) {
      const slow = faults.frames && chance.happens(0.1) ? 15_000 : 400;
      clock.after(faults.frames ? Math.round(chance.fraction() * slow) : 20, arrive);
    }
  }

  function tell(connection: Connection, frame: object) {
    travel(() => {
      if (connection.open && !connection.deaf) connection.events.heard(JSON.stringify(frame));
    });
  }

  function end(connection: Connection) {
    if (!connection.open) return;
    connection.open = false;
    connections.delete(connection);
    if (!connection.deaf) clock.after(20, () => connection.events.closed());
  }

  function openSocket(_url: string, protocols: string[], events: SocketEvents): Socket {
    connects += 1;
    const connection: Connection = { events, userId: null, clientId: '', open: true, deaf: false };
    connections.add(connection);
    const refused =
      faults.refusesAll || protocols[0] !== 'chat.v1' || (faults.frames && chance.happens(0.1));
    clock.after(30, () => {
      if (refused) end(connection);
      else if (connection.open) events.opened();
    });
    return {
      send: (text) =>
        travel(() => {
          if (connection.open && !connection.deaf)
            hear(connection, JSON.parse(text) as ClientFrame);
        }),
      close: () => {
        connection.open = false;
        connections.delete(connection);
      },
    };
  }

  /** API Gateway's throttle, in front of every route: it says of nothing what it refused. */
  const tooMany = { message: 'Too Many Requests', connectionId: 'c', requestId: 'r' };

  function hear(connection: Connection, frame: ClientFrame) {
    if (faults.frames && chance.happens(0.1)) return tell(connection, tooMany);
    if (frame.action === 'hello') return greet(connection, frame);
    const { userId } = connection;
    if (userId === null) return tell(connection, error(null, 'HelloFirst', true));
    if (frame.action === 'ping')
      tell(connection, { type: 'pong', n: frame.n, heads: { lobby: head } });
    else if (frame.action === 'history') tell(connection, history(frame));
    else if (frame.action === 'sendmessage')
      store(connection, userId, frame.messageId ?? '', frame.message);
  }

  const error = (ref: string | null, code: string, retry: boolean) => ({
    type: 'error',
    ref,
    code,
    retry,
    afterMs: retry ? 1_000 : 0,
    message: code,
  });

  function greet(connection: Connection, hello: Extract<ClientFrame, { action: 'hello' }>) {
    const userId = `u_${(hello.secret ?? '').slice(0, 22)}`;
    const lease = leases.get(hello.clientId);
    if (lease && lease.connection !== connection && lease.epoch >= hello.epoch) {
      tell(connection, { type: 'replaced' });
      clock.after(1_000, () => end(connection));
      return;
    }
    if (lease && lease.connection !== connection) {
      tell(lease.connection, { type: 'replaced' });
      clock.after(1_000, () => end(lease.connection));
    }
    leases.set(hello.clientId, { epoch: hello.epoch, connection });
    connection.userId = userId;
    connection.clientId = hello.clientId;
    const rest = { v: 1, userId, nickname: hello.nickname ?? 'guest', heads: { lobby: head } };
    tell(connection, { type: 'welcome', ...rest, pingAfterMs: 30_000, spreadMs: 1_000 });
  }

  /** One execution of message-distribution; it may die after any step. */
  function store(from: Connection, userId: string, messageId: string, text: string) {
    tell(from, { type: 'accepted', messageId });
    const claim = claims.get(messageId);
    const there = claim && places.get(claim.seq);
    if (claim && claim.text !== text) return tell(from, error(messageId, 'MessageIdReused', false));
    if (there && there !== 'void' && there.messageId === messageId) return tell(from, there);
    if (faults.crashes && chance.happens(0.1))
      return tell(from, error(messageId, 'Internal', true));
    const seq = claim && there !== 'void' ? claim.seq : ++head;
    if (faults.crashes && chance.happens(0.1)) return;
    claims.set(messageId, { seq, text });
    if (faults.crashes && chance.happens(0.1)) return;
    const at = clock.now();
    clock.after(faults.crashes ? Math.round(chance.fraction() * 3_000) : 30, () => put(seq));

    function put(place: number) {
      const found = places.get(place);
      if (found === 'void') {
        head += 1;
        claims.set(messageId, { seq: head, text });
        return put(head);
      }
      const frame: MessageFrame = {
        type: 'message',
        room: 'lobby',
        seq: place,
        messageId,
        userId,
        nickname: userId,
        message: text,
        timestamp: new Date(at).toISOString(),
      };
      // A second execution of the same message finds it there, and tells it again.
      places.set(place, found ?? frame);
      for (const one of connections) {
        if (one.userId !== null && !faults.dropsPushes) tell(one, found ?? frame);
      }
    }
  }

  function history({
    n,
    before,
    ranges,
    limit = 100,
  }: Extract<ClientFrame, { action: 'history' }>) {
    const most = Math.min(limit, MOST_PLACES);
    const asked =
      ranges?.flatMap(([from, to]) => span(from, to)) ??
      span(1, (before ?? head + 1) - 1).toReversed();
    const items: MessageFrame[] = [];
    const voids: number[] = [];
    const spoken: number[] = [];
    for (const seq of asked) {
      if (items.length + voids.length === most) break;
      if (ranges && isFenced(seq)) places.set(seq, 'void');
      const place = places.get(seq);
      if (place === 'void') voids.push(seq);
      else if (place) items.push(place);
      spoken.push(seq);
    }
    items.sort((a, b) => a.seq - b.seq);
    voids.sort((a, b) => a - b);
    const [from, to] = [Math.min(...spoken), Math.max(...spoken)];
    const more = spoken.length < asked.length;
    return { type: 'history', n, room: 'lobby', items, void: voids, from, to, head, more };
  }

  const isFenced = (seq: number) =>
    !places.has(seq) &&
    [...places].some(
      ([above, place]) =>
        above > seq && place !== 'void' && clock.now() - Date.parse(place.timestamp) > FENCE_MS,
    );
  const span = (from: number, to: number) =>
    Array.from({ length: Math.max(0, Math.min(to, head) - from + 1) }, (_, n) => from + n);

  return {
    faults,
    openSocket,
    connects: () => connects,
    /** Those who said hello and are not gone. */
    live: (clientId: string) =>
      [...connections].filter(
        (one) => one.open && one.userId !== null && one.clientId === clientId,
      ),
    cut: (clientId: string) =>
      [...connections].filter((one) => one.clientId === clientId).forEach(end),
    deafen(clientId: string) {
      for (const one of connections) if (one.clientId === clientId) one.deaf = true;
    },
    /** What is stored, by place. */
    stored: () =>
      [...places.values()].filter((place) => place !== 'void').toSorted((a, b) => a.seq - b.seq),
    open: () => span(1, head).filter((seq) => !places.has(seq)),
    /** Says something for somebody else, without any client. */
    say(messageId: string, text = messageId) {
      head += 1;
      const timestamp = new Date(clock.now()).toISOString();
      const who = { room: 'lobby', userId: 'u_other', nickname: 'other' };
      const frame: MessageFrame = {
        type: 'message',
        seq: head,
        messageId,
        message: text,
        timestamp,
        ...who,
      };
      places.set(head, frame);
      for (const one of connections)
        if (one.userId !== null && !faults.dropsPushes) tell(one, frame);
    },
    /** A number that is given and never used. */
    burn() {
      head += 1;
    },
  };
}
