// The log: its columns, its levels, and the id that ties one message's lines together.
import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { createLog, type Hop, type Level, messageIdIn } from './log.ts';

const HOP: Hop = {
  ...{ service: 'bus', what: 'MessageSent → distribute', status: 'delivered' },
  ...{ ms: 1.26, messageId: 'm1' },
};

function written(level: Level, isTTY = false): string[] {
  const out = Object.assign(new PassThrough(), { isTTY });
  const log = createLog(level, out);
  log.hop(HOP);
  log.hop({ service: 'function', what: 'greet', failed: true, status: 'error' });
  log.detail('detail');
  log.say('say');
  log.warn('warn');
  return String(out.read()).trimEnd().split('\n');
}

test('a hop is one line: time, service, what, status, milliseconds, id, each in its column', () => {
  const [first = '', second = ''] = written('normal');
  expect(first).toMatch(
    /^\d\d:\d\d:\d\d\.\d{3} bus {7}MessageSent → distribute +delivered +1\.3 ms {2}m1$/,
  );
  expect(second).toMatch(/ function {2}greet +error$/);
  expect(first.indexOf('delivered')).toBe(second.indexOf('error'));
});

test.each<[Level, string[]]>([
  ['quiet', ['warn']],
  ['normal', ['say', 'warn']],
  ['verbose', ['detail', 'say', 'warn']],
])('%s shows its lines and no others', (level, lines) => {
  expect(written(level).slice(level === 'quiet' ? 0 : 2)).toEqual(lines);
});

test('only a terminal is painted', () => {
  expect(written('verbose').join('')).not.toContain('\x1b');
  expect(written('verbose', true)[1]).toContain('\x1b[31merror');
});

test.each([
  ['{"detail":{"messageId":"0198-a"}}', '0198-a'],
  ['{"messageId": {"S": "m_1"}}', 'm_1'],
  ['{"messageId":7}', undefined],
  ['{"messageId":"not an id"}', undefined],
  ['{"text":"no id"}', undefined],
  ['', undefined],
])('in %s the id is %s', (json, id) => {
  expect(messageIdIn(json)).toBe(id);
});
