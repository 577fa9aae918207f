// The plan: what the four templates say, reduced to what this machine runs. `cloudformation/` writes it, every service reads it.

/** One IAM statement with every intrinsic resolved; wildcards (`*`, `?`) as IAM has them. */
export interface Statement {
  effect: 'Allow' | 'Deny';
  actions: string[];
  resources: string[];
  /** operator → condition key → allowed values, e.g. `StringEquals` → `events:source` → `['chat.api']`. */
  conditions: Record<string, Record<string, string[]>>;
}

/** Where a part of the plan was written: for messages that name file and path. */
export interface Origin {
  file: string;
  path: string;
}

export interface TablePlan {
  name: string;
  arn: string;
  /** The body of a DynamoDB `CreateTable` call. */
  create: Record<string, unknown>;
  ttlAttribute?: string;
  origin: Origin;
}

export interface QueuePlan {
  name: string;
  arn: string;
  visibilityTimeoutS: number;
  retentionS: number;
  /** How long a message is hidden that names no delay of its own. */
  delayS?: number;
  /** After so many receipts that did not delete it, a message goes to that queue. */
  redrive?: { deadLetterArn: string; maxReceiveCount: number };
  origin: Origin;
}

export interface BusPlan {
  name: string;
  arn: string;
  origin: Origin;
}

export interface TargetPlan {
  id: string;
  /** A function, state machine or queue ARN. */
  arn: string;
  /** At most one of the three, as EventBridge allows. */
  input?: string;
  inputPath?: string;
  inputTransformer?: { inputPathsMap: Record<string, string>; inputTemplate: string };
  /** AWS defaults: 86,400 s and 185 attempts. */
  maximumEventAgeS: number;
  maximumRetryAttempts: number;
  deadLetterArn?: string;
}

export interface RulePlan {
  name: string;
  arn: string;
  busName: string;
  pattern: Record<string, unknown>;
  enabled: boolean;
  targets: TargetPlan[];
  origin: Origin;
}

export interface FunctionPlan {
  name: string;
  arn: string;
  /** Absolute path of the entry point, from CodeUri and Metadata.BuildProperties.EntryPoints. */
  entry: string;
  /** The exported name that `Handler` names. */
  handler: string;
  /** Options for esbuild, from Metadata.BuildProperties. */
  build: {
    format: 'esm' | 'cjs';
    target: string;
    minify: boolean;
    sourcemap: boolean;
    external: string[];
    banner?: string;
    mainFields?: string[];
  };
  environment: Record<string, string>;
  timeoutS: number;
  memoryMb: number;
  reservedConcurrency?: number;
  /** Asynchronous invocation: AWS defaults 2 attempts, 21,600 s. */
  maximumRetryAttempts: number;
  maximumEventAgeS: number;
  onFailureArn?: string;
  policy: Statement[];
  origin: Origin;
}

/** An event source mapping: a queue whose messages Lambda polls and hands to a function. */
export interface EventSourcePlan {
  queueArn: string;
  functionArn: string;
  /** Messages of one invocation, 10 at most. */
  batchSize: number;
  enabled: boolean;
  /** The function answers which messages failed; otherwise all of a batch succeed, or none. */
  reportsFailures: boolean;
  origin: Origin;
}

export interface MachinePlan {
  name: string;
  arn: string;
  type: 'EXPRESS' | 'STANDARD';
  /** The ASL with DefinitionSubstitutions filled in. */
  definition: Record<string, unknown>;
  definitionFile: string;
  policy: Statement[];
  origin: Origin;
}

/** A token bucket of API Gateway: `perS` tokens a second come back, `burst` is the most that it holds. */
export interface Throttle {
  perS: number;
  burst: number;
}

export interface RoutePlan {
  functionArn: string;
  /** True where the template gives the route a RouteResponse: only then a Lambda's body reaches the client. */
  responds: boolean;
  timeoutMs: number;
  /** Of the stage's RouteSettings, else of its DefaultRouteSettings; absent: only the account's limit holds. */
  throttle?: Throttle;
}

export interface ApiPlan {
  id: string;
  name: string;
  stage: string;
  /** Only `$request.body.<field>`; the field's name. */
  selectionField: string;
  routes: Record<string, RoutePlan>;
  origin: Origin;
}

export interface SitePlan {
  /** Absolute path of the folder that is deployed as it stands. */
  folder: string;
  /** Response headers of the template's ResponseHeadersPolicy, lower-case names. */
  headers: Record<string, string>;
  /** The document for `/`. */
  index: string;
  origin: Origin;
}

export interface Plan {
  region: string;
  account: string;
  stage: string;
  tables: TablePlan[];
  queues: QueuePlan[];
  buses: BusPlan[];
  rules: RulePlan[];
  functions: FunctionPlan[];
  eventSources: EventSourcePlan[];
  machines: MachinePlan[];
  apis: ApiPlan[];
  site: SitePlan;
  /** CloudFormation exports, by name. */
  exports: Record<string, string>;
  /** Every file that was read: a change to one of them makes a new plan. */
  files: string[];
}
