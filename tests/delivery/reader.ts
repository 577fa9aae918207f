// A reader: history's own code for exact places, which fences what stayed empty, on the model's tables.
import { jest } from '@jest/globals';
import type { Aws } from '../../local/endpoint/aws.ts';
import type { MessageFrame } from '../../shared/src/protocol/frames.ts';
import type { Program } from './script.ts';
import type { Fact } from './search.ts';
import { type Item, number } from './tables-model.ts';

/** Whom the SDK's client calls. Scripts are probed one at a time, so one name is enough. */
let aws: Aws | undefined;

const sdk = await import('@aws-sdk/client-dynamodb');

class ModelClient {
  async send(command: { constructor: { name: string }; input: object }): Promise<unknown> {
    if (!aws) throw new Error('Nobody is reading');
    const action = command.constructor.name.replace(/Command$/, '');
    try {
      return await aws.call('dynamodb', action, { ...command.input });
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'ConditionalCheckFailedException')
        throw error;
      const { message } = error;
      throw new sdk.ConditionalCheckFailedException({ message, $metadata: {} });
    }
  }
}

process.env.MESSAGES_TABLE = 'Messages';
// Read when the module is loaded; no search asks of it.
process.env.CONNECTIONS_TABLE = 'Connections';
jest.unstable_mockModule('@aws-sdk/client-dynamodb', () => ({
  ...sdk,
  DynamoDBClient: ModelClient,
}));
const { readExactPlaces } = await import('../../api/src/history/exact-places.ts');

const shown = ({ seq, messageId, userId, nickname, message, timestamp }: MessageFrame): Fact => ({
  ...{ kind: 'shown', seq, messageId, userId, nickname, text: message, sentAt: timestamp },
});

/**
 * Asks for all of a room, as a client does that has nothing. The model's messages and heads are of 1970, so all of them
 * count as older than the 60 s after which holes are fenced: executions may be as late as they like.
 * `isCareless` plants a bug: the tombstone is put whatever is there.
 */
export function reader({ isCareless = false } = {}): Program {
  return async (given) => {
    aws = isCareless ? withoutConditions(given) : given;
    const Key: Item = { room: { S: 'r' }, seq: { N: '0' } };
    const { Item } = await given.call('dynamodb', 'GetItem', { TableName: 'Messages', Key });
    const row = Item as Item | undefined;
    const head = number(row?.head);
    if (head === 0) return [];
    const headAt = row?.headAt && 'S' in row.headAt ? row.headAt.S : undefined;
    const answer = await readExactPlaces('r', { ranges: [[1, head]], limit: 100, head, headAt });
    const voids = answer.void.map((seq): Fact => ({ kind: 'shown', seq, void: true }));
    return [{ kind: 'head', seq: head }, ...answer.items.map(shown), ...voids];
  };
}

const withoutConditions = (careful: Aws): Aws => ({
  call: (service, action, { ConditionExpression: _, ...input }) =>
    careful.call(service, action, input),
});
