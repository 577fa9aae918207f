// $default: what no route takes. Its sender is told why, and nobody else anything.

import { socketHandler, text } from '../../shared/src/handler.ts';
import { parseClientFrame, Refused } from '../../shared/src/protocol.ts';

export const handler = socketHandler(async (event) => {
  const { action } = parseClientFrame(text(event));
  throw new Refused('UnknownAction', { field: action });
});
