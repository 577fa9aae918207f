// The dead-letter queue, as the redrive tool reads it.

import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueUrlCommand,
  type Message,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { type DeadLetter, readDeadLetter } from './dead-letter.ts';

/** Letters that are taken are hidden from a second redrive for so long, unless they are shown again. */
const HIDDEN_S = 3_600;

const client = new SQSClient({});

export interface Taken {
  message: Message;
  /** Undefined where the body cannot be read. */
  letter: DeadLetter | undefined;
}

export interface DeadLetterQueue {
  name: string;
  /** Every letter that is visible now: the next look finds only what was put since. */
  takeAll(): Promise<Taken[]>;
  forget(taken: Taken): Promise<void>;
  showAgain(taken: Taken): Promise<void>;
}

/** The queue of a stage, as the shared stack names it. @throws Error in one line if there is no such stage in this Region. */
export async function openDeadLetterQueue(stage: string): Promise<DeadLetterQueue> {
  const name = `hubbub-${stage}-dead-letters`;
  const { QueueUrl } = await client
    .send(new GetQueueUrlCommand({ QueueName: name }))
    .catch(async (error: unknown) => {
      if (!(error instanceof QueueDoesNotExist)) throw error;
      const region = await client.config.region();
      throw new Error(`no such stage ${stage} in ${region}: it has no queue ${name}`);
    });
  return {
    name,
    async takeAll() {
      const taken: Taken[] = [];
      for (;;) {
        const { Messages = [] } = await client.send(
          new ReceiveMessageCommand({
            QueueUrl,
            MaxNumberOfMessages: 10,
            // A long poll asks every host that SQS spreads the queue over, so that none is overlooked.
            WaitTimeSeconds: 1,
            VisibilityTimeout: HIDDEN_S,
            MessageSystemAttributeNames: ['SentTimestamp'],
            MessageAttributeNames: ['ERROR_CODE'],
          }),
        );
        if (Messages.length === 0) return taken;
        for (const message of Messages) {
          const code = message.MessageAttributes?.ERROR_CODE?.StringValue;
          taken.push({ message, letter: readDeadLetter(message.Body ?? '', code) });
        }
      }
    },
    async forget({ message: { ReceiptHandle } }) {
      await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    },
    async showAgain({ message: { ReceiptHandle } }) {
      const VisibilityTimeout = 0;
      await client.send(
        new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }),
      );
    },
  };
}
