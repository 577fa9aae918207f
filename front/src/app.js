// @ts-check
// The page put together: settings, words, and a session with the server that they name.
import { checkAddress } from './core/address.js';
import { learn, speak } from './language.js';
import { linkHere } from './navigation.js';
import { clock } from './ports/clock.js';
import { readConfig } from './ports/config.js';
import { NotKept } from './ports/not-kept.js';
import { createLocalSlot } from './ports/slot.js';
import { watchSurroundings } from './ports/surroundings.js';
import { findSharing } from './ports/tabs.js';
import { takeOver } from './ports/take-over.js';
import { startSession } from './session.js';
import { createDialogFetcher, fetchDialogs } from './ui/dialog-fetcher.js';
import { createDrawers } from './ui/drawers.js';
import { find } from './ui/element.js';
import { createLineStatus } from './ui/line-status.js';
import { createNotice } from './ui/notice.js';
import { createSettings, readSettings } from './ui/settings.js';

const CONFIG_RETRY_MS = 5_000;

/** What this browser has failed to keep. @type {Set<import('./ports/not-kept.js').Lost>} */
const lost = new Set();

/** @param {unknown} error */
function trouble(error) {
  const isNotKept = error instanceof NotKept;
  // Each key stroke may fail to be kept.
  if (isNotKept && lost.has(error.what)) return;
  console.warn('Hubbub: this page could not do or keep something.', error);
  if (!isNotKept) return;
  lost.add(error.what);
  sayLost();
}

const ofBrowser = (/** @type {string} */ key) => createLocalSlot(key, trouble);

const kept = ofBrowser('hubbub.settings');

find(document, '.skip', HTMLElement).addEventListener('click', (event) => {
  // The address names the room; a fragment of its own would leave it.
  event.preventDefault();
  document.getElementById('message')?.focus();
});

let cancelRetry = () => {};
const sharing = findSharing(trouble);
/** @type {ReturnType<typeof startSession> | null} null until the address is known */
let session = null;
/** @type {Promise<void> | undefined} the end of the session before */
let leaving;
let attempts = 0;
const notice = createNotice({ root: document, clock });
const drawers = createDrawers({ root: document });
const settingsKept = readSettings(kept.read());
let spoken = speakAs(settingsKept, await learn(settingsKept.language, trouble));
/** @type {import('./ports/sign-in.js').SignIn | null} where people sign in; its tokens are for the configured server alone */
let signIn = null;

/** What has words of its own, whatever session there is. @param {import('./ui/settings.js').Settings} chosen @param {import('./language.js').Tongue} tongue */
function speakAs(chosen, tongue) {
  speak(tongue);
  const { language, words, locale } = tongue;
  const life = new AbortController();
  const common = { root: document, signal: life.signal };
  const line = createLineStatus({ ...common, clock, words: words.line, act });
  const dialogs = createDialogFetcher({
    language,
    failed(error) {
      trouble(error);
      notice.say(words.shell.notFetched);
    },
  });
  const settings = createSettings({
    ...common,
    dialogs,
    settings: chosen,
    keep: kept.write,
    addressChanged: open,
    languageChanged: () => void changeLanguage().catch(trouble),
    notify: {
      isOn: () => session?.notifying.isOn() ?? false,
      turn: async (on) => (await session?.notifying.turn(on)) ?? false,
    },
  });
  return { words, locale, line, dialogs, settings, end: () => life.abort() };
}

/** Not by a reload: whoever signed in would go to the issuer and back. */
async function changeLanguage() {
  const { language } = spoken.settings.now();
  const tongue = await learn(language, trouble);
  const chosen = spoken.settings.now();
  // Another may have been chosen meanwhile.
  if (chosen.language !== language) return;
  if (tongue.isWanted) {
    spoken.end();
    spoken = speakAs(chosen, tongue);
  } else notice.say(spoken.words.shell.noLanguage);
  // The address may be another as well.
  open();
}

/** Once there is a page to lose it with. */
function sayLost() {
  if (!session || lost.size === 0) return;
  const { words, locale } = spoken;
  const { name, drafts, settings, unsent } = words.shell.lost;
  const things = [
    // Who signs in has a name elsewhere.
    ...(lost.has('local') ? [...(signIn ? [] : [name]), drafts, settings] : []),
    ...(lost.has('unsent') ? [unsent] : []),
  ];
  notice.say(words.shell.notKept(new Intl.ListFormat(locale).format(things)));
}

/** What config.json says. Guests go where it said last while it cannot be read: one writes on. */
async function configured() {
  const known = ofBrowser('hubbub.configured');
  try {
    const config = await readConfig();
    known.write(config.signIn ? null : config.websocket);
    return config;
  } catch (error) {
    const checked = checkAddress(String(known.read() ?? ''));
    if ('why' in checked) throw error;
    trouble(error);
    return { websocket: checked.url, signIn: null };
  }
}

/** @param {() => boolean} isWanted whether it is still this one that shall open */
async function openAsConfigured(isWanted) {
  cancelRetry();
  if (session) leaving = session.leave();
  session = null;
  await leaving;
  const typed = spoken.settings.now().address;
  const config = typed === null ? await configured() : { websocket: typed, signIn: null };
  if (!isWanted()) return;
  if (config.signIn) {
    // Guests need none of it, and a first load is small.
    const { createSignIn } = await import('./ports/sign-in.js');
    if (!isWanted()) return;
    signIn ??= createSignIn({
      ...{ config: config.signIn, trouble },
      says: (says) => spoken.line.signInSays(says),
      signedOut: open,
      link: linkHere,
    });
    spoken.settings.offersSignOut(signIn.signOut);
  }
  const url = config.websocket;
  spoken.settings.using(url);
  // Empty while nobody has signed in; absent for guests.
  const account = config.signIn ? ((await signIn?.user()) ?? '') : undefined;
  if (account) await takeOver({ url, user: account, trouble });
  const how = await sharing;
  if (!isWanted()) return;
  session = startSession({
    url,
    credentials: config.signIn ? signIn?.credentials : undefined,
    account,
    sharing: how,
    dialogs: spoken.dialogs,
    words: spoken.words,
    locale: spoken.locale,
    trouble,
    ofBrowser,
    say: notice.say,
    unsay: notice.hide,
    signIn: act,
    status(status) {
      spoken.line.changed(status);
      // Once people can chat: a dialog then opens without a wait, and without a line.
      if (status.state === 'live') fetchDialogs().catch(trouble);
    },
    switched: drawers.close,
  });
  sayLost();
}

function open() {
  attempts += 1;
  const mine = attempts;
  const isWanted = () => mine === attempts;
  openAsConfigured(isWanted).catch((error) => {
    trouble(error);
    if (!isWanted()) return;
    spoken.line.trouble(spoken.words.line.noConfig);
    cancelRetry = clock.after(CONFIG_RETRY_MS, open);
  });
}

/** What the banner's button does, whatever it says. */
function act() {
  const state = session?.chat.status().state;
  if (!session) open();
  else if (state === 'signed-out') signIn?.signIn();
  else if (state === 'replaced') session.chat.useHere();
  else session.chat.tryNow();
}

watchSurroundings({
  returned: () => session?.chat.wake(),
  networkLost: () => session?.chat.distrust(),
  signal: new AbortController().signal,
});
open();
