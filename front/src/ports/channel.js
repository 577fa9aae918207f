// @ts-check
// Messages between the tabs of one browser: each reaches all tabs but the one that posts it.

/** @typedef {{ post(message: unknown): void, close(): void }} Channel */
/** @typedef {(name: string, heard: (message: unknown) => void) => Channel} OpenChannel */

/**
 * Never throws: where the browser refuses a channel, or a message on it, no tab gets it.
 * @type {OpenChannel}
 */
export function openChannel(name, heard) {
  /** @type {BroadcastChannel | null} */
  let channel = null;
  try {
    channel = new BroadcastChannel(name);
    channel.addEventListener('message', ({ data }) => heard(data));
  } catch {}
  return {
    // After `close` too: a tab that stops may still post.
    post(message) {
      try {
        channel?.postMessage(message);
      } catch {}
    },
    close() {
      channel?.close();
      channel = null;
    },
  };
}

export const hasChannels = () => typeof BroadcastChannel === 'function';

/**
 * Resolves once a message has come through. Rejects where the browser refuses channels; never settles where it drops messages.
 * @param {string} name of no other channel
 * @returns {Promise<void>}
 */
export const tryChannel = (name) =>
  new Promise((resolve) => {
    const [from, to] = [new BroadcastChannel(name), new BroadcastChannel(name)];
    to.onmessage = () => {
      from.close();
      to.close();
      resolve();
    };
    from.postMessage(0);
  });
