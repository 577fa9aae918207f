// Gives every open connection of a user the nickname that was chosen last, and announces it.

import { publish } from '../../../shared/src/bus.ts';
import { Refused } from '../../../shared/src/protocol/errors.ts';
import { directPeers } from '../../../shared/src/rules/direct-room.ts';
import { isLargeRoom, renameConnection } from '../../../shared/src/store/connection-nicknames.ts';
import type { Connection } from '../../../shared/src/store/connections.ts';
import { readConversations } from '../../../shared/src/store/conversations.ts';
import { readNickname } from '../../../shared/src/store/nicknames.ts';
import { roomsOf, roomTopic, userTopic } from '../../../shared/src/topics.ts';
import { readUserConnections } from '../user-connections.ts';
import type { AssignedNickname } from './assign-nickname.ts';

/** Two devices that change their minds at once see each other's; more than a few rounds is somebody's loop. */
const TRIES = 5;

/**
 * To be called after the claim. Whoever claims last may not be the last to write: so each looks again after writing, and
 * the one that finds nothing newer tells. Answers the name. Throws `Busy` where that never ends, or the bus refuses;
 * doing it again is no harm.
 */
export async function propagateNickname(userId: string): Promise<string> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const nickname = (await readNickname(userId)) ?? '';
    const devices = await readUserConnections(userId);
    const others = devices.filter((device) => device.nickname !== nickname);
    await Promise.all(others.map((device) => renameConnection(device, nickname)));
    // After the rosters have it: who was told to have come by the old name came before this.
    const at = new Date().toISOString();
    if ((await readNickname(userId)) !== nickname) continue;
    const [rooms, partners] = await Promise.all([roomsAround(devices), partnersIn(userId)]);
    const topics = [...[userId, ...partners].map(userTopic), ...rooms.map(roomTopic)];
    const frame = { type: 'nickname' as const, userId, nickname, at };
    await publish('NicknameChanged', { topics, frame });
    return nickname;
  }
  throw new Refused('Busy');
}

/** After a hello, when its connection can be found: what the user goes by now, which another device may just have changed. */
export async function syncNickname(
  userId: string,
  { nickname, isChange }: AssignedNickname,
): Promise<string> {
  const isNews = isChange || (await readNickname(userId)) !== nickname;
  return isNews ? propagateNickname(userId) : nickname;
}

async function roomsAround(devices: Connection[]): Promise<string[]> {
  const rooms = [...new Set(devices.flatMap(({ subscriptions }) => roomsOf(subscriptions)))];
  const crowded = await Promise.all(rooms.map(isLargeRoom));
  return rooms.filter((_, at) => crowded[at] !== true);
}

/** Whom the user has written to, the newest 50: who only wrote to them, as any stranger may, hears it when they answer. */
async function partnersIn(userId: string): Promise<string[]> {
  const { own } = await readConversations(userId, false);
  return own.flatMap((room) => directPeers(room) ?? []).filter((partner) => partner !== userId);
}
