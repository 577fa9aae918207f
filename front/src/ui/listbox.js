// @ts-check
// A list of options over a field that keeps the focus: one of them is chosen, and the field says which.

const MOVES = new Map([
  ['ArrowDown', 1],
  ['ArrowUp', -1],
]);

/** @param {{ field: HTMLElement, list: HTMLElement, took: (at: number) => void, signal: AbortSignal }} options took: by mouse or tap */
export function createListbox({ field, list, took, signal }) {
  let active = 0;

  function mark() {
    for (const [at, row] of [...list.children].entries())
      row.setAttribute('aria-selected', String(at === active));
    const chosen = list.children[active];
    if (chosen) field.setAttribute('aria-activedescendant', chosen.id);
    chosen?.scrollIntoView({ block: 'nearest' });
  }

  // The field must not lose the focus to a tap.
  list.addEventListener('pointerdown', (event) => event.preventDefault(), { signal });
  list.addEventListener(
    'click',
    ({ target }) => {
      const rows = [...list.children];
      const at = rows.findIndex((row) => target instanceof Node && row.contains(target));
      if (at >= 0) took(at);
    },
    { signal },
  );

  return {
    /** @param {string} label @param {HTMLElement[]} rows with ids; the first is chosen */
    show(label, rows) {
      active = 0;
      for (const row of rows) row.setAttribute('role', 'option');
      list.setAttribute('aria-label', label);
      list.replaceChildren(...rows);
      list.hidden = false;
      field.setAttribute('aria-controls', list.id);
      mark();
    },
    hide() {
      list.hidden = true;
      list.replaceChildren();
      field.removeAttribute('aria-activedescendant');
      field.removeAttribute('aria-controls');
    },
    active: () => active,
    /** @param {string} key @returns {boolean} whether it moves the choice */
    moves(key) {
      const count = list.children.length;
      const move = MOVES.get(key);
      if (!move || count === 0) return false;
      active = (active + move + count) % count;
      mark();
      return true;
    },
  };
}
