// @ts-check
// Makes elements from plain values; strings become text nodes, so nothing said can become markup.

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag @param {Record<string, string>} [attributes] @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/**
 * @template {Element} Kind
 * @param {ParentNode} root @param {string} selector @param {new () => Kind} kind
 * @returns {Kind} throws when the page lacks it: then the page and its script are of different versions
 */
export function find(root, selector, kind) {
  const node = root.querySelector(selector);
  if (!(node instanceof kind)) throw new Error(`The page has no ${selector}.`);
  return node;
}
