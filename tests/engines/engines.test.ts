// Two people use the page in Firefox and in WebKitGTK: the same steps in each. Chromium's tests stand in tests/browser.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ar } from '../../front/src/words/ar.js';
import { en } from '../../front/src/words/en.js';
import { type Machine, startBuilt } from '../browser/machine.ts';
import { found, judgedBy } from '../judges.ts';
import { ENTER, type Engine } from './engine.ts';
import { startFirefox } from './firefox.ts';
import { type Person, person } from './person.ts';
import { startWebKit, webKitPrograms } from './webkit.ts';

/** Where each engine's last pictures are left. */
const PICTURES = process.env.ENGINE_PICTURES ?? join(tmpdir(), 'hubbub-engines');

/** .ci/run installs the engines by apt. */
const hasApt = found('apt-get').length > 0;

const [firefox] = [...found('firefox-esr'), ...found('firefox')];
judgedBy(
  ...(['Firefox', firefox, 'Firefox'] as const),
  (program) => steps(() => startFirefox(program), { takesNetwork: true }),
  hasApt,
);
judgedBy(
  ...(['WebKitGTK', webKitPrograms(found), 'WebKitGTK'] as const),
  (programs) => steps(() => startWebKit(programs), { takesNetwork: false }),
  hasApt,
);

