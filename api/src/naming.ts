// Naming: which nickname a user goes by from this hello on. Two users never go by one that people would confuse.

import { randomUUID } from 'node:crypto';
import { folded, shown, suggestion } from '../../shared/src/nickname.ts';
import { claim, nicknameOf } from '../../shared/src/nicknames.ts';
import { Refused } from '../../shared/src/protocol.ts';
import type { Guest } from './guest.ts';

/** Suggestions are one in nine thousand each, so that a second is rare, and a fifth a sign of something else. */
const TRIES = 5;

/**
 * What was asked for, or what the user goes by already, or a guest's name; where it is another's, one like it that is
 * free. `welcome` tells which. Throws `Busy` where none could be found.
 */
export async function nameFor(asked: string | undefined, guest: Guest): Promise<string> {
  const { userId } = guest;
  const wanted = asked === undefined ? await nicknameOf(userId) : shown(asked);
  let name = wanted === undefined || folded(wanted) === '' ? guest.nickname : wanted;
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    if (await claim(name, userId, randomUUID())) return name;
    name = suggestion(name, userId);
  }
  throw new Refused('Busy');
}
