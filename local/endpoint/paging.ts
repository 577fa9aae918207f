// Pages of lists, for the list calls of every service: a limit, and a token that says where the next page begins.
import { AwsError } from './aws-error.ts';

export interface Limits {
  least: number;
  most: number;
  /** What a page holds where the request names no limit. */
  otherwise: number;
}

/**
 * The limit in a request's field. Throws the error that AWS's services share for a number out of range:
 * https://docs.aws.amazon.com/step-functions/latest/apireference/CommonErrors.html (ValidationException).
 */
export function limitIn(
  input: Record<string, unknown>,
  field: string,
  { least, most, otherwise }: Limits,
): number {
  const value = input[field];
  if (value === undefined || value === null) return otherwise;
  if (typeof value !== 'number' || !Number.isInteger(value))
    throw new AwsError('SerializationException', `${field} is not an integer`);
  if (value >= least && value <= most) return value;
  const member = `${field.charAt(0).toLowerCase()}${field.slice(1)}`;
  const [bound, compared] = value < least ? [least, 'greater'] : [most, 'less'];
  throw new AwsError(
    'ValidationException',
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must have value ${compared} than or equal to ${bound}`,
  );
}

export interface Page<T> {
  items: T[];
  /** Undefined where the list ends. */
  token: string | undefined;
}

const tokenOf = (key: string) => Buffer.from(key).toString('base64url');

/**
 * The items after the one that the token names, at most `limit`. Keys are unique in the list, so that a page begins
 * where the last one ended even if items came in between. Throws `badToken()` for a token of another list.
 */
export function pageOf<T>(
  list: T[],
  keyOf: (item: T) => string,
  { limit, token, badToken }: { limit: number; token: unknown; badToken: () => AwsError },
): Page<T> {
  let from = 0;
  if (token !== undefined && token !== null) {
    const key = Buffer.from(String(token), 'base64url').toString();
    from = list.findIndex((item) => keyOf(item) === key) + 1;
    if (from === 0 || tokenOf(key) !== token) throw badToken();
  }
  const items = list.slice(from, from + limit);
  const last = items.at(-1);
  const isMore = last !== undefined && from + limit < list.length;
  return { items, token: isMore ? tokenOf(keyOf(last)) : undefined };
}
