// @ts-check
// The name of one server in storage: its secret, and what was written to it, are no other server's business.

/** @param {string} url @returns {string} fit for a file, a key and a database */
export function serverName(url) {
  const { host, pathname } = new URL(url);
  return encodeURIComponent(host + pathname);
}
