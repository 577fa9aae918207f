// The environment variables that the template gives a function, read in this one place.

type Variable =
  | 'ALLOWED_ORIGINS'
  | 'ALLOW_NO_ORIGIN'
  | 'AUTH_MODE'
  | 'BUS_NAME'
  | 'CALLBACK_URL'
  | 'CONNECTIONS_PER_ADDRESS'
  | 'CONNECTIONS_TABLE'
  | 'MESSAGES_PER_SECOND'
  | 'MESSAGES_TABLE'
  | 'MESSAGE_BURST'
  | 'MESSAGE_RETENTION_DAYS'
  | 'OIDC_AUDIENCE'
  | 'OIDC_ISSUER'
  | 'OIDC_JWKS_URI'
  | 'PING_AFTER_SECONDS'
  | 'PRESENCE_CHANGE'
  | 'RESERVED_NAMES'
  | 'ROOM_MESSAGES_PER_SECOND';

/** The variable's value. Throws its name if the template gave none: at cold start, not in the middle of a message. */
export function env(name: Variable): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`The template gives no ${name}`);
  return value;
}
