// @ts-check
// The browser's notifications: asked for by a click, shown by tag, closed once somebody looks.

/** @typedef {{ title: string, body: string, tag: string }} Notice one of a tag takes the place of the one before */
/** @typedef {ReturnType<typeof createNotifier>} Notifier */

/** @param {(error: unknown) => void} trouble told when the browser shows none */
export function createNotifier(trouble) {
  /** @type {Map<string, Notification>} */
  const shown = new Map();

  return {
    isAllowed() {
      try {
        return Notification.permission === 'granted';
      } catch {
        // Missing, or refused.
        return false;
      }
    },
    /** To be called by a click. @returns {Promise<boolean>} whether the user and the browser allow it */
    async ask() {
      try {
        return (await Notification.requestPermission()) === 'granted';
      } catch (error) {
        trouble(error);
        return false;
      }
    },
    /** @param {Notice} notice @param {() => void} clicked */
    show({ title, body, tag }, clicked) {
      try {
        const notification = new Notification(title, { body, tag, icon: 'icon.svg' });
        shown.set(tag, notification);
        notification.addEventListener('click', () => {
          notification.close();
          window.focus();
          clicked();
        });
      } catch (error) {
        // Chrome on Android shows them for service workers only, and says so by throwing.
        trouble(error);
      }
    },
    clear() {
      for (const notification of shown.values()) notification.close();
      shown.clear();
    },
  };
}
