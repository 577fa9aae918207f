// The promises, held by a deployed stage: CHAT_URL=wss://… npm test -- tests/contract/deployed
import { test } from '@jest/globals';
import { promises } from './promises.ts';

const url = process.env.CHAT_URL;

if (url === undefined)
  test.skip('a deployed stage keeps its promises (needs CHAT_URL)', () => undefined);
else
  promises('Hubbub deployed', async () => ({ websocket: url, stop: async () => undefined }), {
    tables: false,
  });
