// An error as AWS answers it: a code the SDKs turn into `error.name`, and an HTTP status.

export class AwsError extends Error {
  /** Without a namespace: the wire adds it. */
  readonly code: string;
  readonly status: number;
  /** Fields beside code and message, as `Item` of a failed condition. */
  readonly more: Record<string, unknown>;

  constructor(code: string, message: string, status = 400, more: Record<string, unknown> = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
    this.more = more;
  }
}

/** For an operation that AWS has and this machine has not. */
export const unsupportedOperation = (service: string, action: string, status = 400): AwsError =>
  new AwsError(
    'UnknownOperationException',
    `${service}:${action} is not supported on this machine`,
    status,
  );
