// AWS for the tests of the product code: real tables, a bus and @connections that record, on one port, each able to misbehave.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { readPlan } from '../../local/cloudformation/read-plan.ts';
import { startTables } from '../../local/dynamodb/tables.ts';
import { AwsError } from '../../local/endpoint/aws-error.ts';
import { hangUp, listen } from '../../local/http/listen.ts';
import { silent } from '../../local/log.ts';

export type Row = Record<string, { S?: string; N?: string; BOOL?: boolean }>;
export type Json = Record<string, unknown>;

/** One call of @connections; `frame` is the parsed body of a POST. */
export interface Post {
  method: string;
  connectionId: string;
  frame?: unknown;
}

/** Asked before each call: an answer, an AwsError to answer with, or undefined to let the call through. */
export interface Script {
  dynamodb(action: string, input: Json): Json | AwsError | undefined;
  events(input: Json): Json | AwsError | undefined;
  states(input: Json): Json | AwsError | undefined;
  connections(post: Post): AwsError | undefined;
}

export interface TestAws {
  url: string;
  /** The names that the templates give. */
  tables: { connections: string; messages: string };
  bus: string;
  script: Script;
  /** Waited for before a call of DynamoDB goes on: where something else shall come between. */
  hold: ((action: string, input: Json) => Promise<unknown> | undefined) | undefined;
  /** Entries of every PutEvents call, in order, whether or not it was answered well. */
  entries: Record<'EventBusName' | 'Source' | 'DetailType' | 'Detail', string>[];
  posts: Post[];
  /** Inputs of StartExecution, parsed, in order, whether or not it was answered well. */
  executions: { stateMachineArn: string; input: Json }[];
  /** Asks the tables past script, hold and records. */
  call(action: string, input: Json): Promise<Json>;
  put(table: string, row: Row): Promise<void>;
  rows(table: string): Promise<Row[]>;
  /** Forgets rows, records and scripts. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

const ROOT = join(import.meta.dirname, '../..');
const MANAGEMENT = /^\/dev\/@connections\/([^/?]+)/;
const obedient = (): Script => ({
  dynamodb: () => undefined,
  events: () => undefined,
  states: () => undefined,
  connections: () => undefined,
});

/**
 * Starts it, and sets this process's environment as the templates set that of the named functions (`SendmessageFunction` …):
 * a door under test must be imported after this.
 */
export async function startAws(...functions: string[]): Promise<TestAws> {
  const { server, port } = await listen('--aws-port', 0);
  const url = `http://127.0.0.1:${port}`;
  // Tests speak faster than people, all from one address; those of these limits set what the door reads.
  const parameters = {
    ...{ MessageBurst: '1000', MessagesPerSecond: '1000' },
    ...{ RoomMessagesPerSecond: '0', ConnectionsPerAddress: '0' },
    AllowedOrigins: 'https://chat.example.com',
  };
  const plan = readPlan(ROOT, { stage: 'dev', parameters, awsEndpoint: url });
  const tables = await startTables(plan.tables, { log: silent });
  const tableOf = (resource: string) =>
    named(plan.tables, ({ origin }) => origin.path.split('.').includes(resource), resource).name;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: plan.region,
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'none',
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
  });
  for (const resource of functions) {
    const { environment } = named(
      plan.functions,
      ({ origin }) => origin.path.split('.').includes(resource),
      resource,
    );
    Object.assign(process.env, environment);
  }

  const aws: TestAws = {
    url,
    tables: { connections: tableOf('ConnectionsTable'), messages: tableOf('MessagesTable') },
    bus: named(plan.buses, () => true, 'ChatBus').name,
    script: obedient(),
    hold: undefined,
    entries: [],
    posts: [],
    executions: [],
    call: tables.call,
    async put(TableName, Item) {
      await tables.call('PutItem', { TableName, Item });
    },
    rows: async (TableName) => (await tables.call('Scan', { TableName })).Items as Row[],
    async reset() {
      Object.assign(aws, { script: obedient(), hold: undefined, entries: [], posts: [] });
      aws.executions = [];
      for (const { name: TableName, create } of plan.tables) {
        const keys = (create.KeySchema as { AttributeName: string }[]).map((k) => k.AttributeName);
        for (const row of await aws.rows(TableName)) {
          const Key = Object.fromEntries(keys.map((key) => [key, row[key]]));
          await tables.call('DeleteItem', { TableName, Key });
        }
      }
    },
    async stop() {
      await hangUp(server);
      await tables.stop();
    },
  };
  server.on('request', (req, res) => {
    answer(aws, tables.call, req).then(
      (output) => res.end(output === undefined ? '' : JSON.stringify(output)),
      (error: unknown) => refuse(res, error),
    );
  });
  return aws;
}

async function answer(
  aws: TestAws,
  table: (action: string, input: Json) => Promise<Json>,
  req: IncomingMessage,
): Promise<Json | undefined> {
  const body = await text(req);
  const connectionId = MANAGEMENT.exec(req.url ?? '')?.[1];
  if (connectionId !== undefined) {
    const post: Post = {
      method: req.method ?? '',
      connectionId: decodeURIComponent(connectionId),
      ...(body === '' ? {} : { frame: JSON.parse(body) as unknown }),
    };
    aws.posts.push(post);
    return scripted(aws.script.connections(post));
  }
  const input = JSON.parse(body) as Json;
  const [service, action = ''] = String(req.headers['x-amz-target']).split('.');
  if (service === 'AWSEvents') {
    const entries = input.Entries as TestAws['entries'];
    aws.entries.push(...entries);
    const taken = { FailedEntryCount: 0, Entries: entries.map(() => ({ EventId: 'event' })) };
    return scripted(aws.script.events(input)) ?? taken;
  }
  if (service === 'AWSStepFunctions') {
    const given = JSON.parse(String(input.input)) as Json;
    aws.executions.push({ stateMachineArn: String(input.stateMachineArn), input: given });
    return scripted(aws.script.states(input)) ?? { executionArn: 'execution', startDate: 0 };
  }
  await aws.hold?.(action, input);
  return scripted(aws.script.dynamodb(action, input)) ?? table(action, input);
}

function scripted(output: Json | AwsError | undefined): Json | undefined {
  if (output instanceof AwsError) throw output;
  return output;
}

function refuse(res: ServerResponse, error: unknown): void {
  const { code, status, message, more } =
    error instanceof AwsError ? error : new AwsError('TestFailure', String(error), 400);
  res.writeHead(status, { 'x-amzn-errortype': code });
  res.end(JSON.stringify({ __type: code, message, ...more }));
}

function named<T>(all: T[], is: (one: T) => boolean, name: string): T {
  const found = all.find(is);
  if (found === undefined) throw new Error(`The templates have no ${name}`);
  return found;
}
