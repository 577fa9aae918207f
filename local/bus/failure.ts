// A failed delivery in EventBridge's words: the ERROR_CODE of a dead letter, and whether trying again may help.
import { AwsError } from '../aws-error.ts';

export interface Failure {
  /** One of the codes of https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html. */
  code: string;
  message: string;
  retriable: boolean;
}

const NO_PERMISSIONS = /AccessDenied|NotAuthorized/;
const NO_RESOURCE = /NotFound|DoesNotExist|NonExistentQueue/;
const THROTTLING = /Throttl|TooManyRequests|LimitExceeded|RequestLimit|SlowDown/;

/**
 * Missing permission and missing resource go straight to the dead-letter queue, as AWS documents; so does what the
 * target refuses as malformed, which no retry heals. Throttling, server errors and broken connections are retried.
 */
export function failureOf(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof AwsError)) return { code: 'CONNECTION_FAILURE', message, retriable: true };
  const { code, status } = error;
  if (THROTTLING.test(code) || status === 429)
    return { code: 'THROTTLING', message, retriable: true };
  if (status >= 500) return { code: 'ERROR_FROM_TARGET', message, retriable: true };
  if (NO_PERMISSIONS.test(code) || status === 403)
    return { code: 'NO_PERMISSIONS', message, retriable: false };
  if (NO_RESOURCE.test(code) || status === 404)
    return { code: 'NO_RESOURCE', message, retriable: false };
  return { code: 'INVALID_PARAMETER', message, retriable: false };
}
