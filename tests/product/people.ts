// People for the tests of routes: each with an identity of their own, on as many connections as they like.
import { createHash } from 'node:crypto';
import type { Action, ServerFrame } from '../../shared/src/protocol/frames.ts';
import { context, frameIn, handshake, helloEvent, routeEvent } from './sample.ts';

type Handler = (event: never, context: never) => Promise<unknown>;
export type Routes = Partial<Record<Action, { handler: unknown }>> & { connect: unknown };

export interface Person {
  userId: string;
  /** Says a frame on one of their connections, the first by default; answers what the route does. */
  says(action: Action, fields?: Record<string, unknown>, device?: number): Promise<ServerFrame>;
  /** Connects once more and says hello; answers the welcome. */
  enters(fields?: Record<string, unknown>): Promise<ServerFrame>;
  /** The connection of a device. */
  connection(device?: number): string;
}

/** Somebody who has said hello from one device, with these fields. */
export async function person(
  routes: Routes,
  name: string,
  fields: Record<string, unknown> = {},
): Promise<Person> {
  const secret = createHash('sha256').update(name).digest('base64url');
  const connections: string[] = [];
  let userId = '';
  const call = async (handler: unknown, event: unknown) =>
    frameIn(await (handler as Handler)(event as never, context() as never)) as ServerFrame;
  const self: Person = {
    get userId() {
      return userId;
    },
    connection: (device = 0) => connections[device] ?? '',
    async enters(more = {}) {
      const id = `${name}-${connections.length}=`;
      connections.push(id);
      await call(routes.connect, handshake(id, { 'Sec-WebSocket-Protocol': 'chat.v1' }));
      const clientId = `client-${id.slice(0, -1)}`;
      const hello = helloEvent(id, { secret, clientId, nickname: name, rooms: undefined, ...more });
      const welcome = await call(routes.hello?.handler, hello);
      if (welcome.type === 'welcome') userId = welcome.userId;
      return welcome;
    },
    says(action, said = {}, device = 0) {
      const body = { action, ...said };
      return call(
        routes[action]?.handler,
        routeEvent(action, { connectionId: self.connection(device), body }),
      );
    },
  };
  await self.enters(fields);
  return self;
}
