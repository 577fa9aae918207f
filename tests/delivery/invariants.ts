// The promises, as judgements of one state: what is stored, and everything anybody was ever shown.
import type { Call } from './script.ts';
import type { Fact, State } from './search.ts';
import { type Item, number, rows } from './tables-model.ts';

/** What a call to the broadcast function or to the dead-letter queue makes known. */
export function heard({ service, input }: Call): Fact {
  if (service === 'sqs') return { kind: 'dead letter' };
  const { topic, seq, message, error } = JSON.parse(String(input.Payload));
  if (error) return { kind: 'error', topic, ...error };
  const { messageId, userId, nickname, text, sentAt } = message;
  return { kind: 'frame', topic, seq: Number(seq), messageId, userId, nickname, text, sentAt };
}

function insist(condition: boolean, promise: string): void {
  if (!condition) throw new Error(promise);
}

/** What stands in the table, in the words of who is shown it. */
const shown = (item: Item): Fact => ({
  kind: 'stored',
  seq: number(item.seq),
  ...(item.void
    ? { void: true }
    : Object.fromEntries(
        ['messageId', 'userId', 'nickname', 'text', 'sentAt'].map((field) => [
          field,
          Object.values(item[field] ?? { S: '' })[0],
        ]),
      )),
});

const stored = ({ tables }: State): Fact[] =>
  rows(tables, 'Messages')
    .filter(({ seq }) => number(seq) > 0)
    .map(shown);
const key = ({ seq, messageId, userId, nickname, text, sentAt, void: isVoid }: Fact) =>
  JSON.stringify([seq, isVoid ?? false, messageId, userId, nickname, text, sentAt]);
const told = ({ facts }: State) => facts.filter(({ kind }) => kind === 'frame' || kind === 'shown');

/** I2, I3, I4 and I11: must hold after every single call. */
export function always(state: State): void {
  const items = stored(state);
  const ids = items.flatMap(({ userId, messageId }) =>
    messageId ? [`${userId}/${messageId}`] : [],
  );
  insist(new Set(ids).size === ids.length, 'I2: no messageId is stored twice');
  const head = number(state.tables['Messages/"r"/"0"']?.head);
  insist(
    items.every(({ seq }) => Number(seq) <= head),
    'I4: nothing stands above the head',
  );
  const now = new Set(items.map(key));
  insist(
    told(state).every((fact) => now.has(key(fact))),
    'I11: what anybody was told is what is stored, now and for ever',
  );
  const frames = state.facts.filter(({ kind }) => kind === 'frame');
  for (const { userId, messageId } of frames) {
    const seqs = frames.filter((one) => one.messageId === messageId && one.userId === userId);
    insist(
      new Set(seqs.map(key)).size === 1,
      'I11: a repeated messageId gets the identical answer',
    );
  }
}

/** I1 and I10: a message whose resend ran to its end is stored and its sender told. */
export function kept(state: State, messageId = 'm1', userId = 'ann'): void {
  const mine = (fact: Fact) => fact.messageId === messageId && fact.userId === userId;
  insist(stored(state).some(mine), 'I1: what was sent is stored');
  insist(
    state.facts.some((fact) => fact.kind === 'frame' && mine(fact)),
    'I10: its sender was told',
  );
}

/** I4: this reader was told every number up to the head that it found, though who drew the last of them may have crashed. */
export function readInFull(state: State, name: string): void {
  const value = state.ended[name]?.value;
  const facts: Fact[] = Array.isArray(value) ? value : [];
  const seqs = new Set(facts.flatMap(({ kind, seq }) => (kind === 'shown' ? [Number(seq)] : [])));
  const head = Number(facts.find(({ kind }) => kind === 'head')?.seq);
  insist(head >= seqs.size, 'I4: nothing is told above the head');
  for (let seq = 1; seq <= head; seq += 1)
    insist(seqs.has(seq), 'I4: a reader is told every number up to the head');
}

/** I3: of two sets of words under one messageId one is stored; the other's sender, and nobody else, is told so. */
export function reuseIsTold(state: State): void {
  const errors = state.facts.filter(({ kind }) => kind === 'error');
  insist(stored(state).length > 0, 'I1: one of the two is stored');
  insist(errors.length === 1, 'I3: the other is refused');
  for (const { topic, code } of errors)
    insist(topic === 'user:ann' && code === 'MessageIdReused', 'I3: its sender alone is told');
}
