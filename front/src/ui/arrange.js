// @ts-check
// Puts the nodes of a list into another order, moving only those that stand wrong, and keeps the focus where it was.

/**
 * @param {HTMLElement} list what else stands in it comes after the nodes
 * @param {readonly HTMLElement[]} nodes in the order to show them; from another list they are taken over
 */
export function arrange(list, nodes) {
  const focused = document.activeElement;
  let next = list.firstChild;
  for (const node of nodes) {
    if (node === next) next = next.nextSibling;
    else list.insertBefore(node, next);
  }
  // A node that is moved loses the focus.
  if (focused instanceof HTMLElement && list.contains(focused)) focused.focus();
}
