// What one event pattern match costs, in µs: `npx --no node bench/patterns.ts`
import { compile } from '../local/eventbridge/pattern.ts';

const event = {
  version: '0',
  id: '0198c3e6-0000-7000-8000-000000000000',
  'detail-type': 'MessageSent',
  source: 'chat.api',
  account: '000000000000',
  time: '2025-01-01T00:00:00Z',
  region: 'eu-west-1',
  resources: [],
  detail: {
    messageId: '0198c3e6-0000-7000-8000-000000000001',
    room: 'general',
    text: 'hello',
    tags: [
      { name: 'a', weight: 1 },
      { name: 'b', weight: 2 },
    ],
  },
};

const patterns = {
  'source and detail-type': { source: ['chat.api'], 'detail-type': ['MessageSent'] },
  'no match on the first field': { source: ['chat.api'], 'detail-type': ['PresenceChanged'] },
  'six operators': {
    source: [{ prefix: 'chat.' }],
    'detail-type': [{ 'equals-ignore-case': 'messagesent' }],
    detail: {
      room: [{ 'anything-but': { prefix: 'dm:' } }],
      messageId: [{ wildcard: '0198*7000*' }],
      text: [{ exists: true }],
      mark: [{ exists: false }],
    },
  },
  'one element of an array': { detail: { tags: { name: ['b'], weight: [{ numeric: ['>', 1] }] } } },
  $or: { $or: [{ source: ['nobody'] }, { detail: { room: ['general'] } }] },
};

const MATCHES = 1_000_000;
const ROUNDS = 5;

for (const [name, pattern] of Object.entries(patterns)) {
  const matches = compile(pattern);
  let matched = 0;
  const rounds = Array.from({ length: ROUNDS }, () => {
    const started = performance.now();
    for (let i = 0; i < MATCHES; i++) if (matches(event)) matched++;
    return ((performance.now() - started) * 1000) / MATCHES;
  }).sort((a, b) => a - b);
  const median = rounds[Math.floor(ROUNDS / 2)] ?? Number.NaN;
  const verdict = matched > 0 ? 'matches' : 'no match';
  console.log(`${median.toFixed(3).padStart(8)} µs  ${verdict.padEnd(9)} ${name}`);
}
