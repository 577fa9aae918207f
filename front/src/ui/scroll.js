// @ts-check
// Keeps the reader's place: at the bottom the newest stays in view, further up nothing moves.

const NEAR_PX = 100;
/** So many rows are remembered: the first of them may go with the change itself. */
const ANCHORS = 12;

/**
 * @param {HTMLElement} log what scrolls @param {HTMLElement} list its rows
 * @returns {number} the index of the first row in view, by halving, as all are in order; their number where none is
 */
export function firstInView(log, list) {
  const { top } = log.getBoundingClientRect();
  const rows = list.children;
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.getBoundingClientRect().bottom ?? 0) > top) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * @param {{ log: HTMLElement, list: HTMLElement, isWhole: () => boolean, moved: () => void, signal: AbortSignal }} options
 *   log: what scrolls; list: its rows; isWhole: whether the newest has a row; moved: the reader did
 */
export function createScroll({ log, list, isWhole, moved, signal }) {
  let sticking = true;
  /** Where the reader was last. @type {{ node: Element, top: number }[]} */
  let place = [];

  const distance = () => log.scrollHeight - log.clientHeight - log.scrollTop;

  function down() {
    sticking = true;
    log.scrollTop = log.scrollHeight;
  }

  /** What of a row stays where it is when a day or a name comes above it. @param {Element} row */
  const held = (row) => row.querySelector('.text') ?? row;

  const topOf = (/** @type {Element} */ node) => node.getBoundingClientRect().top;

  /** @returns {{ node: Element, top: number }[]} of the rows in view, from the first */
  function anchors() {
    const top = topOf(log);
    const first = firstInView(log, list);
    return Array.from({ length: ANCHORS }, (_, n) => list.children[first + n]).flatMap((row) => {
      const node = row && held(row);
      return node ? [{ node, top: topOf(node) - top }] : [];
    });
  }

  function goBack() {
    const anchor = place.find(({ node }) => node.isConnected);
    const shift = anchor ? topOf(anchor.node) - topOf(log) - anchor.top : 0;
    if (shift !== 0) log.scrollBy(0, shift);
  }

  function scrolled() {
    sticking = isWhole() && distance() <= NEAR_PX;
    place = sticking ? [] : anchors();
    moved();
  }

  log.addEventListener('scroll', scrolled, { signal, passive: true });
  // The composer grows, a keyboard opens, the window is turned: the newest stays in view, or what was read does.
  const resized = new ResizeObserver(() => (sticking ? down() : goBack()));
  resized.observe(log);
  signal.addEventListener('abort', () => resized.disconnect());

  return {
    /** From now on the newest is followed; `keepPlace` goes there. */
    stick() {
      sticking = true;
    },
    sticking: () => sticking,
    nearTop: () => log.scrollTop < log.clientHeight,
    nearBottom: () => distance() < log.clientHeight,
    /** @param {() => void} change what happens to the rows; the layout is read once before it and once after */
    keepPlace(change) {
      if (sticking) {
        change();
        down();
        return;
      }
      place = anchors();
      change();
      goBack();
    },
  };
}
