// Another nickname, where the one that was asked for is taken.

import { createHash } from 'node:crypto';
import { graphemes, normalizeNickname, utf8Bytes } from './rules/nickname.ts';

const SUFFIX = /-\d{4}$/;
/** Of 32 graphemes and 128 bytes, so that a suffix fits behind whatever letters. */
const STEM = 16;
const STEM_BYTES = 100;

/** Another nickname for this user, always the same: who is refused `Ada` today and tomorrow is `Ada-4711` on both days. */
export function suggestNickname(nickname: string, userId: string): string {
  const hash = createHash('sha256').update(`${userId}\n${nickname}`).digest().readUInt32BE();
  const stem = graphemes(normalizeNickname(nickname).replace(SUFFIX, '')).slice(0, STEM).join('');
  return `${utf8Bytes(stem) <= STEM_BYTES ? stem : 'somebody'}-${1000 + (hash % 9000)}`;
}
