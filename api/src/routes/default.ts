// $default: what no route takes. Its sender is told why, and nobody else anything.

import { socketHandler } from '../../../shared/src/handler.ts';
import { Refused } from '../../../shared/src/protocol/errors.ts';
import { readFrame } from '../../../shared/src/route.ts';

export const handler = socketHandler((event) =>
  readFrame(event, ({ action }) => {
    throw new Refused('UnknownAction', { field: action });
  }),
);
