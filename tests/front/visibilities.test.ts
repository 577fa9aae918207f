// Proves what is known of a room's being private: what a join has told, kept for the next visit, and nothing that storage made up.
import { expect, test } from '@jest/globals';
import { readFrame } from '../../front/src/core/frame.js';
import { createVisibilities } from '../../front/src/core/visibilities.js';
import { createMemoryKeep } from '../../front/src/ports/memory.js';

const joined = (room: string, visibility: 'public' | 'private') => ({
  ...{ type: 'joined' as const, room, head: 0, visibility },
});

test('what a join tells is known at the next visit, until the room is left', () => {
  const keep = createMemoryKeep();
  const first = createVisibilities(keep);
  first.hear(joined('den', 'private'));
  first.hear(joined('tea', 'public'));
  const next = createVisibilities(keep);
  expect(['den', 'tea', 'lobby'].map(next.of)).toEqual(['private', 'public', null]);
  next.forget('den');
  expect(createVisibilities(keep).of('den')).toBeNull();
  expect(createVisibilities(keep).of('tea')).toBe('public');
});

test('two tabs lose nothing that the other has kept', () => {
  const keep = createMemoryKeep();
  const [one, other] = [createVisibilities(keep), createVisibilities(keep)];
  one.hear(joined('den', 'private'));
  other.hear(joined('tea', 'public'));
  expect(['den', 'tea'].map(createVisibilities(keep).of)).toEqual(['private', 'public']);
});

test.each([null, 'x', 7, [], { den: 'secret' }, { den: { toString: 1 } }])(
  'of %j in the storage nothing is believed',
  (kept) => {
    const keep = createMemoryKeep();
    keep.write('visibilities', kept);
    expect(createVisibilities(keep).of('den')).toBeNull();
  },
);

test.each([
  [{ visibility: 'private' }, 'private'],
  [{ visibility: 'secret' }, undefined],
  [{}, undefined],
])('a join that says %j tells %j', (said, told) => {
  const frame = readFrame(JSON.stringify({ type: 'joined', room: 'den', head: 1, ...said }));
  expect(frame).toMatchObject({ type: 'joined', head: 1 });
  expect(frame && 'visibility' in frame ? frame.visibility : undefined).toBe(told);
});
