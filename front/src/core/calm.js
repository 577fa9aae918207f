// @ts-check
// Keeps the status from flashing: a line that falls and returns within seconds is not shown as down. A lost network is shown at once.

/** @typedef {import('./line.js').LineStatus} LineStatus */

const BLIP_MS = 5_000;
/** These do not pass by themselves. */
const LASTING = new Set(['replaced', 'closed', 'signed-out']);

/** @param {{ clock: import('./line.js').Clock, show: (status: LineStatus) => void }} ports */
export function createCalm({ clock, show }) {
  let wasLive = false;
  let cancel = () => {};
  /** @type {LineStatus} */
  let latest = { state: 'idle', retryAt: null, online: true, reason: null, leads: true };

  return {
    stop: () => cancel(),
    /** @param {LineStatus} status */
    changed(status) {
      const fell = wasLive && latest.state === 'live' && status.state !== 'live';
      latest = status;
      if (status.state === 'live') {
        cancel();
        wasLive = true;
        show(status);
      } else if (LASTING.has(status.state) || !status.online) {
        cancel();
        wasLive = false;
        show(status);
      } else if (fell) {
        cancel = clock.after(BLIP_MS, () => {
          wasLive = false;
          show(latest);
        });
      } else if (!wasLive) show(status);
    },
  };
}
