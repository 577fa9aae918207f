// The promises, held by a deployed stage (docs/operations.md, Test a stage): CHAT_URL=wss://… npm test -- tests/contract/deployed
import { test } from '@jest/globals';
import { presencePromises } from './presence-promises.ts';
import { promises } from './promises.ts';
import { roomPromises } from './rooms-promises.ts';

const { CHAT_URL: url, CHAT_GATEWAY: gateway = 'aws' } = process.env;

/** What a gateway leaves to others that is not API Gateway's own: routes that no frame may name, binary frames, the length of a frame. */
const GAPS: Record<string, readonly string[]> = {
  aws: [],
  ministack: ['that calls $connect', 'that calls $disconnect', 'in binary', 'above 32 KB'],
};

if (url === undefined)
  test.skip('a deployed stage keeps its promises (needs CHAT_URL)', () => undefined);
else {
  const gaps = GAPS[gateway];
  if (gaps === undefined)
    throw new Error(
      `CHAT_GATEWAY is ${gateway}, but only ${Object.keys(GAPS).join(', ')} are known`,
    );
  const chat = async () => ({ websocket: url, stop: async () => undefined });
  promises('Hubbub deployed', chat, { tables: false, gaps });
  roomPromises('Rooms deployed', chat);
  presencePromises('Presence deployed', chat, { tables: false });
}
