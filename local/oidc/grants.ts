// What is kept under an unguessable word for a while: codes, refresh tokens and sessions.
import { randomBytes } from 'node:crypto';

export interface Grants<T> {
  /** Answers the word by which it is asked for. */
  give(grant: T): string;
  /** The grant, if it was given, has not been taken and has not lapsed; taken by this very question, whatever comes of it. */
  take(word: string): T | undefined;
  /** The same, and it stays good. */
  look(word: string): T | undefined;
}

export function createGrants<T>(lifeMs: number, now: () => number): Grants<T> {
  const given = new Map<string, { grant: T; until: number }>();
  const look = (word: string): T | undefined => {
    const found = given.get(word);
    return found !== undefined && found.until > now() ? found.grant : undefined;
  };
  return {
    give(grant) {
      for (const [word, { until }] of given) if (until <= now()) given.delete(word);
      const word = randomBytes(32).toString('base64url');
      given.set(word, { grant, until: now() + lifeMs });
      return word;
    },
    take(word) {
      const grant = look(word);
      given.delete(word);
      return grant;
    },
    look,
  };
}
