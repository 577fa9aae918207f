// Topics: what a connection can subscribe to, by name.

const ROOM = 'room:';

/** Everybody in the room hears it. */
export const roomTopic = (room: string): string => ROOM + room;

/** Every connection of the user hears it. */
export const userTopic = (userId: string): string => `user:${userId}`;

/** The rooms among what somebody hears. */
export const roomsOf = (heard: readonly { topic: string }[]): string[] =>
  heard.flatMap(({ topic }) => (topic.startsWith(ROOM) ? [topic.slice(ROOM.length)] : []));
