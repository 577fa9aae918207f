// @ts-check
// What is beside the conversation where there is room, and before it where there is not: the side, and the people.
import { find } from './element.js';

/** Narrower, the two are drawers: as frame.css has it. */
const NARROW = { side: '(width < 48rem)', people: '(width < 72rem)' };

/** A dialog that closes gives the focus back to where it was: in a drawer that is gone by then. @param {HTMLElement} heir */
function giveFocus(heir) {
  const dialog = document.querySelector('dialog[open]');
  if (dialog) dialog.addEventListener('close', () => heir.focus(), { once: true });
  else heir.focus();
}

/**
 * @param {{ root: ParentNode }} options
 * @returns {{ close(): void }} close: whatever lies over the conversation
 */
export function createDrawers({ root }) {
  const app = find(root, '.app', HTMLElement);
  const main = find(root, '.conversation', HTMLElement);

  /** @param {'side' | 'people'} name @param {HTMLElement} panel @param {HTMLButtonElement} button */
  function createDrawer(name, panel, button) {
    const narrow = matchMedia(NARROW[name]);
    let isOpen = !narrow.matches;

    function show() {
      app.dataset[name] = isOpen ? 'open' : 'closed';
      button.setAttribute('aria-expanded', String(isOpen));
      panel.inert = !isOpen;
    }

    /** @param {boolean} next */
    function turn(next) {
      if (next === isOpen) return;
      const hadFocus = panel.contains(document.activeElement);
      isOpen = next;
      show();
      main.inert = isOpen && narrow.matches;
      if (isOpen && narrow.matches) panel.querySelector('button')?.focus();
      else if (hadFocus || narrow.matches) giveFocus(button);
    }

    button.addEventListener('click', () => turn(!isOpen));
    find(panel, '.close-drawer', HTMLButtonElement).addEventListener('click', () => turn(false));
    narrow.addEventListener('change', () => {
      isOpen = !narrow.matches;
      main.inert = false;
      show();
    });
    show();
    return {
      panel,
      close: () => narrow.matches && turn(false),
      covers: () => isOpen && narrow.matches,
    };
  }

  const drawers = [
    createDrawer(
      'side',
      find(root, '.side', HTMLElement),
      find(root, '.open-side', HTMLButtonElement),
    ),
    createDrawer(
      'people',
      find(root, '.people-panel', HTMLElement),
      find(root, '.open-people', HTMLButtonElement),
    ),
  ];

  const close = () => {
    for (const drawer of drawers) drawer.close();
  };
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || document.querySelector('dialog[open]')) return;
    if (drawers.some((drawer) => drawer.covers())) close();
  });
  // A press beside an open drawer, where the conversation shows through, closes it.
  app.addEventListener('pointerdown', ({ target }) => {
    if (!(target instanceof Node)) return;
    if (drawers.every((drawer) => !drawer.covers() || !drawer.panel.contains(target))) close();
  });
  return { close };
}
