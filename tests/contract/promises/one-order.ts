// Promise: one order for everybody, dense, and each sender's own kept.
import { describe, expect, test } from '@jest/globals';
import { type Client, join } from '../client.ts';
import type { Stage } from '../promises.ts';
import { storedSeqs } from '../stored.ts';

const SENDERS = 5;
const EACH = 20;

export function oneOrder({ chat, aws, copies, tables }: Stage): void {
  describe('with five who speak at once', () => {
    test('everybody shows the same order, and each sender in the order of writing', async () => {
      const url = chat().websocket;
      const speakers = await Promise.all(Array.from({ length: SENDERS }, () => join(url)));
      const listener = await join(url);
      const said = await Promise.all(speakers.map(saysAll));
      const expected = said.flat().toSorted();
      const everybody = [...speakers, listener];
      for (const id of expected) await Promise.all(everybody.map((client) => client.hears(id)));

      const [shown = [], ...others] = everybody.map(screenOf);
      expect(shown.map(({ messageId }) => messageId).toSorted()).toEqual(expected);
      for (const other of others) expect(other).toEqual(shown);
      for (const own of said) {
        const places = own.map((id) => shown.findIndex(({ messageId }) => messageId === id));
        expect(places).toEqual(places.toSorted((a, b) => a - b));
      }

      const seqs = shown.map(({ seq }) => seq);
      // Copies that race draw numbers of their own, which end as tombstones.
      if (copies === 1) expect(seqs).toEqual(denseFrom(seqs[0] ?? 0, seqs.length));
      if (tables) {
        const stored = await storedSeqs(aws());
        expect(stored).toEqual(denseFrom(1, stored.length));
      }
    });
  });
}

const denseFrom = (first: number, length: number) => Array.from({ length }, (_, at) => first + at);

/** One message in flight, as the contract asks of a sender. */
async function saysAll(speaker: Client, number: number): Promise<string[]> {
  const said: string[] = [];
  for (let at = 0; at < EACH; at += 1) {
    const messageId = speaker.says(`Speaker ${number}, message ${at}`);
    await speaker.hears(messageId);
    said.push(messageId);
  }
  return said;
}

/** What a screen shows: by seq, each place once. */
function screenOf(client: Client): { seq: number; messageId: string }[] {
  const places = new Map(
    client.messages().map(({ seq, messageId }) => [`${seq} ${messageId}`, { seq, messageId }]),
  );
  return [...places.values()].toSorted((a, b) => a.seq - b.seq);
}
