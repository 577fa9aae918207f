// The origin of a handshake: whether the page that opened the socket is allowed to.

/** What the stack was told: origins as browsers write them, comma-separated; `*` for any; `none`. */
export interface OriginPolicy {
  allowed: string;
  /** Whether clients that name no origin come in: bots and command lines, which no page can pretend to be. */
  allowNone: boolean;
}

/** Header name → every value of it, as API Gateway hands them over in `multiValueHeaders`. */
export type HandshakeHeaders = Record<string, string[] | undefined>;

/**
 * Scheme, host and port must be those listed, letter for letter: a browser serialises an origin in one way only (RFC 6454,
 * section 6.2: lower case, no default port, no trailing slash), so that whatever is merely similar comes from elsewhere.
 */
export function isOriginAllowed(
  headers: HandshakeHeaders,
  { allowed, allowNone }: OriginPolicy,
): boolean {
  const [origin, ...more] = Object.entries(headers)
    .filter(([name]) => name.toLowerCase() === 'origin')
    .flatMap(([, values]) => values ?? []);
  if (origin === undefined) return allowNone;
  // Of two, a proxy on the way may believe the other.
  if (more.length > 0) return false;
  const listed = allowed === 'none' ? [] : allowed.split(',').map((one) => one.trim());
  // A sandboxed frame or a file says `null`; any of them could have been made by anybody.
  return origin !== 'null' && origin !== '' && (listed.includes('*') || listed.includes(origin));
}
