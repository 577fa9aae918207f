// One sound frame of every action, with every field that it can have: where fuzzing starts from.

const ID = '019b78f6-1a40-7c3e-9d52-6f0e8b1a7c45';
const USER = 'u_somebody';

export const EVERY_ACTION: Record<string, Record<string, unknown>> = {
  hello: {
    ...{ v: 1, clientId: 'client-1', epoch: 1, secret: 's'.repeat(43) },
    ...{ nickname: 'Ada', rooms: ['lobby', 'tea'] },
  },
  sendmessage: { messageId: ID, room: 'lobby', message: 'hello' },
  history: { room: 'lobby', ranges: [[1, 2]], limit: 10, n: 1 },
  ping: { n: 1 },
  join: { room: 'tea', create: true, visibility: 'public', follow: false },
  leave: { room: 'tea' },
  invite: { room: 'tea', userId: USER },
  remove: { room: 'tea', userId: USER },
  rooms: { prefix: 'te', after: 'tea' },
  members: { room: 'lobby' },
  typing: { room: 'lobby', on: true },
  nickname: { nickname: 'Grace' },
};

/** What other people's code trips over, as names and as values. */
export const HOSTILE: readonly unknown[] = [
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype', 'valueOf', 'then'],
  ...[
    '',
    ' ',
    '\u0000',
    '\u202eevil',
    '\ud800',
    '👩‍👩‍👧‍👦'.repeat(3_000),
    'x'.repeat(10_000),
    '../../etc',
  ],
  ...[
    'dm:',
    'dm:a',
    'dm:a:a',
    'dm:b:a',
    'dm:a:b:c',
    'room:lobby',
    'lobby#0',
    'u_a#c1=',
    '$connect',
  ],
  ...[
    'true',
    'null',
    '1',
    '<img src=x onerror=alert(1)>',
    "' OR 1=1 --",
    '#{x}',
    '{{x}}',
    '$.detail',
  ],
  ...[0, -1, 1.5, 2 ** 53, -0, 1e308, true, false, [], [[]], [null], ['lobby', 7], {}, { S: 'x' }],
  ...[{ toString: 'x' }, { length: 5 }, [[1, 2, 3]], [[2, 1]], Array(100).fill('lobby'), null],
];
