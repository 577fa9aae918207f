// @ts-check
// The draft of a room: kept with each key, so that a reload or a crash takes nothing, and one in all tabs.

/** @typedef {{ read(): unknown, write(value: unknown): void, on?: (listener: () => void, signal: AbortSignal) => void }} Draft
 *   on: another tab wrote */

/** @param {{ field: HTMLTextAreaElement, draft: Draft, changed: () => void, signal: AbortSignal }} options */
export function keepDraft({ field, draft, changed, signal }) {
  let isComposing = false;
  const stored = () => {
    const kept = draft.read();
    return typeof kept === 'string' ? kept : '';
  };

  /** What the storage holds, which is not what is written here when it is full or forbidden. */
  let known = stored();

  function follow() {
    const next = stored();
    if (isComposing || next === known) return;
    known = next;
    field.value = next;
    changed();
  }

  field.addEventListener('compositionstart', () => (isComposing = true), { signal });
  field.addEventListener('compositionend', () => (isComposing = false), { signal });
  // A tab that was frozen has missed what others wrote.
  field.addEventListener('focus', follow, { signal });
  draft.on?.(follow, signal);
  field.value = known;
  return {
    write() {
      draft.write(field.value || null);
      known = stored();
    },
  };
}
