// Proves that a room reads the same whatever the order of arrival: by seq, once each, unsent ones last.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Change, createTimeline, type Item } from '../../front/src/core/timeline.js';

const NOON = new Date(2026, 10, 21, 12).getTime();
const MINUTE = 60_000;

function sent(seq: number, over: Partial<Item> = {}): Item & { seq: number } {
  const at = over.at ?? NOON + seq * 1_000;
  const who = { userId: 'u1', nickname: 'maré', own: false, text: `text ${seq}` };
  const times = { at, localAt: at, position: 0 };
  return {
    messageId: `m${seq}`,
    room: 'lobby',
    state: 'sent',
    reason: null,
    ...who,
    ...times,
    ...over,
    seq,
  };
}

function unsent(messageId: string, over: Partial<Item> = {}): Item {
  const pending = { ...sent(0), messageId, state: 'pending' as const, own: true, userId: '' };
  return { ...pending, localAt: NOON, position: over.localAt ?? NOON, ...over, seq: null };
}

/** The list as a page would have it after these changes. */
function screen() {
  const rows: string[] = [];
  const marks = new Map<string, string>();
  return {
    rows,
    marks,
    apply(changes: Change[]) {
      for (const change of changes) {
        const id = change.key;
        if (rows.includes(id)) rows.splice(rows.indexOf(id), 1);
        if (change.kind === 'remove') continue;
        const at = change.before ? rows.indexOf(change.before) : rows.length;
        expect(at).toBeGreaterThanOrEqual(0);
        rows.splice(at, 0, id);
        marks.set(id, change.opensDay ? 'day' : change.opensGroup ? 'group' : '');
      }
    },
  };
}

describe('the timeline', () => {
  test('shows any arrival order by seq, once each, and its changes alone rebuild it', () => {
    const arrivals = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 60 });
    fc.assert(
      fc.property(arrivals, (seqs) => {
        const timeline = createTimeline();
        const view = screen();
        view.apply(timeline.write(unsent('mine')));
        for (const seq of seqs) view.apply(timeline.hear(sent(seq)));
        const expected = [...new Set(seqs)].toSorted((a, b) => a - b).map((seq) => `m${seq}`);
        expect(view.rows).toEqual([...expected, 'mine']);
        expect(timeline.items().map((item) => item.messageId)).toEqual(view.rows);
      }),
    );
  });

  test('marks days and groups alike, however the messages arrived', () => {
    const all = [
      sent(1, { at: NOON - 24 * 60 * MINUTE }),
      sent(2, { at: NOON }),
      sent(3, { at: NOON + 5 * MINUTE }),
      sent(4, { at: NOON + 11 * MINUTE }),
      sent(5, { at: NOON + 12 * MINUTE, userId: 'u2' }),
    ];
    const expected = { m1: 'day', m2: 'day', m3: '', m4: 'group', m5: 'group' };
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: 5 }), (arrivals) => {
        const timeline = createTimeline();
        const view = screen();
        for (const item of arrivals) view.apply(timeline.hear(item));
        expect(Object.fromEntries(view.marks)).toEqual(expected);
      }),
    );
  });

  test('a stored message takes the place of its own pending one', () => {
    const timeline = createTimeline();
    timeline.write(unsent('mine'));
    timeline.write(unsent('later', { localAt: NOON + 1 }));
    const changes = timeline.hear({ ...sent(1), messageId: 'mine', own: true });
    expect(changes[0]).toMatchObject({ kind: 'place', item: { messageId: 'later' } });
    expect(timeline.items().map((item) => [item.messageId, item.state])).toEqual([
      ['mine', 'sent'],
      ['later', 'pending'],
    ]);
  });

  test('a failed message keeps its place among the unsent', () => {
    const timeline = createTimeline();
    timeline.write(unsent('a'));
    timeline.write(unsent('b', { localAt: NOON + 1 }));
    timeline.write(unsent('a', { state: 'failed', reason: 'no' }));
    expect(timeline.items().map((item) => item.messageId)).toEqual(['a', 'b']);
    timeline.write(unsent('a', { localAt: NOON + 2 }));
    expect(timeline.items().map((item) => item.messageId)).toEqual(['b', 'a']);
  });

  test('nothing unsends a stored message', () => {
    const timeline = createTimeline();
    timeline.hear(sent(1));
    expect(timeline.write(unsent('m1', { state: 'failed' }))).toEqual([]);
    expect(timeline.find('m1')?.state).toBe('sent');
  });

  test('lets go of all that is stored, and keeps what is unsent', () => {
    const timeline = createTimeline();
    const view = screen();
    for (let seq = 1; seq <= 5; seq += 1) view.apply(timeline.hear(sent(seq)));
    view.apply(timeline.write(unsent('mine')));
    expect(timeline.size()).toBe(5);
    view.apply(timeline.clear());
    expect(view.rows).toEqual(['mine']);
    expect(view.marks.get('mine')).toBe('group');
  });

  test('a discarded message leaves, and who followed is grouped anew', () => {
    const timeline = createTimeline();
    const view = screen();
    view.apply(timeline.write(unsent('a')));
    view.apply(timeline.write(unsent('b', { localAt: NOON + 1 })));
    expect(view.marks.get('b')).toBe('');
    view.apply(timeline.remove('a'));
    expect(view.rows).toEqual(['b']);
    expect(view.marks.get('b')).toBe('group');
  });
});
