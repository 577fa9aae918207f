// @ts-check
// What the tabs of one browser say to each other: every message reaches all tabs but the one that posts it.

/** @typedef {{ post(message: unknown): void, close(): void }} Channel */
/** @typedef {(name: string, heard: (message: unknown) => void) => Channel} OpenChannel */

/** @type {OpenChannel} */
export function openChannel(name, heard) {
  const channel = new BroadcastChannel(name);
  channel.addEventListener('message', ({ data }) => heard(data));
  let open = true;
  return {
    // A closed channel throws, and a tab that is stopping may still have something to say.
    post: (message) => void (open && channel.postMessage(message)),
    close() {
      open = false;
      channel.close();
    },
  };
}

export const hasChannels = () => typeof BroadcastChannel === 'function';
