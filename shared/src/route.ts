// A route: what a known connection may do. Parses the frame, finds who speaks, answers.

import { admit } from './admission.ts';
import type { Connection } from './connections.ts';
import { type Answer, socketHandler, text } from './handler.ts';
import { type Action, type FrameOf, parseClientFrame, Refused } from './protocol.ts';

/**
 * The sender comes from the connection, never from the frame. Throws `RateLimited` when too many came, `NotConnected` for a connection without a row,
 * `HelloFirst` for one that has yet to say who it is; a plain client may say and ping without.
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
    if (!may(speaker, action)) throw new Refused('HelloFirst', { ref });
    return answer(frame, speaker);
  });

const isOf = <A extends Action>(frame: { action: Action }, action: A): frame is FrameOf<A> =>
  frame.action === action;

const may = ({ clientId, protocol }: Connection, action: Action): boolean =>
  action === 'hello' || clientId !== undefined || (protocol === 'plain' && action !== 'history');
