// @ts-check
// The name of one server in storage: its secret, and what was written to it, are no other server's business.

/** In storage that everything of this page shares: the outbox, and what is kept beside it. @param {string} url @param {string} [user] */
export const storageName = (url, user) => `hubbub ${serverName(url, user)}`;

/**
 * @param {string} url
 * @param {string} [user] where people sign in: what one wrote is no other's either
 * @returns {string} fit for a file, a key and a database
 */
export function serverName(url, user) {
  const { host, pathname } = new URL(url);
  const server = encodeURIComponent(host + pathname);
  return user === undefined ? server : `${server}@${encodeURIComponent(user)}`;
}
