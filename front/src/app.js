// @ts-check
// The page put together: the only place that knows both the core and the screen.
import { createAnnouncer } from './core/announcer.js';
import { createChat } from './core/chat.js';
import { shownNickname } from './core/nickname.js';
import { fraction, randomBytes } from './ports/chance.js';
import { clock } from './ports/clock.js';
import { readConfig } from './ports/config.js';
import { createSlot } from './ports/slot.js';
import { openSocket } from './ports/socket.js';
import { isOnline, watchSurroundings } from './ports/surroundings.js';
import { createComposer } from './ui/composer.js';
import { find } from './ui/element.js';
import { createLineStatus } from './ui/line-status.js';
import { createMessageList } from './ui/message-list.js';
import { createPeople } from './ui/people.js';
import { createSettings } from './ui/settings.js';

const ROOM = 'lobby';
const CONFIG_RETRY_MS = 5_000;

/** @param {unknown} error */
const trouble = (error) => console.warn('Hubbub: the browser keeps nothing for this page.', error);
// A plain client is a new guest in every tab, so what a tab has not sent yet belongs to that tab alone.
const ofTab = (/** @type {string} */ key) => createSlot(() => sessionStorage, key, trouble);
const ofBrowser = (/** @type {string} */ key) => createSlot(() => localStorage, key, trouble);

let cancelRetry = () => {};
const people = createPeople(find(document, '.people', HTMLElement));
const spoken = find(document, '.announcements', HTMLElement);
const announcer = createAnnouncer({ clock, say: (words) => spoken.replaceChildren(words) });
const list = createMessageList({
  root: document,
  retry: (messageId) => chat.retry(messageId),
  discard: (messageId) => chat.discard(messageId),
});
const status = createLineStatus({ root: document, clock, tryNow });
const settings = createSettings({
  root: document,
  slot: ofBrowser('hubbub.settings'),
  addressChanged: connect,
});
const chat = createChat({
  room: ROOM,
  ports: { openSocket, clock, fraction, randomBytes, isOnline, slot: ofTab('hubbub.outbox') },
  watcher: {
    changed(changes) {
      list.apply(changes);
      people.show(chat.items());
    },
    arrived(item) {
      list.arrived();
      announcer.heard(shownNickname(item.nickname));
    },
    line: (state) => status.changed(state),
  },
});
const composer = createComposer({
  root: document,
  room: ROOM,
  draft: ofTab(`hubbub.draft.${ROOM}`),
  say(text) {
    const taken = chat.say(text);
    if (taken) list.toBottom();
    return taken;
  },
});

async function connectAsConfigured() {
  cancelRetry();
  chat.line.stop();
  const address = settings.address() ?? (await readConfig()).websocket;
  settings.using(address);
  chat.start(address);
}

function connect() {
  connectAsConfigured().catch((error) => {
    status.trouble(`${error instanceof Error ? error.message : error} Trying again soon.`);
    cancelRetry = clock.after(CONFIG_RETRY_MS, connect);
  });
}

function tryNow() {
  if (chat.line.status().state === 'idle') connect();
  else chat.line.tryNow();
}

watchSurroundings({
  returned: () => chat.line.tryNow(),
  networkLost: () => chat.line.distrust(),
  signal: new AbortController().signal,
});
connect();
if (matchMedia('(hover: hover)').matches) composer.focus();
