// How a Lambda function answers a socket: one frame in, at most one frame back; the only place where an error becomes a response.

import middy from '@middy/core';
import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { errorFrame, Refused } from './protocol/errors.ts';
import type { ServerFrame } from './protocol/frames.ts';

export type RouteAnswer = Promise<ServerFrame | undefined>;

const say = (frame: ServerFrame | undefined): APIGatewayProxyResultV2 =>
  frame === undefined ? { statusCode: 200 } : { statusCode: 200, body: JSON.stringify(frame) };

/** Wraps `answer` with the cross-cuttings of every route. A thrown Refused becomes its `error` frame; anything else `Internal`. */
export const socketHandler = (answer: (event: APIGatewayProxyWebsocketEventV2) => RouteAnswer) =>
  middy(async (event: APIGatewayProxyWebsocketEventV2) => say(await answer(event))).onError(
    (request) => {
      const { error, event } = request;
      if (error instanceof Refused) {
        request.response = say({
          ...errorFrame(error.code, error.ref, error.message),
          ...error.more,
        });
        return;
      }
      const { routeKey, connectionId, requestId } = event.requestContext;
      console.error({
        message: 'the route failed',
        route: routeKey,
        connectionId,
        requestId,
        error,
      });
      request.response = say(errorFrame('Internal', null));
    },
  );

/** The frame's text; undefined for a binary frame, which no route reads. */
export const frameText = (event: APIGatewayProxyWebsocketEventV2): string | undefined =>
  event.isBase64Encoded ? undefined : event.body;
