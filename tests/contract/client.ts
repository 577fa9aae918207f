// A participant, as the contract speaks of one: joins, says, hears, is told, leaves.
import { randomBytes, randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import type { ErrorFrame } from '../../shared/src/protocol/errors.ts';
import {
  type MessageFrame,
  type SendMessage,
  type ServerFrame,
  SUBPROTOCOL,
  VERSION,
  type Welcome,
} from '../../shared/src/protocol/frames.ts';

/** Generous: a slow machine fails no test, a frame that never comes does. */
const DEADLINE_MS = 60_000;

export interface Client {
  /** Resolves with the answer to hello, which stands apart from what is heard. */
  welcomed: Promise<Welcome>;
  /** Every frame so far, in the order of arrival. */
  heard: readonly ServerFrame[];
  messages(): MessageFrame[];
  /** Sends a frame as it stands: a string as text, a Buffer as binary, anything else as JSON. */
  send(frame: unknown): void;
  /** Says something in the lobby, or wherever `fields` tell; answers its messageId. */
  says(message: string, fields?: Partial<SendMessage>): string;
  /** Resolves with the last of so many frames of that message. */
  hears(messageId: string, times?: number): Promise<MessageFrame>;
  /** The same, for a message known by its words: a plain client's, who gave no messageId. */
  hearsWords(message: string): Promise<MessageFrame>;
  /** Resolves with the first error frame. */
  isTold(): Promise<ErrorFrame>;
  /** Resolves with the first answer other than undefined that `look` finds in what was heard. */
  awaits<T>(what: string, look: (heard: readonly ServerFrame[]) => T | undefined): Promise<T>;
  /** Resolves with the close code. */
  closed: Promise<number>;
  leave(): Promise<number>;
  /** Is gone without a closing handshake, like a laptop whose lid falls. */
  vanish(): void;
}

export const isMessage = (frame: ServerFrame): frame is MessageFrame => frame.type === 'message';
const isError = (frame: ServerFrame): frame is ErrorFrame => frame.type === 'error';

const present = new Set<Client>();

/**
 * Joins the lobby as a client of its own that knows the protocol; with `silent`, as one that has yet to say hello (its
 * `welcome` is heard as any frame is); with `plain`, as one that only opens the URL.
 */
export async function join(url: string, manner: 'v1' | 'silent' | 'plain' = 'v1'): Promise<Client> {
  const socket = new WebSocket(url, manner === 'plain' ? [] : [SUBPROTOCOL]);
  const client = clientOn(socket, manner);
  await new Promise<void>((done, fail) => {
    socket.once('open', done);
    socket.once('error', fail);
  });
  // From here on an error is followed by `close`, which the tests look at.
  socket.on('error', () => undefined);
  present.add(client);
  if (manner === 'v1') await greet(client);
  return client;
}

async function greet(client: Client): Promise<void> {
  const secret = randomBytes(32).toString('base64url');
  client.send({ action: 'hello', v: VERSION, clientId: randomUUID(), epoch: 1, secret });
  await client.welcomed;
}

/** Ends every client that joined since: after each test. */
export async function everybodyLeaves(): Promise<void> {
  const leaving = [...present].map((client) => client.leave());
  present.clear();
  await Promise.all(leaving);
}

function clientOn(socket: WebSocket, manner: 'v1' | 'silent' | 'plain'): Client {
  const heard: ServerFrame[] = [];
  const looks = new Set<() => void>();
  const { promise: welcomed, resolve: welcome } = Promise.withResolvers<Welcome>();
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data)) as ServerFrame;
    if (frame.type === 'welcome' && manner === 'v1') return welcome(frame);
    heard.push(frame);
    for (const look of [...looks]) look();
  });
  const closed = new Promise<number>((done) => socket.once('close', done));

  const awaits: Client['awaits'] = (what, look) =>
    new Promise((done, fail) => {
      const again = () => {
        const found = look(heard);
        if (found === undefined) return;
        clearTimeout(timer);
        looks.delete(again);
        done(found);
      };
      const timer = setTimeout(() => {
        looks.delete(again);
        fail(
          new Error(`Waited in vain for ${what}; heard ${JSON.stringify(heard).slice(0, 2000)}`),
        );
      }, DEADLINE_MS);
      looks.add(again);
      again();
    });
  const messages = () => heard.filter(isMessage);
  const send: Client['send'] = (frame) =>
    socket.send(
      typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame),
    );

  return {
    welcomed,
    heard,
    messages,
    send,
    says(message, { messageId = randomUUID(), ...fields } = {}) {
      send({ action: 'sendmessage', messageId, message, ...fields });
      return messageId;
    },
    hears: (messageId, times = 1) =>
      awaits(`message ${messageId}, ${times} times`, () => {
        return messages().filter((frame) => frame.messageId === messageId)[times - 1];
      }),
    hearsWords: (message) =>
      awaits('these words', () => messages().find((frame) => frame.message === message)),
    isTold: () => awaits('an error frame', () => heard.find(isError)),
    awaits,
    closed,
    leave() {
      socket.close();
      return closed;
    },
    vanish: () => socket.terminate(),
  };
}
