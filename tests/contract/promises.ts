// The promises of Hubbub, as one suite that takes a chat: run against this machine, with faults, and against a deployed stage.
import { afterAll, afterEach, beforeAll, describe } from '@jest/globals';
import { everybodyLeaves } from './client.ts';
import { badFrames } from './promises/bad-frames.ts';
import { goneConnections } from './promises/gone-connections.ts';
import { onceEach } from './promises/once-each.ts';
import { oneOrder } from './promises/one-order.ts';
import { plainClients } from './promises/plain-clients.ts';
import { reachesEveryone } from './promises/reaches-everyone.ts';
import { textSurvives } from './promises/text-survives.ts';

/** A chat to be held to its promises. */
export interface Chat {
  websocket: string;
  /** The AWS endpoint, where the tables can be looked at; a deployed stage shows only its socket. */
  aws?: string;
  stop(): Promise<void>;
}

export interface Circumstances {
  /** How often the bus delivers each event. */
  copies: number;
  /** Whether ConnectionsTable and MessagesTable can be looked at. */
  tables: boolean;
  /** Titles of tests that it is not held to, because its gateway is not API Gateway. */
  gaps: readonly string[];
}

/** What each promise is given: the chat, once it has started. */
export interface Stage extends Circumstances {
  chat(): Chat;
  /** The AWS endpoint; throws where there is none. */
  aws(): string;
}

export function promises(
  name: string,
  start: () => Promise<Chat>,
  { copies = 1, tables = true, gaps = [] }: Partial<Circumstances> = {},
): void {
  describe(name, () => {
    let started: Chat | undefined;
    const chat = () => {
      if (started === undefined) throw new Error('The chat has not started');
      return started;
    };
    const aws = () => {
      const { aws: endpoint } = chat();
      if (endpoint === undefined) throw new Error('This chat does not show its tables');
      return endpoint;
    };
    beforeAll(async () => {
      started = await start();
    });
    afterEach(everybodyLeaves);
    afterAll(() => started?.stop());

    const stage: Stage = { chat, aws, copies, tables, gaps };
    oneOrder(stage);
    reachesEveryone(stage);
    onceEach(stage);
    goneConnections(stage);
    badFrames(stage);
    textSurvives(stage);
    plainClients(stage);
  });
}
