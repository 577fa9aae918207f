// One tab on a fake browser: the real line among real tabs, with the least of an outbox and a timeline on top.
import type { ServerFrame } from '../../front/src/core/frame.js';
import { createIdentity } from '../../front/src/core/identity.js';
import { type Clock, createLine, type LineStatus } from '../../front/src/core/line.js';
import { createTabs } from '../../front/src/core/tabs.js';
import { createLife, fakeBrowser } from './fake-browser.ts';
import { fakeRoom } from './fake-room.ts';

const RESEND_MS = 10_000;
const ASK_AGAIN_MS = 3_000;

export interface World {
  clock: Clock;
  browser: ReturnType<typeof fakeBrowser>;
  room: ReturnType<typeof fakeRoom>;
  /** The shared outbox store. */
  unsent: Set<string>;
}

/** One browser without tabs, and the server that they will speak to. */
export const openWorld = (clock: Clock): World => ({
  clock,
  browser: fakeBrowser(clock),
  room: fakeRoom(clock),
  unsent: new Set(),
});

export type FakeTab = ReturnType<typeof openTab>;

export function openTab(name: string, { clock: world, browser, room, unsent }: World) {
  const life = createLife(world);
  const { clock, run } = life;
  const statuses: LineStatus[] = [];
  const heard = new Map<number, string>();
  let welcomes = 0;
  let head = 0;
  const fraction = () => 0.5;
  const randomBytes = (count: number) => crypto.getRandomValues(new Uint8Array(count));
  const identity = createIdentity({ keep: browser.keep, randomBytes, now: clock.now });
  const line = createTabs(
    {
      ...{ tab: name, name: 'hubbub', clock, keep: browser.keep },
      openLock: browser.locks(life),
      openChannel: browser.openChannel(life),
      openLine: (ears) =>
        createLine({
          ...{ url: 'wss://chat.example.org', clock, fraction, identity, hello: () => ({}) },
          ...{ openSocket: room.openSocket(life), isOnline: () => true, ...ears },
        }),
    },
    {
      changed(status) {
        statuses.push(status);
        if (status.state === 'live') send();
      },
      heard: hear,
      nudged: send,
    },
  );

  function send() {
    const { leads, state } = line.status();
    if (!leads || state !== 'live') return;
    for (const messageId of unsent) {
      line.send({ action: 'sendmessage', messageId, room: 'lobby', message: 'x' });
    }
  }

  function ask() {
    const missing = Array.from({ length: head }, (_, at) => at + 1).find((seq) => !heard.has(seq));
    if (missing) line.send({ action: 'history', room: 'lobby', ranges: [[missing, head]] });
  }

  function hear(frame: ServerFrame) {
    if (frame.type === 'welcome') {
      welcomes += 1;
      // The core takes it for a server that lost its tables, and begins anew.
      if ((frame.heads.lobby ?? 0) < head) throw new Error('A welcome knows less than was heard.');
    }
    if (frame.type === 'welcome' || frame.type === 'pong') {
      head = Math.max(head, frame.heads.lobby ?? 0);
      ask();
    }
    const items = frame.type === 'history' ? frame.items : frame.type === 'message' ? [frame] : [];
    for (const { seq, messageId } of items) {
      heard.set(seq, messageId);
      unsent.delete(messageId);
      head = Math.max(head, seq);
    }
  }

  const again = (ms: number, task: () => void): unknown =>
    clock.after(ms, () => {
      task();
      again(ms, task);
    });
  again(RESEND_MS, send);
  again(ASK_AGAIN_MS, ask);
  line.start();

  return {
    ...{ name, line, statuses, heard, life, welcomes: () => welcomes },
    say: (messageId: string) =>
      run('timer', () => {
        unsent.add(messageId);
        line.nudge();
        send();
      }),
    close() {
      life.close();
      browser.buried(life);
      room.buried(life);
    },
  };
}
