// @ts-check
// The composer's parts: the field with its label, the button, what is left to write, and where completions are offered.
import { element } from './element.js';

const SVG = 'http://www.w3.org/2000/svg';

function arrow() {
  const svg = document.createElementNS(SVG, 'svg');
  const path = document.createElementNS(SVG, 'path');
  for (const [name, value] of [
    ['viewBox', '0 0 20 20'],
    ['width', '20'],
    ['height', '20'],
    ['aria-hidden', 'true'],
  ])
    svg.setAttribute(name ?? '', value ?? '');
  path.setAttribute('d', 'M10 16V4m-5 5 5-5 5 5');
  svg.append(path);
  return svg;
}

/**
 * @param {HTMLElement} form emptied first
 * @param {string} title whom the message is for @param {import('../words/words.js').Catalogue['composer']} words
 * @param {boolean} hasKeys whether Enter sends
 */
export function buildComposer(form, title, words, hasKeys) {
  const field = element('textarea', {
    id: 'message',
    rows: '1',
    placeholder: words.form,
    autocomplete: 'off',
    enterkeyhint: hasKeys ? 'send' : 'enter',
    'aria-describedby': 'counter',
    'aria-autocomplete': 'list',
    'aria-haspopup': 'listbox',
  });
  const label = element('label', { for: 'message', class: 'hushed' }, words.label(title));
  const completions = element('ul', { class: 'completions', id: 'completions', role: 'listbox' });
  completions.hidden = true;
  const send = element(
    'button',
    {
      type: 'submit',
      class: 'send',
      'aria-label': words.send,
      title: hasKeys ? words.sendByKey : words.send,
    },
    arrow(),
  );
  const counter = element('span', { class: 'counter', id: 'counter' });
  // The counter changes with each key; only its problem is worth an interruption.
  const spoken = element('p', { class: 'hushed composer-problem', role: 'status' });
  form.setAttribute('aria-label', words.form);
  form.replaceChildren(
    element('div', { class: 'field' }, completions, label, field, send),
    element(
      'p',
      { class: 'below' },
      element('span', { class: 'hint' }, hasKeys ? words.hint : words.hintFingers),
      counter,
    ),
    spoken,
  );
  /** @param {string} next */
  const titled = (next) => {
    label.textContent = words.label(next);
  };
  return { field, send, counter, spoken, completions, titled };
}
