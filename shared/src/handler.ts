// How a route becomes a Lambda function: one frame in, at most one frame back; the only place where an error becomes a response.

import middy from '@middy/core';
import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { type Connection, find } from './connections.ts';
import {
  type Action,
  errorFrame,
  type FrameOf,
  parseClientFrame,
  Refused,
  type ServerFrame,
} from './protocol.ts';

type Answer = Promise<ServerFrame | undefined>;

const say = (frame: ServerFrame | undefined): APIGatewayProxyResultV2 =>
  frame === undefined ? { statusCode: 200 } : { statusCode: 200, body: JSON.stringify(frame) };

/** Wraps `answer` with the cross-cuttings of every route. A thrown Refused becomes its `error` frame; anything else `Internal`. */
export const socketHandler = (answer: (event: APIGatewayProxyWebsocketEventV2) => Answer) =>
  middy(async (event: APIGatewayProxyWebsocketEventV2) => say(await answer(event))).onError(
    (request) => {
      const { error, event } = request;
      if (error instanceof Refused) {
        request.response = say(errorFrame(error.code, error.ref, error.message));
        return;
      }
      const { routeKey, connectionId, requestId } = event.requestContext;
      console.error({ route: routeKey, connectionId, requestId, error });
      request.response = say(errorFrame('Internal', null));
    },
  );

/** A route that only a known connection may use: parses the frame, finds who speaks, answers. */
export const routeHandler = <A extends Action>(
  action: A,
  answer: (frame: FrameOf<A>, speaker: Connection) => Answer,
) =>
  socketHandler(async (event) => {
    const frame = parseClientFrame(text(event));
    if (!isOf(frame, action)) throw new Refused('UnknownAction');
    const speaker = await find(event.requestContext.connectionId);
    if (speaker === undefined) {
      throw new Refused('NotConnected', {
        ref: 'messageId' in frame ? (frame.messageId ?? null) : null,
      });
    }
    return answer(frame, speaker);
  });

const isOf = <A extends Action>(frame: { action: Action }, action: A): frame is FrameOf<A> =>
  frame.action === action;

/** The frame's text; undefined for a binary frame, which no route reads. */
export const text = (event: APIGatewayProxyWebsocketEventV2): string | undefined =>
  event.isBase64Encoded ? undefined : event.body;
