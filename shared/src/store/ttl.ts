// Expiry of a user’s rows: a year after the last hello, renewed at most once a month.

const DAY_S = 24 * 60 * 60;
const KEEP_S = 365 * DAY_S;
/** What a hello finds older than this is kept anew: of twelve months, at most one write a month. */
const RENEW_S = 30 * DAY_S;

const nowS = () => Math.floor(Date.now() / 1000);

/** A row's `expiresAt` if its owner is here now: epoch seconds, as DynamoDB's TTL reads them. */
export const yearFromNow = (): number => nowS() + KEEP_S;

/**
 * Whether a row with this `expiresAt` is no more, though it is read: DynamoDB's TTL deletes within some days of it. A row
 * without one is for good. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ttl-expired-items.html
 */
export const isExpired = (expiresAt: { N?: string | undefined } | undefined): boolean =>
  Number(expiresAt?.N ?? Number.POSITIVE_INFINITY) <= nowS();

/** Whether a row with this `expiresAt` was kept last more than a month ago. */
export const shouldRenew = (expiresAt: number): boolean => expiresAt < nowS() + KEEP_S - RENEW_S;
