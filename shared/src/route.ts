// A route: what a known connection may do. Parses the frame, finds who speaks, answers.

import { admit } from './admission.ts';
import { type Connection, isOver } from './connections.ts';
import { type Answer, socketHandler, text } from './handler.ts';
import {
  type Action,
  type ClientFrame,
  type FrameOf,
  parseClientFrame,
  Refused,
} from './protocol.ts';

/**
 * The sender comes from the connection, never from the frame. Throws what the validator says, before any table is asked;
 * `RateLimited` when too many came, `NotConnected` for a connection without a row, `HelloFirst` for one that has yet to say
 * who it is, `AuthExpired` where it has to say so again; a plain client may say to a room and ping without, where guests may
 * come in.
 */
export const routeHandler = <A extends Action>(
  action: A,
  answer: (frame: FrameOf<A>, speaker: Connection) => Answer,
) =>
  socketHandler(async (event) => {
    const frame = parseClientFrame(text(event));
    if (!isOf(frame, action)) throw new Refused('UnknownAction');
    const ref = 'messageId' in frame ? (frame.messageId ?? null) : null;
    const speaker = await admit(event.requestContext.connectionId, ref);
    if (speaker === undefined) throw new Refused('NotConnected', { ref });
    if (!may(speaker, frame)) throw new Refused('HelloFirst', { ref });
    if (action !== 'hello' && isOver(speaker)) throw new Refused('AuthExpired', { ref });
    return answer(frame, speaker);
  });

const isOf = <A extends Action>(frame: { action: Action }, action: A): frame is FrameOf<A> =>
  frame.action === action;

/** Without hello: to say in the rooms that a plain client hears, and to ping. Nobody claims its name, so it does nothing to others. */
const may = ({ clientId, protocol, authExpiresAt }: Connection, frame: ClientFrame): boolean =>
  frame.action === 'hello' ||
  clientId !== undefined ||
  (protocol === 'plain' &&
    authExpiresAt === undefined &&
    (frame.action === 'ping' || (frame.action === 'sendmessage' && frame.to === undefined)));
