// Which fields each part of a definition may carry, and what each may hold.

/** A check of one value: undefined if it is fine, else why not. */
export type Check = (value: unknown) => string | undefined;

const is = (why: string, test: (value: unknown) => boolean): Check => {
  return (value) => (test(value) ? undefined : why);
};
const isText = (value: unknown) => typeof value === 'string';
const between = (least: number, most: number) =>
  is(
    `must be a whole number from ${least} to ${most}`,
    (value) => Number.isInteger(value) && Number(value) >= least && Number(value) <= most,
  );

const text = is('must be a string', isText);
const any: Check = () => undefined;
const list = is('must be a list with something in it', (v) => Array.isArray(v) && v.length > 0);
const object = is(
  'must be an object',
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);
const timestamp = is(
  'must be a timestamp',
  (v) => isText(v) && !Number.isNaN(Date.parse(String(v))),
);
const jsonPath = is(
  'only JSONPath is supported here, not JSONata',
  (value) => value === 'JSONPath',
);
const timeout = between(1, 99_999_999);

const COMMON = { Type: text, Comment: text, QueryLanguage: jsonPath };
const FLOW = { Next: text, End: is('must be true', (value) => value === true) };
const IO = { InputPath: any, OutputPath: any };
const RESULT = { ResultSelector: object, ResultPath: any };
const FAULTS = { Retry: list, Catch: list };

export const STATE: Record<string, Record<string, Check>> = {
  Task: {
    ...{ ...COMMON, ...FLOW, ...IO, ...RESULT, ...FAULTS },
    ...{ Resource: text, Parameters: any, TimeoutSeconds: timeout, TimeoutSecondsPath: text },
  },
  Pass: { ...COMMON, ...FLOW, ...IO, ResultPath: any, Parameters: any, Result: any },
  Choice: { ...COMMON, ...IO, Choices: list, Default: text },
  Wait: {
    ...{ ...COMMON, ...FLOW, ...IO },
    ...{ Seconds: between(0, 300), SecondsPath: text, Timestamp: timestamp, TimestampPath: text },
  },
  Succeed: { ...COMMON, ...IO },
  Fail: { ...COMMON, Error: text, ErrorPath: text, Cause: text, CausePath: text },
  Map: {
    ...{ ...COMMON, ...FLOW, ...IO, ...RESULT, ...FAULTS, ItemProcessor: object },
    ...{ ItemsPath: text, ItemSelector: object },
    ...{ MaxConcurrency: between(0, 10_000), MaxConcurrencyPath: text },
  },
  Parallel: { ...COMMON, ...FLOW, ...IO, ...RESULT, ...FAULTS, Parameters: any, Branches: list },
};

export const REQUIRED: Record<string, string[]> = {
  Task: ['Resource'],
  Choice: ['Choices'],
  Map: ['ItemProcessor'],
  Parallel: ['Branches'],
};

export const DEFINITION = {
  ...{ Comment: text, StartAt: text, States: object, QueryLanguage: jsonPath },
  Version: is('only "1.0" exists', (value) => value === '1.0'),
  TimeoutSeconds: timeout,
};
export const BRANCH = { Comment: text, StartAt: text, States: object, QueryLanguage: jsonPath };
export const ITEM_PROCESSOR = { ...BRANCH, ProcessorConfig: object };
export const PROCESSOR_CONFIG = {
  Mode: is('only the inline Map is supported', (value) => value === 'INLINE'),
};
export const RETRIER = {
  ErrorEquals: list,
  IntervalSeconds: between(1, 99_999_999),
  MaxAttempts: between(0, 99_999_999),
  BackoffRate: is('must be a number from 1', (value) => typeof value === 'number' && value >= 1),
  MaxDelaySeconds: between(1, 31_622_400),
  JitterStrategy: is('must be FULL or NONE', (value) => value === 'FULL' || value === 'NONE'),
  Comment: text,
};
export const CATCHER = { ErrorEquals: list, Next: text, ResultPath: any, Comment: text };

/** Names that begin with `States.` are AWS's own; any other is free. */
export const STATES_ERRORS: ReadonlySet<string> = new Set(
  (
    'ALL BranchFailed DataLimitExceeded ExceedToleratedFailureThreshold HeartbeatTimeout Http.Socket IntrinsicFailure ' +
    'ItemReaderFailed NoChoiceMatched ParameterPathFailure Permissions ResultPathMatchFailure ResultWriterFailed ' +
    'Runtime TaskFailed Timeout'
  )
    .split(' ')
    .map((name) => `States.${name}`),
);

/** Checks a part's fields against what it may carry; throws for the first unknown or wrong one. */
export function checkFields(
  part: Record<string, unknown>,
  allowed: Record<string, Check>,
  report: (field: string, value: unknown, why: string) => Error,
): void {
  for (const [field, value] of Object.entries(part)) {
    const check = Object.hasOwn(allowed, field) ? allowed[field] : undefined;
    const why = check ? check(value) : 'is not supported here';
    if (why !== undefined) throw report(field, value, why);
  }
}
