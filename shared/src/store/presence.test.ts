// Leases as the state machine reads them: by their text, against times of Step Functions.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startAws, type TestAws } from '../../../tests/product/aws.ts';

let aws: TestAws;
let addPresence: typeof import('./presence.ts').addPresence;

beforeAll(async () => {
  aws = await startAws('HelloFunction');
  ({ addPresence } = await import('./presence.ts'));
});
afterAll(() => aws.stop());

type Query = Record<string, unknown> & { FilterExpression: string };

/** Every query of presence-change that asks who is in a room by now. */
function queries(): Query[] {
  const file = new URL('../../../workflows/statemachine/presence-change.asl.json', import.meta.url);
  const found: Query[] = [];
  JSON.parse(readFileSync(file, 'utf8'), (_, value: unknown) => {
    if (typeof value === 'object' && value !== null && 'FilterExpression' in value)
      found.push(value as Query);
    return value;
  });
  return found;
}

/** AWS documents ISO 8601 for `$$.State.EnteredTime`, and does not say whether a whole second ends in `.000`. */
test.each([
  ['with', (time: string) => time],
  ['without', (time: string) => time.replace('.000Z', 'Z')],
])(
  'a lease is over by a whole second %s milliseconds at most a second too early, and never too late',
  async (_, spelled) => {
    await addPresence(['den'], { userId: 'ada', connectionId: 'c1=', nickname: 'Ada' });
    const [row] = await aws.rows(aws.tables.connections);
    const second = Math.floor(Date.parse(row?.leaseUntil?.S ?? '') / 1000);
    const counts = async (query: Query, at: number) => {
      const now = spelled(new Date(at * 1000).toISOString());
      const values = { ':roster': { S: 'roster#den' }, ':user': { S: 'ada#' }, ':now': { S: now } };
      const { ExpressionAttributeValues: asked, ...rest } = query;
      const wanted = Object.entries(values).filter(([name]) => Object.hasOwn(Object(asked), name));
      const { Count } = await aws.call('Query', {
        ...rest,
        TableName: aws.tables.connections,
        ExpressionAttributeValues: Object.fromEntries(wanted),
      });
      return Count;
    };
    expect(queries().length).toBeGreaterThan(1);
    for (const query of queries()) {
      expect(query.FilterExpression).toBe('leaseUntil > :now');
      expect([await counts(query, second - 1), await counts(query, second + 1)]).toEqual([1, 0]);
    }
  },
);
