// How the services of this machine call one another: by service, action and input, as the SDK would.

/** Who calls: an IAM identity with its statements. `undefined` is the developer at the keyboard, who may do all. */
export interface Principal {
  name: string;
  policy: import('../cloudformation/plan.ts').Statement[];
}

export type Service = 'dynamodb' | 'events' | 'states' | 'lambda' | 'sqs' | 'execute-api';

/**
 * One AWS API action. Resolves with its output, rejects with an AwsError.
 * `lambda Invoke` takes and gives `Payload` as a string: { FunctionName, InvocationType?, Payload } → { StatusCode, Payload, FunctionError? }.
 */
export interface Aws {
  call(
    service: Service,
    action: string,
    input: Record<string, unknown>,
    caller?: Principal,
  ): Promise<Record<string, unknown>>;
}
