// after-grace: starts presence-change for connections that ended a grace ago. The queue delays its events for so long.

import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { env } from '../../shared/src/env.ts';

const sfn = new SFNClient({});
const stateMachineArn = env('PRESENCE_CHANGE');

/** SQS may deliver twice: the execution looks at the roster, so a second one finds nothing to tell. */
export const handler = middy(async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
  const failed = await Promise.all(Records.map(look));
  return { batchItemFailures: failed.flat() };
});

/** A record that fails comes again, and at last to the dead-letter queue, which `RedrivePolicy` counts for. */
async function look({
  messageId,
  body,
}: SQSRecord): Promise<SQSBatchResponse['batchItemFailures']> {
  try {
    const input = JSON.stringify({ ...(JSON.parse(body) as object), hasWaited: true });
    await sfn.send(new StartExecutionCommand({ stateMachineArn, input }));
    return [];
  } catch (error) {
    console.error({ message: 'presence was not looked at after the grace', messageId, error });
    return [{ itemIdentifier: messageId }];
  }
}
