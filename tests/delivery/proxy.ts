// A line that breaks on purpose: stands between one client and the gateway, and does to single frames what a rule says.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket as Socket, WebSocket, WebSocketServer } from 'ws';

export interface Frame {
  way: 'up' | 'down';
  /** The action (up) or type (down); empty where a frame has none. */
  name: string;
  text: string;
}

/** What becomes of a frame: passed so often, at once or when the promise is kept; as it is, or with other text. */
export interface Fate {
  times?: number;
  after?: Promise<unknown>;
  text?: string;
}
/** `undefined` passes the frame. */
export type Rule = (frame: Frame) => Fate | undefined;

export interface BadLine {
  url: string;
  /** Where it leads: another runtime may take over. */
  target: string;
  /** Handshakes so far. */
  readonly dials: number;
  /** Connections that are open on the client's side. */
  readonly open: number;
  /** Every frame so far, as it came. */
  readonly seen: readonly Frame[];
  /** Whether new connections are turned away. */
  shut: boolean;
  rule: Rule;
  /** Until when the gateway's side outlives a client's end: a `$disconnect` that comes late. */
  lingers: Promise<unknown> | undefined;
  /** Closes every connection: with a close frame, or without a code as a torn cable does. */
  cut(code?: number): void;
  stop(): Promise<void>;
}

export const DROP: Fate = { times: 0 };

function frameOf(way: Frame['way'], text: string): Frame {
  const read: unknown = JSON.parse(text);
  const { action, type } = read as { action?: string; type?: string };
  return { way, text, name: action ?? type ?? '' };
}

const isOpen = (socket: Socket) => socket.readyState === WebSocket.OPEN;

function end(socket: Socket, code: number | undefined): void {
  if (code === undefined) socket.terminate();
  else socket.close(code);
}

/** Starts it, on a port of its own. Whoever opens it stops it. */
export async function openBadLine(target: string): Promise<BadLine> {
  const server = new WebSocketServer({
    ...{ host: '127.0.0.1', port: 0 },
    verifyClient: (_: unknown, answer: (isIn: boolean, code?: number) => void) => {
      dials += 1;
      answer(!proxy.shut, 503);
    },
  });
  await once(server, 'listening');
  let dials = 0;
  const seen: Frame[] = [];
  const uppers = new Set<Socket>();

  function pass(way: Frame['way'], text: string, to: Socket): void {
    const frame = frameOf(way, text);
    seen.push(frame);
    const { times = 1, after, text: told = text } = proxy.rule(frame) ?? {};
    const send = () => {
      for (let time = 0; time < times && isOpen(to); time += 1) to.send(told);
    };
    if (after !== undefined) void after.then(send);
    else send();
  }

  server.on('connection', (client: Socket) => {
    const protocols = client.protocol === '' ? [] : [client.protocol];
    const upper = new WebSocket(proxy.target, protocols);
    uppers.add(upper);
    const early: string[] = [];
    client.on('message', (data) => {
      if (isOpen(upper)) pass('up', String(data), upper);
      else early.push(String(data));
    });
    upper.on('open', () => {
      for (const text of early.splice(0)) pass('up', text, upper);
    });
    upper.on('message', (data) => pass('down', String(data), client));
    client.on('close', () => {
      if (proxy.lingers === undefined) upper.terminate();
      else void proxy.lingers.then(() => upper.terminate());
    });
    upper.on('close', (code) => {
      uppers.delete(upper);
      end(client, code >= 3000 || code === 1000 || code === 1001 ? code : undefined);
    });
    // An error is followed by a close, which is what counts.
    for (const socket of [client, upper]) socket.on('error', () => undefined);
  });

  const { port } = server.address() as AddressInfo;
  const proxy: BadLine = {
    ...{
      url: `ws://127.0.0.1:${port}`,
      target,
      seen,
      shut: false,
      rule: () => undefined,
      lingers: undefined,
    },
    get dials() {
      return dials;
    },
    get open() {
      return [...server.clients].filter(isOpen).length;
    },
    cut(code) {
      for (const client of server.clients) end(client, code);
    },
    async stop() {
      for (const socket of [...server.clients, ...uppers]) socket.terminate();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
  return proxy;
}
