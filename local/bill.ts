// The bill: counts what AWS would bill for what happens on this machine, and what that would cost in us-east-1.
import type { Service } from './endpoint/aws.ts';

/** What AWS bills, as AWS counts it. */
export interface Usage {
  /** Frames in and out over the WebSocket API, in started pieces of 32 KB. */
  frames: number;
  /** Invocations of functions. */
  invocations: number;
  /** Gigabyte-seconds of functions, with `ASSUMED.functionMs` for each invocation. */
  functionGbSeconds: number;
  readUnits: number;
  writeUnits: number;
  /** Events put on the bus, in started pieces of 64 KB. */
  events: number;
  /** Bytes of events, which the archive takes in. */
  eventBytes: number;
  /** Executions of Express state machines. */
  executions: number;
  /** Requests to SQS. */
  queueRequests: number;
}

/** USD, us-east-1, on demand, without free tier; the AWS pricing pages of each service, November 2026. */
export const PRICES = {
  frame: 1 / 1e6,
  invocation: 0.2 / 1e6,
  functionGbSecond: 0.0000133334,
  readUnit: 0.125 / 1e6,
  writeUnit: 0.625 / 1e6,
  event: 1 / 1e6,
  archivedByte: 0.1 / 1e9,
  execution: 1 / 1e6,
  executionGbSecond: 0.00001667,
  queueRequest: 0.4 / 1e6,
  connectionMinute: 0.25 / 1e6,
} as const;

/** What this machine cannot measure for AWS. */
export const ASSUMED = {
  /** Of a warm invocation, billed; docs/heartbeat.md has 44 ms for a ping at 256 MB, most of it the CPU of a slow machine. */
  functionMs: 30,
  /** Of an execution, without Wait states, billed by 100 ms. */
  executionMs: 500,
  /** Step Functions bills Express memory by 64 MB. */
  executionGb: 64 / 1024,
} as const;

const FRAME_BYTES = 32 * 1024;
const EVENT_BYTES = 64 * 1024;
const READS = ['GetItem', 'BatchGetItem', 'Query', 'Scan', 'TransactGetItems'];
const TABLE_ACTIONS = [
  ...READS,
  ...['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'TransactWriteItems'],
];

export interface Meter {
  usage(): Usage;
  /** One frame over the WebSocket API, in either direction. */
  frame(bytes: number): void;
  /** The service's calls, counted. `memoryMb` of a function by its name or ARN. */
  metered(service: Service, call: Call, memoryMb?: (name: string) => number): Call;
}

type Json = Record<string, unknown>;
type Call = (action: string, input: Json) => Promise<Json>;

const nothing = (): Usage => ({
  ...{ frames: 0, invocations: 0, functionGbSeconds: 0, readUnits: 0, writeUnits: 0 },
  ...{ events: 0, eventBytes: 0, executions: 0, queueRequests: 0 },
});

export function createMeter(): Meter {
  const total = nothing();

  /** DynamoDB bills a write whose condition fails like one that succeeds: at least one unit. */
  const tables =
    (call: Call): Call =>
    async (action, input) => {
      if (!TABLE_ACTIONS.includes(action)) return call(action, input);
      const isRead = READS.includes(action);
      try {
        const { ConsumedCapacity, ...output } = await call(action, {
          ...input,
          ReturnConsumedCapacity: input.ReturnConsumedCapacity ?? 'TOTAL',
        });
        total[isRead ? 'readUnits' : 'writeUnits'] += unitsIn(ConsumedCapacity);
        return input.ReturnConsumedCapacity === undefined
          ? output
          : { ConsumedCapacity, ...output };
      } catch (error) {
        if (error instanceof Error && error.name === 'ConditionalCheckFailedException')
          total.writeUnits += 1;
        throw error;
      }
    };

  const counted: Partial<Record<Service, (action: string, input: Json) => void>> = {
    events(action, { Entries }) {
      if (action !== 'PutEvents' || !Array.isArray(Entries)) return;
      for (const entry of Entries) {
        const bytes = Buffer.byteLength(JSON.stringify(entry ?? null));
        total.events += Math.ceil(bytes / EVENT_BYTES);
        total.eventBytes += bytes;
      }
    },
    states(action) {
      if (action === 'StartExecution' || action === 'StartSyncExecution') total.executions += 1;
    },
    sqs() {
      total.queueRequests += 1;
    },
  };

  return {
    usage: () => ({ ...total }),
    frame(bytes) {
      total.frames += Math.max(1, Math.ceil(bytes / FRAME_BYTES));
    },
    metered(service, call, memoryMb = () => 0) {
      if (service === 'dynamodb') return tables(call);
      return async (action, input) => {
        if (service === 'lambda' && action === 'Invoke') {
          total.invocations += 1;
          total.functionGbSeconds +=
            (memoryMb(String(input.FunctionName)) / 1024) * (ASSUMED.functionMs / 1000);
        }
        counted[service]?.(action, input);
        return call(action, input);
      };
    },
  };
}

/** One table's, or one for each table of a batch. */
function unitsIn(consumed: unknown): number {
  const each = Array.isArray(consumed) ? (consumed as unknown[]) : [consumed];
  return each.reduce<number>(
    (sum, one) => sum + ((one as { CapacityUnits?: number } | undefined)?.CapacityUnits ?? 0),
    0,
  );
}

/** What was used between two readings. */
export function usedSince(before: Usage, after: Usage): Usage {
  const used = nothing();
  for (const part of Object.keys(used) as (keyof Usage)[]) used[part] = after[part] - before[part];
  return used;
}

/** USD by part. Connections cost `PRICES.connectionMinute` besides. */
export function costOf(usage: Usage): { [part: string]: number } {
  const { frames, invocations, events, executions } = usage;
  return {
    gateway: frames * PRICES.frame,
    lambda: invocations * PRICES.invocation + usage.functionGbSeconds * PRICES.functionGbSecond,
    tables: usage.readUnits * PRICES.readUnit + usage.writeUnits * PRICES.writeUnit,
    bus: events * PRICES.event + usage.eventBytes * PRICES.archivedByte,
    machines:
      executions *
      (PRICES.execution +
        (ASSUMED.executionMs / 1000) * ASSUMED.executionGb * PRICES.executionGbSecond),
    queues: usage.queueRequests * PRICES.queueRequest,
  };
}

export const sumOf = (cost: { [part: string]: number }): number =>
  Object.values(cost).reduce((sum, one) => sum + one, 0);

/** One line for the person who stops the runtime. */
export function billOf(usage: Usage): string {
  const { frames, invocations, readUnits, writeUnits, executions } = usage;
  const usd = sumOf(costOf(usage));
  const about = usd < 0.0001 ? 'less than $0.0001' : `about $${usd.toFixed(4)}`;
  const units = `${Math.ceil(readUnits)} read and ${Math.ceil(writeUnits)} write units`;
  return `
  AWS would have billed ${about}: ${frames} frames, ${invocations} invocations, ${executions} executions, ${units}.
  Minutes of open connections are not counted. docs/costs.md has the prices.
`;
}
