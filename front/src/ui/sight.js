// @ts-check
// What has been seen: the newest message, when it is in view on a page that is looked at.

/**
 * @param {{ room: Pick<import('../core/room-face.js').RoomFace, 'items'>, scroll: { sticking(): boolean },
 *   unread: { seen(seq: number): void }, seen: (seq: number) => void, signal: AbortSignal }} options seen: once for each newest
 */
export function createSight({ room, scroll, unread, seen, signal }) {
  let seenTo = 0;
  const isVisible = () => document.visibilityState === 'visible';

  function look() {
    if (!scroll.sticking() || !isVisible()) return;
    const newest = room.items().findLast(({ seq }) => seq !== null)?.seq ?? 0;
    if (newest <= seenTo) return;
    seenTo = newest;
    unread.seen(newest);
    seen(newest);
  }

  document.addEventListener('visibilitychange', look, { signal });
  return { look, isVisible };
}
