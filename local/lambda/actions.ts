// Lambda's API by action and input, as the other services of this machine call it.
import type { Aws } from '../endpoint/aws.ts';
import { AwsError, unsupportedOperation } from '../endpoint/aws-error.ts';
import { limitIn, pageOf } from '../endpoint/paging.ts';
import type { Log } from '../log.ts';
import type { Asynchronous } from './asynchronous.ts';
import { configurationOf, descriptionOf } from './configuration.ts';
import { type Deployed, find, invoke } from './invoke.ts';

export interface LambdaApi {
  call(action: string, input: Record<string, unknown>): ReturnType<Aws['call']>;
}

/** ListFunctions answers no more at once, whatever MaxItems says. */
const MOST_LISTED = 50;

interface Settings {
  functions: Map<string, Deployed>;
  asynchronous: Asynchronous;
  runtime: string;
  log: Log;
}

/**
 * `Invoke` takes FunctionName, InvocationType, LogType, Payload (JSON text) and gives StatusCode, Payload,
 * ExecutedVersion, and where due FunctionError and LogResult (base64); SdkResponseMetadata.RequestId as Step Functions shows it.
 */
export function createApi({ functions, asynchronous, runtime, log }: Settings): LambdaApi {
  const invokeAs = async (input: Record<string, unknown>): Promise<Record<string, unknown>> => {
    const { FunctionName, InvocationType = 'RequestResponse', LogType, Payload = '' } = input;
    for (const name of ['ClientContext', 'DurableExecutionName', 'TenantId'])
      if (input[name] !== undefined)
        throw new AwsError('InvalidParameterValueException', `${name} is not supported here`);
    if (input.Qualifier !== undefined && input.Qualifier !== '$LATEST')
      throw new AwsError('ResourceNotFoundException', `Function not found: ${FunctionName}`, 404);
    const deployed = find(functions, FunctionName);
    const payload = String(Payload);
    if (InvocationType === 'DryRun') return { StatusCode: 204, Payload: '' };
    if (InvocationType === 'Event') {
      const RequestId = asynchronous.accept(deployed, payload);
      return { StatusCode: 202, Payload: '', SdkResponseMetadata: { RequestId } };
    }
    if (InvocationType !== 'RequestResponse')
      throw new AwsError('InvalidParameterValueException', `InvocationType ${InvocationType}`);
    const answer = await invoke(deployed, payload, log);
    return {
      StatusCode: 200,
      ExecutedVersion: '$LATEST',
      Payload: answer.payload,
      SdkResponseMetadata: { RequestId: answer.requestId },
      ...(answer.failed ? { FunctionError: 'Unhandled' } : {}),
      ...(LogType === 'Tail' ? { LogResult: Buffer.from(answer.logs).toString('base64') } : {}),
    };
  };

  return {
    async call(action, input) {
      switch (action) {
        case 'Invoke':
          return invokeAs(input);
        case 'GetFunction':
          return descriptionOf(find(functions, input.FunctionName).plan, runtime);
        case 'GetFunctionConfiguration':
          return configurationOf(find(functions, input.FunctionName).plan, runtime);
        case 'ListFunctions': {
          const plans = [...functions.values()].map(({ plan }) => plan);
          const badToken = () =>
            new AwsError('InvalidParameterValueException', `Invalid Marker: ${input.Marker}`);
          const limit = limitIn(input, 'MaxItems', {
            least: 1,
            most: 10_000,
            otherwise: MOST_LISTED,
          });
          const { items, token } = pageOf(plans, ({ name }) => name, {
            limit: Math.min(limit, MOST_LISTED),
            ...{ token: input.Marker, badToken },
          });
          const Functions = items.map((plan) => configurationOf(plan, runtime));
          return { Functions, NextMarker: token ?? null };
        }
        default:
          throw unsupportedOperation('lambda', action, 404);
      }
    },
  };
}
