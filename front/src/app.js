// @ts-check
// The page put together: the only place that knows both the core and the screen.
import { createAnnouncer } from './core/announcer.js';
import { connect } from './core/chat.js';
import { compose } from './core/composition.js';
import { shownNickname } from './core/nickname.js';
import { clock } from './ports/clock.js';
import { readConfig } from './ports/config.js';
import { createSignIn } from './ports/sign-in.js';
import { createSlot } from './ports/slot.js';
import { watchSurroundings } from './ports/surroundings.js';
import { tabPorts } from './ports/tabs.js';
import { createComposer, NOT_SENT } from './ui/composer.js';
import { find } from './ui/element.js';
import { createLineStatus } from './ui/line-status.js';
import { createMessageList } from './ui/message-list.js';
import { createPeople } from './ui/people.js';
import { createSettings } from './ui/settings.js';

const ROOM = 'lobby';
const CONFIG_RETRY_MS = 5_000;

/** @param {unknown} error */
const trouble = (error) => console.warn('Hubbub: this page could not do or keep something.', error);
const ofTab = (/** @type {string} */ key) => createSlot(() => sessionStorage, key, trouble);
const ofBrowser = (/** @type {string} */ key) => createSlot(() => localStorage, key, trouble);

let cancelRetry = () => {};
/** @type {ReturnType<typeof connect> | null} null until the address is known */
let chat = null;
/** @type {import('./ports/sign-in.js').SignIn | null} where people sign in; its tokens are for the configured server alone */
let signIn = null;
const people = createPeople(find(document, '.people', HTMLElement));
const spoken = find(document, '.announcements', HTMLElement);
const announcer = createAnnouncer({ clock, say: (words) => spoken.replaceChildren(words) });
const list = createMessageList({
  root: document,
  retry: (messageId) => chat?.room(ROOM).retry(messageId),
  discard: (messageId) => chat?.room(ROOM).discard(messageId),
});
const status = createLineStatus({ root: document, clock, tryNow });
const settings = createSettings({
  root: document,
  slot: ofBrowser('hubbub.settings'),
  addressChanged: open,
});
const composer = createComposer({
  root: document,
  room: ROOM,
  draft: ofTab(`hubbub.draft.${ROOM}`),
  say(text) {
    if (!chat || compose(text, ROOM).problem) return null;
    const said = chat.room(ROOM).say(text);
    said.then(list.toBottom, (error) => {
      trouble(error);
      spoken.replaceChildren(NOT_SENT);
    });
    return said;
  },
});

/** @param {string} url @param {string} [user] whoever signed in, empty while nobody has; absent for guests */
function enter(url, user) {
  const credentials = user === undefined ? undefined : signIn?.credentials;
  const ports = { ...tabPorts({ url, user, trouble }), ...(credentials && { credentials }) };
  chat = connect({ url, rooms: [ROOM], ...(user === undefined ? {} : { user }), ports });
  const room = chat.room(ROOM);
  const showPeople = () => chat && people.show(chat.me(), room.count());
  chat.on('status', (state) => {
    status.changed(state);
    showPeople();
  });
  chat.on('trouble', trouble);
  room.on('changes', (changes) => {
    list.apply(changes);
  });
  room.on('presence', showPeople);
  room.on('arrived', (item) => {
    list.arrived();
    announcer.heard(shownNickname(item.nickname));
  });
  look();
}

async function leave() {
  const left = chat;
  chat = null;
  if (!left) return;
  list.apply(
    left
      .room(ROOM)
      .items()
      .map(({ messageId }) => ({ kind: 'remove', key: messageId })),
  );
  await left.close();
}

async function openAsConfigured() {
  cancelRetry();
  await leave();
  const typed = settings.address();
  const config = typed === null ? await readConfig() : { websocket: typed, signIn: null };
  if (config.signIn) signIn ??= createSignIn({ config: config.signIn, trouble });
  const user = config.signIn ? ((await signIn?.user()) ?? '') : undefined;
  settings.using(config.websocket);
  enter(config.websocket, user);
}

function open() {
  openAsConfigured().catch((error) => {
    status.trouble(`${error instanceof Error ? error.message : error} Trying again soon.`);
    cancelRetry = clock.after(CONFIG_RETRY_MS, open);
  });
}

function tryNow() {
  if (!chat) open();
  else if (chat.status().state === 'signed-out') signIn?.signIn();
  else if (chat.status().state === 'replaced') chat.useHere();
  else chat.tryNow();
}

function look() {
  chat?.visible(document.visibilityState === 'visible');
}

watchSurroundings({
  returned: () => chat?.wake(),
  networkLost: () => chat?.distrust(),
  signal: new AbortController().signal,
});
document.addEventListener('visibilitychange', look);
open();
if (matchMedia('(hover: hover)').matches) composer.focus();
