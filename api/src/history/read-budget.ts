// How much one `history` reads: in steps that grow with what fitted, so that it reads little more than it answers.
//
// DynamoDB bills every item that a Query reads, and tells no size before it is read. So a step is estimated by the sizes
// before it. Where sizes change at once, it reads too much. The sandbox then remembers the room as uneven, and every step
// there stays within the allowance, whatever comes.

import { LIMITS } from '../../../shared/src/protocol/limits.ts';
import type { LogEntry } from '../../../shared/src/store/message-log.ts';
import { readUnits } from '../../../shared/src/store/read-units.ts';
import { ENVELOPE_BYTES, placeBytes } from '../frame-budget.ts';

/** An answer may cost so many times the units of what it holds, and so many besides. */
const TIMES = 4;
const BESIDES = 8;
/** The room's head, which is read before, and the connection's row, which is read after. */
const OTHER_UNITS = 2;
/** Two of the largest messages stay within the allowance, even if the answer tells neither of them. */
const FIRST_STEP = 2;
/** A step reads at most so many times as many as all before it: a frame of the smallest takes three. */
const GROWTH = 8;
/** Above the average of those before: a step that just falls short costs one more. */
const MARGIN = 1.25;
/** Of one answer, beside the first of each range. */
const MOST_STEPS = 16;
/** The largest item that a client can have stored: 16,000 bytes of text, and room, ids, nickname and time. */
const LARGEST_BYTES = 16_000 + 700;
/** Looking at one row, read eventually consistent. */
const LOOK_UNITS = readUnits(LARGEST_BYTES) / 2;

/** For so long a sandbox remembers that a room is uneven. */
const UNEVEN_MS = 10 * 60_000;
const MOST_UNEVEN = 1_000;
const unevenUntil = new Map<string, number>();

const bytesOf = (place: LogEntry): number => placeBytes(place) + ','.length;

export interface ReadBudget {
  /** How many places to read next; 0: the frame is full, or the allowance used up. */
  next(): number;
  /** These were read in one Query; between them, and told with them, may be so many holes. */
  took(places: LogEntry[], holes: number): void;
  /** Other places are read from here on, which do not lie beside those before. */
  begin(): void;
  /** Whether one row more may be looked at; if so, it is. */
  mayLook(): boolean;
  /** The answer tells of these: if too much was read for them, the room is uneven. */
  end(told: LogEntry[]): void;
}

export function createReadBudget(room: string, nowMs = Date.now()): ReadBudget {
  const isUneven = (unevenUntil.get(room) ?? 0) > nowMs;
  let used = OTHER_UNITS;
  /** Units of what was held of earlier stretches, and bytes of this one's. */
  let held = 0;
  let stretchBytes = 0;
  let frameBytes = ENVELOPE_BYTES;
  let read = 0;
  let stretches = 0;
  let stepsLeft = MOST_STEPS;
  let isFull = false;
  const stretchOf = new Map<number, { stretch: number; bytes: number }>();

  /** Units that are left. A stretch costs a unit, whatever is found. */
  const left = () => TIMES * (held + readUnits(stretchBytes)) + BESIDES - used;
  const hasRoom = () => !isFull && (read === 0 || left() > 0);

  function next(): number {
    if (!hasRoom() || stepsLeft === 0) return 0;
    if (read === 0) return FIRST_STEP;
    const average = (frameBytes - ENVELOPE_BYTES) / read;
    const toFill = Math.ceil(((LIMITS.answerBytes - frameBytes) / average) * MARGIN);
    const most = Math.max(1, Math.min(toFill, read * GROWTH));
    return isUneven ? Math.min(most, mostWithin(left())) : most;
  }

  return {
    next,
    took(places, holes) {
      stepsLeft -= 1;
      read += places.length;
      used += readUnits(places.reduce((sum, { storedBytes = 0 }) => sum + storedBytes, 0));
      frameBytes += holes * bytesOf({ seq: places.at(-1)?.seq ?? 0 });
      for (const place of places) {
        stretchOf.set(place.seq, { stretch: stretches, bytes: place.storedBytes ?? 0 });
        const bytes = bytesOf(place);
        isFull ||= frameBytes + bytes > LIMITS.answerBytes && stretchBytes + held > 0;
        if (isFull) continue;
        frameBytes += bytes;
        stretchBytes += place.storedBytes ?? 0;
      }
    },
    begin() {
      if (stretches > 0) held += readUnits(stretchBytes);
      stretches += 1;
      stepsLeft += 1;
      stretchBytes = 0;
    },
    mayLook() {
      if (left() < LOOK_UNITS) return false;
      used += LOOK_UNITS;
      return true;
    },
    end(told) {
      const bytes = new Map<number, number>();
      for (const { seq } of told) {
        const read = stretchOf.get(seq);
        if (read) bytes.set(read.stretch, (bytes.get(read.stretch) ?? 0) + read.bytes);
      }
      const units = [...bytes.values()].reduce((sum, each) => sum + readUnits(each), 0);
      // A stretch costs a unit, whatever is told of it.
      const toldUnits = units + stretches - bytes.size;
      if (used <= TIMES * toldUnits + BESIDES) return;
      if (unevenUntil.size >= MOST_UNEVEN) unevenUntil.clear();
      unevenUntil.set(room, nowMs + UNEVEN_MS);
    },
  };
}

/** How many of the largest items one Query may read for so many units. */
function mostWithin(units: number): number {
  let most = 0;
  while (readUnits((most + 1) * LARGEST_BYTES) <= units) most += 1;
  return most;
}
