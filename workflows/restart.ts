// Restarting what a dead letter holds: a message through the state machine, whose end is waited for; any other event through the bus.

import { isIP } from 'node:net';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  paginateListStateMachines,
  SFNClient,
  StartSyncExecutionCommand,
} from '@aws-sdk/client-sfn';
import { type Envelope, NOTICE } from './dead-letter.ts';

const events = new EventBridgeClient({});
const sfn = new SFNClient({});
// The SDK asks `sync-<host>`, as AWS has it; an address has no names below it.
sfn.middlewareStack.add(
  (next) => (args) => {
    const { request } = args as { request: { hostname: string } };
    const host = request.hostname.replace(/^sync-/, '');
    if (isIP(host) !== 0 || host === 'localhost') request.hostname = host;
    return next(args);
  },
  { step: 'build', priority: 'high' },
);

/**
 * Of what only tells open connections: told late, a removal would take a room from somebody who is in it again. Every
 * connection has said hello since, or will within two hours, and `welcome` tells the same.
 */
const NOTICES = ['RoomJoined', 'RoomLeft', 'MemberInvited', 'MemberRemoved', 'NicknameChanged'];
/** Who came or went then says nothing of now: rosters and leases do, and clients ask where the counts of `pong` differ. */
const PRESENCE = ['ConnectionOpened', 'ConnectionClosed', 'ConnectionGone'];
export const OUTDATED = 'Outdated';

/** The name of why it failed again, or `OUTDATED`; undefined when it is done, or, for what goes through the bus, taken over. */
export type Restart = (event: Envelope) => Promise<string | undefined>;

/** @param stack what the names of bus and machine begin with: `hubbub-<stage>`. Throws if there is no such machine. */
export async function openRestart(stack: string): Promise<Restart> {
  const stateMachineArn = await arnOf(`${stack}-message-distribution`);
  return async (event) => {
    const isOutdated = [...NOTICES, ...PRESENCE].includes(event['detail-type']);
    if (event.source === NOTICE || isOutdated) return OUTDATED;
    return event['detail-type'] === 'MessageSent'
      ? distribute(stateMachineArn, event)
      : putBack(stack, event);
  };
}

async function arnOf(name: string): Promise<string> {
  for await (const { stateMachines = [] } of paginateListStateMachines({ client: sfn }, {})) {
    const found = stateMachines.find((machine) => machine.name === name)?.stateMachineArn;
    if (found !== undefined) return found;
  }
  throw new Error(`There is no state machine ${name}`);
}

/** `redrive` tells the machine to tell everybody, though the message may be stored already. */
async function distribute(stateMachineArn: string, event: Envelope): Promise<string | undefined> {
  // Without its claim a message that is stored already would be stored again, elsewhere.
  if (Number(event.detail.claimUntil) * 1000 <= Date.now()) return 'ClaimExpired';
  const input = JSON.stringify({ ...event, redrive: true });
  const { status = 'Unknown', error = status } = await sfn.send(
    new StartSyncExecutionCommand({ stateMachineArn, input }),
  );
  return status === 'SUCCEEDED' ? undefined : error;
}

async function putBack(EventBusName: string, event: Envelope): Promise<string | undefined> {
  const { 'detail-type': DetailType, source: Source, detail } = event;
  const { FailedEntryCount, Entries } = await events.send(
    new PutEventsCommand({
      Entries: [{ EventBusName, Source, DetailType, Detail: JSON.stringify(detail) }],
    }),
  );
  return FailedEntryCount ? (Entries?.[0]?.ErrorCode ?? 'Unknown') : undefined;
}
