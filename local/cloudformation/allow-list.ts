// The allow-list: which properties this machine reads, which it knows to have no effect here; any other is refused.
import type { Cursor } from './cursor.ts';

/**
 * `read` shapes the plan; `noted` is accepted because on one machine it changes nothing (tags, encryption, alarms).
 * A mapping lists what may stand below; a list of one does so for every item.
 */
export type Allow = 'read' | 'noted' | readonly [Allow] | { readonly [property: string]: Allow };

/** `noted('Tags Description')`: several properties at once. */
export function noted(names: string): Record<string, 'noted'> {
  return Object.fromEntries(
    names
      .split(' ')
      .filter(Boolean)
      .map((name) => [name, 'noted']),
  );
}

/** @throws Refusal for the first property that `allow` does not list. */
export function checkAllowed(cursor: Cursor, allow: Allow): void {
  if (typeof allow === 'string' || !cursor.present) return;
  if (isList(allow)) {
    for (const item of cursor.items()) checkAllowed(item, allow[0]);
    return;
  }
  for (const [key, below] of cursor.entries()) {
    const next = Object.hasOwn(allow, key) ? allow[key] : undefined;
    if (next === undefined) throw below.refuse('is not supported on this machine');
    checkAllowed(below, next);
  }
}

function isList(allow: Exclude<Allow, string>): allow is readonly [Allow] {
  return Array.isArray(allow);
}
