// @ts-check
// English: every word the page shows or speaks, by view. What varies is a function of what varies.

export const en = {
  shell: {},
  timeline: {},
  composer: {},
  attention: {},
  people: {},
  line: {},
  settings: {},
};
