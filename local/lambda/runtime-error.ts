// The faults that Lambda itself reports, in the words of AWS's runtime interface.
import type { Fault } from './sandbox-messages.ts';

export function timedOut(seconds: number): Fault {
  return {
    errorType: 'Sandbox.Timedout',
    errorMessage: `Task timed out after ${seconds.toFixed(2)} seconds`,
  };
}

export function exited(code: number): Fault {
  return {
    errorType: 'Runtime.ExitError',
    errorMessage:
      code === 0
        ? 'Runtime exited without providing a reason'
        : `Runtime exited with error: exit status ${code}`,
  };
}

export function killed(errorType = 'Runtime.ExitError'): Fault {
  return { errorType, errorMessage: 'Runtime exited with error: signal: killed' };
}

export function tooLarge(limit: number): Fault {
  return {
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage: `Response payload size exceeded maximum allowed payload size (${limit} bytes).`,
    trace: [],
  };
}

/** Anything thrown, as the Node runtime reports it. */
export function thrown(error: unknown): Fault {
  if (!(error instanceof Error))
    return { errorType: typeof error, errorMessage: String(error), trace: [] };
  const { name, message, stack = '' } = error;
  return { errorType: name, errorMessage: message, trace: stack.split('\n') };
}

/** The payload of a response whose FunctionError is `Unhandled`. */
export function payloadOf({ errorType, errorMessage, trace }: Fault, requestId: string): string {
  return JSON.stringify(
    trace
      ? { errorType, errorMessage, trace }
      : { errorType, errorMessage: `RequestId: ${requestId} Error: ${errorMessage}` },
  );
}
