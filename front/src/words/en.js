// @ts-check
// English: every word the page shows or speaks, by view. What varies is a function of what varies.
import { plural } from './plural.js';

export const en = {
  shell: {},
  timeline: {},
  composer: {},
  attention: {},
  people: {
    title: 'People',
    here: (/** @type {number} */ n) => plural('en', n, { other: '# here' }),
    online: 'Here now',
    away: 'Seen lately',
    isOnline: 'here',
    you: 'you',
    justSeen: 'seen just now',
    seen: (/** @type {string} */ ago) => `seen ${ago}`,
    crowd: 'Too many to name them all.',
    direct: 'Only the two of you read this.',
    writeTo: (/** @type {string} */ name) => `Write to ${name}`,
    /** @template T @param {T} one @returns {(T | string)[]} */
    typingOne: (one) => [one, ' is typing…'],
    /** @template T @param {T} one @param {T} other @returns {(T | string)[]} */
    typingTwo: (one, other) => [one, ' and ', other, ' are typing…'],
    typingMany: 'Several people are typing…',
    newMessageFrom: (/** @type {string} */ name) => `New message from ${name}`,
    newMessages: (/** @type {number} */ n) =>
      plural('en', n, { one: '# new message', other: '# new messages' }),
    nicknameTitle: 'Your nickname',
    nicknameLabel: 'Nickname',
    nicknameHelp: 'Everybody sees it next to what you write. You can change it at any time.',
    nicknameEmpty: 'Write a name first.',
    nicknameTooLong: 'A nickname has at most 32 characters.',
    nicknameUnseemly: 'This name holds a character that does not show.',
    /** @template T @param {T} name @returns {(T | string)[]} */
    nicknameTaken: (name) => ['“', name, '” belongs to somebody else.'],
    nicknameFailed: 'That did not work just now. Try again in a moment.',
    /** @template T @param {T} name @returns {(T | string)[]} */
    takeSuggestion: (name) => ['Take “', name, '”'],
    save: 'Save',
    cancel: 'Cancel',
  },
  line: {},
  settings: {},
};
