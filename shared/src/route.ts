// A route: parses the frame, reads its connection, checks its rights and answers.

import type { APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { frameText, type RouteAnswer, socketHandler } from './handler.ts';
import { Refused } from './protocol/errors.ts';
import type { Action, ClientFrame, FrameOf } from './protocol/frames.ts';
import { parseClientFrame } from './protocol/parse.ts';
import { type Connection, isAuthExpired } from './store/connections.ts';
import { penalizeBadFrame, takeFrameToken } from './store/frame-rate.ts';

/**
 * The sender comes from the connection, never from the frame. A frame is refused in this order: what the validator throws;
 * `NotConnected`; `HelloFirst`, where a plain client may only say to a room and ping; `AuthExpired`; what `check` throws,
 * from frame and row alone; `RateLimited`.
 */
export const routeHandler = <A extends Action>(
  action: A,
  answer: (frame: FrameOf<A>, speaker: Connection) => RouteAnswer,
  check: (frame: FrameOf<A>, speaker: Connection) => void = () => undefined,
) =>
  socketHandler(async (event) => {
    const frame = await readFrame(event, (sent) => {
      if (!isOf(sent, action)) throw new Refused('UnknownAction');
      return sent;
    });
    const ref = 'messageId' in frame ? (frame.messageId ?? null) : null;
    const speaker = await takeFrameToken(event.requestContext.connectionId, ref, (one) => {
      if (!may(one, frame)) throw new Refused('HelloFirst', { ref });
      if (action !== 'hello' && isAuthExpired(one)) throw new Refused('AuthExpired', { ref });
      check(frame, one);
    });
    return answer(frame, speaker);
  });

/** The event's frame, as `accept` answers it. A frame that cannot be read, or that `accept` refuses, costs its sender a penalty. */
export async function readFrame<T>(
  event: APIGatewayProxyWebsocketEventV2,
  accept: (frame: ClientFrame) => T,
): Promise<T> {
  try {
    return accept(parseClientFrame(frameText(event)));
  } catch (error) {
    if (error instanceof Refused) await penalizeBadFrame(event.requestContext.connectionId);
    throw error;
  }
}

const isOf = <A extends Action>(frame: { action: Action }, action: A): frame is FrameOf<A> =>
  frame.action === action;

/** Without hello: to say in the rooms that a plain client hears, and to ping. Nobody claims its name, so it does nothing to others. */
const may = ({ clientId, protocol, authExpiresAt }: Connection, frame: ClientFrame): boolean =>
  frame.action === 'hello' ||
  clientId !== undefined ||
  (protocol === 'plain' &&
    authExpiresAt === undefined &&
    (frame.action === 'ping' || (frame.action === 'sendmessage' && frame.to === undefined)));
