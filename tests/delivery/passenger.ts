// A passenger: one device of a person, the product's own client on a line that breaks without a word, in whatever rooms it hears.
import { connect } from '../../front/src/core/chat.js';
import { hastyClock } from './member.ts';
import { type BadLine, openBadLine } from './proxy.ts';

/** Less than a member's: eight devices that lose patience together would keep a slow machine from ever answering. */
const HASTE = 2;

export interface Passenger {
  /** Whose device it is, by the name the test gave. */
  person: string;
  chat: ReturnType<typeof connect>;
  line: BadLine;
  /** Whether the line is one that breaks. */
  isOnTrain: boolean;
  /** The rooms it is in, by name. */
  rooms(): string[];
  /** What it shows in rooms it is no longer in, for it was not sent there: as `words`. */
  unsentElsewhere(): string[];
  /** The words shown in the room, stored ones as they stand, others with their state. */
  words(room: string): string[];
  /** The userIds that it shows as online, sorted. */
  online(room: string): string[];
  leaves(): Promise<void>;
}

const aboard = new Set<Passenger>();

/** Boards with the person's secret, so that all devices that have it are one user's. */
export async function board(
  websocket: string,
  { person, secret, isOnTrain }: { person: string; secret: string; isOnTrain: boolean },
): Promise<Passenger> {
  const line = await openBadLine(websocket);
  const kept = new Map<string, unknown>([['secret', secret]]);
  const keep = {
    read: (key: string) => kept.get(key) ?? null,
    write: (key: string, value: unknown) => void kept.set(key, value),
  };
  const chat = connect({
    url: line.url,
    nickname: person,
    ports: { clock: hastyClock(HASTE), keep },
  });
  // Who is asked in comes; an invitation that was taken back meanwhile is one to a room that is not there.
  chat.on('invited', ({ room }) => {
    chat.join(room).catch((error: unknown) => {
      if ((error as Error).name !== 'NoSuchRoom') throw error;
    });
  });
  const words = (room: string) =>
    chat
      .room(room)
      .items()
      .map(({ text, state }) => (state === 'sent' ? text : `${state}: ${text}`));
  const passenger: Passenger = {
    ...{ person, chat, line, isOnTrain },
    rooms: () => chat.rooms().filter(chat.isIn).toSorted(),
    unsentElsewhere: () => chat.rooms().flatMap((room) => (chat.isIn(room) ? [] : words(room))),
    words,
    online: (room) =>
      chat
        .room(room)
        .roster()
        .flatMap(({ userId, online }) => (online ? [userId] : []))
        .toSorted(),
    async leaves() {
      aboard.delete(passenger);
      await chat.close();
      await line.stop();
    },
  };
  aboard.add(passenger);
  return passenger;
}

/** After each test. */
export async function everybodyGetsOff(): Promise<void> {
  await Promise.all([...aboard].map((passenger) => passenger.leaves()));
}
