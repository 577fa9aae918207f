// A failed delivery in EventBridge's words: the ERROR_CODE of a dead letter, and whether trying again may help.
import { AwsError } from '../endpoint/aws-error.ts';

export interface Failure {
  /** One of the codes of https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html. */
  code: string;
  message: string;
  retriable: boolean;
}

/** By the code that the target answers; the first that fits. */
const BY_CODE: [RegExp, code: string, retriable: boolean][] = [
  [/Throttl|TooManyRequests|ThroughputExceeded|SlowDown/, 'THROTTLING', true],
  [/LimitExceeded/, 'RESOURCE_LIMIT_EXCEEDED', true],
  [/AccessDenied|NotAuthorized/, 'NO_PERMISSIONS', false],
  [/NotFound|DoesNotExist|NonExistentQueue/, 'NO_RESOURCE', false],
  [/AlreadyExists/, 'RESOURCE_ALREADY_EXISTS', false],
];

const BY_STATUS: Record<number, [code: string, retriable: boolean]> = {
  403: ['NO_PERMISSIONS', false],
  404: ['NO_RESOURCE', false],
  408: ['TIMEOUT', true],
  429: ['THROTTLING', true],
};

/**
 * Missing permission and missing resource go straight to the dead-letter queue, as AWS documents; so does what the
 * target refuses as malformed, which no retry heals. Throttling, server errors and broken connections are retried.
 */
export function failureOf(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof AwsError)) return { code: 'CONNECTION_FAILURE', message, retriable: true };
  for (const [pattern, code, retriable] of BY_CODE)
    if (pattern.test(error.code)) return { code, message, retriable };
  const serverError = error.status >= 500;
  const otherwise = [serverError ? 'INTERNAL_ERROR' : 'INVALID_PARAMETER', serverError] as const;
  const [code, retriable] = BY_STATUS[error.status] ?? otherwise;
  return { code, message, retriable };
}
