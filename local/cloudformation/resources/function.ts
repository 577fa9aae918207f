// AWS::Serverless::Function: a Lambda function, its build, its environment and what it may do.

import { noted } from '../allow-list.ts';
import type { Cursor } from '../cursor.ts';
import { type Endpoints, toThisMachine } from '../execute-api.ts';
import { readBuild } from '../function-build.ts';
import type { FunctionPlan } from '../plan.ts';
import { readPolicyOf } from '../principal.ts';
import { arn, type Kind } from './kind.ts';
import { generatedRules, readEvents } from './sam-events.ts';

/** Quotas of Lambda: 15 min, 128 MB to 10,240 MB; SAM leaves Lambda's own defaults, 3 s and 128 MB. */
const TIMEOUT_S = { min: 1, max: 900, fallback: 3 };
const MEMORY_MB = { min: 128, max: 10_240, fallback: 128 };

function readInvocation(properties: Cursor): Partial<FunctionPlan> & InvocationDefaults {
  const config = properties.at('EventInvokeConfig');
  const onFailure = config.at('DestinationConfig').at('OnFailure');
  const queue = properties.at('DeadLetterQueue');
  if (queue.present) queue.at('Type').oneOf(['SQS']);
  if (onFailure.present && queue.present)
    throw queue.refuse('beside DestinationConfig.OnFailure: choose one');
  const target = onFailure.present ? onFailure.at('Destination') : queue.at('TargetArn');
  return {
    maximumRetryAttempts: config
      .at('MaximumRetryAttempts')
      .integer({ min: 0, max: 2, fallback: 2 }),
    maximumEventAgeS: config
      .at('MaximumEventAgeInSeconds')
      .integer({ min: 60, max: 21_600, fallback: 21_600 }),
    ...(onFailure.present || queue.present ? { onFailureArn: target.text() } : {}),
  };
}

type InvocationDefaults = Pick<FunctionPlan, 'maximumRetryAttempts' | 'maximumEventAgeS'>;

function readEnvironment(variables: Cursor, endpoints: Endpoints): Record<string, string> {
  return Object.fromEntries(
    variables.entries().map(([name, value]) => [name, toThisMachine(value.text(), endpoints)]),
  );
}

export const FUNCTION: Kind = {
  type: 'AWS::Serverless::Function',
  nameProperty: 'FunctionName',
  allow: {
    FunctionName: 'read',
    Handler: 'read',
    CodeUri: 'read',
    Runtime: 'read',
    PackageType: 'read',
    MemorySize: 'read',
    Timeout: 'read',
    Environment: { Variables: 'read' },
    Policies: 'read',
    Role: 'read',
    ReservedConcurrentExecutions: 'read',
    EventInvokeConfig: {
      MaximumRetryAttempts: 'read',
      MaximumEventAgeInSeconds: 'read',
      DestinationConfig: { OnFailure: { Type: 'noted', Destination: 'read' } },
    },
    DeadLetterQueue: { Type: 'read', TargetArn: 'read' },
    Events: 'read',
    ...noted(
      'Architectures Description EphemeralStorage LoggingConfig PropagateTags RecursiveLoop Tags Tracing',
    ),
  },
  attributes: { Arn: arn('lambda', 'function:*') },
  generates: (logicalId, properties) => [
    ...(properties.Role === undefined
      ? [{ logicalId: `${logicalId}Role`, type: 'AWS::IAM::Role' }]
      : []),
    ...(properties.EventInvokeConfig === undefined
      ? []
      : [{ logicalId: `${logicalId}EventInvokeConfig`, type: 'AWS::Lambda::EventInvokeConfig' }]),
    ...generatedRules(logicalId, properties).flatMap((rule) => [
      rule,
      { logicalId: `${rule.logicalId}Permission`, type: 'AWS::Lambda::Permission' },
    ]),
  ],
  read(resource, draft) {
    const { name, attribute, properties, metadata } = resource;
    properties.at('Runtime').oneOf(['nodejs24.x']);
    properties.at('PackageType').oneOf(['Zip'], 'Zip');
    const reserved = properties.at('ReservedConcurrentExecutions');
    draft.plan.functions.push({
      name,
      arn: attribute('Arn'),
      ...readBuild(properties, metadata),
      environment: readEnvironment(properties.at('Environment').at('Variables'), draft.endpoints),
      timeoutS: properties.at('Timeout').integer(TIMEOUT_S),
      memoryMb: properties.at('MemorySize').integer(MEMORY_MB),
      ...(reserved.present ? { reservedConcurrency: reserved.integer({ min: 0, max: 1000 }) } : {}),
      ...readInvocation(properties),
      policy: readPolicyOf(properties, draft.policies),
      origin: properties.origin,
    });
    readEvents(resource, attribute('Arn'), 'LambdaTarget', draft);
  },
};
