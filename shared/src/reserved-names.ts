// Reserved names: a reader would take them for the service or its operators, so nobody gets one.

import { env } from './env.ts';
import { foldLookalikes } from './rules/lookalikes.ts';

/** A number that stands by itself is no letters: `a-11` is not `all`, as `a11` is. */
const isNumbered = (name: string): boolean =>
  name
    .normalize('NFKC')
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .some((word) => /^\p{N}+$/u.test(word));

/** Written however: `ad-min` and `Аdmin` are `admin`. */
const key = (name: string): string =>
  isNumbered(name) ? foldLookalikes(name) : foldLookalikes(name).replaceAll('-', '');

const listed = env('RESERVED_NAMES');
const RESERVED = new Set(listed === 'none' ? [] : listed.split(',').map(key).filter(Boolean));

/** Digits, signs and emoji around a name make it no other: `admin1`, `[admin]`, `admin ✅`. */
const AROUND = /^[^\p{L}]+|[^\p{L}\p{M}]+$/gu;

export const isReservedNickname = (nickname: string): boolean =>
  RESERVED.has(key(nickname)) || RESERVED.has(key(nickname.normalize('NFKC').replace(AROUND, '')));

/** Rooms that are numbered, as `help-2`, are rooms like any other. */
export const isReservedRoom = (room: string): boolean => RESERVED.has(key(room));