/** One after the other, in one conversation. `takesNetwork`: whether the driver can take the network from a page. */
function steps(start: () => Promise<Engine>, { takesNetwork }: { takesNetwork: boolean }): void {
  let engine: Engine;
  let machine: Machine;
  let data: string;
  let ada: Person;
  let grace: Person;
  const both = (act: (who: Person) => Promise<void>) => Promise.all([ada, grace].map(act));
  /** What the lobby holds so far. */
  const said: string[] = [];
  const says = async (who: Person, text: string, read = text) => {
    await who.say(text);
    said.push(read);
    await both((reader) => reader.reads(...said));
  };

  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), 'hubbub-engines-data-'));
    [engine, machine] = await Promise.all([start(), startBuilt(['--data', data])]);
    process.stderr.write(`${engine.name}\n`);
    ada = person(await engine.tab());
    grace = person(await engine.tab());
  });
  afterAll(async () => {
    await engine?.end();
    await machine?.stop();
    await rm(data, { recursive: true, force: true });
  });

  async function picture({ tab }: Person, language: string) {
    await mkdir(PICTURES, { recursive: true });
    const file = join(PICTURES, `${engine.name.split(' ')[0]}-${language}.png`);
    await writeFile(file, await tab.screenshot());
  }

  test('two people chat: each reads every message once, in one order', async () => {
    await both((who) => who.connect(machine.page));
    await says(ada, 'Is anybody there?');
    await says(grace, 'Always: **here**', 'Always: here');
    await says(ada, 'مرحبًا بالجميع');
    const own = (who: Person) =>
      who.tab.run(() =>
        [...document.querySelectorAll('li.message')].map((row) => row.classList.contains('own')),
      );
    expect(await own(ada)).toEqual([true, false, true]);
    expect(await own(grace)).toEqual([false, true, false]);
  });

  test('a reload keeps the messages, who one is, and what one was writing', async () => {
    const names = await Promise.all([ada.nickname(), grace.nickname()]);
    await ada.tab.type('#message', 'Half a');
    await both((who) => who.reload());
    await both((who) => who.reads(...said));
    expect(await Promise.all([ada.nickname(), grace.nickname()])).toEqual(names);
    await ada.until(() => document.querySelector('textarea')?.value === 'Half a');
    await ada.tab.type('#message', ` thought${ENTER}`);
    said.push('Half a thought');
    await both((who) => who.reads(...said));
  });

  test('without a server, what one says waits, and arrives once when it is back', async () => {
    const { port } = new URL(machine.page);
    const { port: awsPort } = new URL(machine.aws);
    await machine.stop();
    await both((who) => who.line('down'));
    for (const text of ['Said into the void', 'And again']) {
      await ada.say(text);
      said.push(text);
      await ada.until((wanted) => {
        const last = [...document.querySelectorAll('li.message')].at(-1);
        const isWaiting = last?.getAttribute('data-state') === 'pending';
        return isWaiting && last?.querySelector('.text')?.textContent === wanted;
      }, text);
    }
    machine = await startBuilt(['--data', data, '--port', port, '--aws-port', awsPort]);
    await both((who) => who.line('live'));
    await both((who) => who.reads(...said));
    await says(grace, 'There you are');
  });

  if (takesNetwork)
    test('without a network, the same', async () => {
      await ada.tab.offline?.(true);
      await ada.line('down');
      expect(await ada.tab.run(() => navigator.onLine)).toBe(false);
      await ada.say('Out of the tunnel');
      said.push('Out of the tunnel');
      await ada.tab.offline?.(false);
      await ada.line('live');
      await both((who) => who.reads(...said));
    });

  test('a room that one makes, the other finds and joins', async () => {
    await ada.click('.create-room');
    // The first dialog may have to be fetched.
    await ada.click('dialog.create #create-room');
    await ada.tab.type('dialog.create #create-room', 'tea');
    await ada.click('dialog.create [type="submit"]');
    await ada.opened('#tea');
    await grace.click('.join-room');
    await grace.click('dialog.find .public-rooms button', '#tea');
    await grace.opened('#tea');
    await ada.say('Milk first?');
    await grace.reads('Milk first?');
    await grace.say('Never');
    await both((who) => who.reads('Milk first?', 'Never'));
    await ada.reload();
    await ada.opened('#tea');
    await ada.reads('Milk first?', 'Never');
    await both((who) => who.click('.rooms button', en.shell.lobby));
    await both((who) => who.reads(...said));
  });

  test('a direct message is begun at a name, counted, read and answered', async () => {
    const [me, name] = await Promise.all([ada.nickname(), grace.nickname()]);
    await ada.click('.people-panel button', name);
    await ada.opened(name);
    await ada.say('For you alone');
    await ada.reads('For you alone');
    await grace.until(() => document.querySelector('.directs .unread')?.textContent !== '');
    await grace.click('.directs button', me);
    await grace.opened(me);
    await grace.reads('For you alone');
    await grace.say('I tell nobody');
    await both((who) => who.reads('For you alone', 'I tell nobody'));
    await both((who) => who.click('.rooms button', en.shell.lobby));
    await both((who) => who.reads(...said));
  });

  test('Arabic is chosen in the settings, from right to left, kept over a reload, and English again', async () => {
    const page = () => {
      const middle = (selector: string) => {
        const box = document.querySelector(selector)?.getBoundingClientRect();
        return box ? box.left + box.width / 2 : Number.NaN;
      };
      return {
        lang: document.documentElement.lang,
        dir: document.documentElement.dir,
        isMirrored: middle('.side') > middle('.people-panel'),
        scrollsSideways: document.documentElement.scrollWidth > innerWidth,
        label: document.querySelector('.composer label')?.textContent,
        hasItsDigits: [...document.querySelectorAll('time')].every(({ textContent }) =>
          /^[^\p{Nd}]*[0-9]{2}:[0-9]{2}[^\p{Nd}]*$/u.test(textContent),
        ),
      };
    };
    const choose = async (language: string) => {
      await ada.click('.open-settings');
      await ada.until(() => document.querySelector('dialog[open] #language') !== null);
      // The list of a select belongs to the window system, where no driver reaches.
      await ada.tab.run((value) => {
        const select = document.querySelector<HTMLSelectElement>('#language');
        if (select) select.value = value;
      }, language);
      await ada.click('dialog[open] [type="submit"]');
      await ada.until((lang) => document.documentElement.lang === lang, language);
      await ada.line('live');
      await ada.reads(...said);
    };
    const shared = { scrollsSideways: false, hasItsDigits: true };
    const arabic = {
      ...{ ...shared, lang: 'ar', dir: 'rtl', isMirrored: true },
      label: ar.composer.label(ar.shell.theLobby),
    };
    await choose('ar');
    expect(await ada.tab.run(page)).toEqual(arabic);
    await says(ada, 'كيف الحال؟');
    await ada.reload();
    await ada.reads(...said);
    expect(await ada.tab.run(page)).toEqual(arabic);
    await picture(ada, 'ar');
    await choose('en');
    expect(await ada.tab.run(page)).toEqual({
      ...{ ...shared, lang: 'en', dir: 'ltr', isMirrored: false },
      label: en.composer.label(en.shell.theLobby),
    });
    await picture(ada, 'en');
  });

  test('no error and no breach of the policy came of all this', async () => {
    expect(await ada.tab.wrongs()).toEqual([]);
    expect(await grace.tab.wrongs()).toEqual([]);
  });

  test('an error and a breach of the policy would have been reported', async () => {
    await ada.tab.run(() => {
      console.error('An error');
      new Image().src = 'https://elsewhere.example/seen.png';
    });
    const end = Date.now() + 10_000;
    while ((await ada.tab.wrongs()).length < 2 && Date.now() < end) await pause(50);
    const wrongs = (await ada.tab.wrongs()).toSorted();
    expect(wrongs).toEqual(['An error', expect.stringMatching(/Content.Security.Policy.*img-src/)]);
  });
}
