// A failure inside an execution: the Error and Cause that Retry, Catch and the caller see.

/** `name` is ASL's Error (`States.Timeout`, `DynamoDB.ConditionalCheckFailedException`, …), `message` its Cause. */
export class Failure extends Error {
  constructor(error: string, cause: string) {
    super(cause);
    this.name = error;
  }
}

/** A path or template that does not fit the data. Always ends the execution: neither Retry nor Catch sees it. */
export const runtimeFailure = (cause: string) => new Failure('States.Runtime', cause);

/** What was thrown, as a Failure; a fault of the interpreter itself ends the execution like AWS's own. */
export function asFailure(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown;
  return runtimeFailure(
    thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown),
  );
}

/**
 * Whether an ErrorEquals list names this error, wildcards as
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html has them.
 */
export function matches(errorEquals: string[], error: string): boolean {
  if (error === 'States.Runtime') return false;
  if (errorEquals.includes(error)) return true;
  if (error === 'States.DataLimitExceeded') return false;
  if (errorEquals.includes('States.ALL')) return true;
  return errorEquals.includes('States.TaskFailed') && error !== 'States.Timeout';
}
