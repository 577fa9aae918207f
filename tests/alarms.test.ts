// The alarms of the templates: what they watch, what wakes a person, what they cost, and that docs/operations.md explains each.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { readPlan, STACKS } from '../local/cloudformation/read-plan.ts';

const ROOT = resolve(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const plan = readPlan(ROOT, { stage: 'dev' });

interface Metric {
  Namespace: string;
  MetricName: string;
  Dimensions?: { Name: string; Value: string }[];
}
interface Query {
  Id: string;
  Expression?: string;
  Period?: number;
  MetricStat?: { Metric: Metric; Period: number };
}
interface Alarm extends Partial<Metric> {
  AlarmDescription: string;
  Metrics?: Query[];
  Period?: number;
  EvaluationPeriods: number;
  DatapointsToAlarm: number;
  Threshold: number;
  TreatMissingData: string;
  AlarmActions: unknown[];
  OKActions?: unknown[];
}
interface Template {
  Resources: Record<string, { Type: string; Properties?: object }>;
}

/** CloudFormation's tags (!Ref, !GetAtt, !Sub) are left out: what stands behind them is enough to compare. */
const templates = STACKS.map(
  (stack) => parse(read(`${stack}/template.yaml`), { logLevel: 'silent' }) as Template,
);
const alarms = templates
  .flatMap(({ Resources }) => Object.entries(Resources))
  .filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm')
  .map(([name, { Properties }]) => [name, Properties as Alarm] as const);

const metricsOf = ({ Metrics, Namespace, MetricName, Dimensions }: Alarm): Metric[] =>
  Metrics?.flatMap(({ MetricStat }) => (MetricStat ? [MetricStat.Metric] : [])) ?? [
    { Namespace: Namespace ?? '', MetricName: MetricName ?? '', ...(Dimensions && { Dimensions }) },
  ];
const queriesOf = ({ Metrics = [] }: Alarm) =>
  Metrics.flatMap(({ Expression = '' }) => (/^SELECT /.test(Expression) ? [Expression] : []));
/** As `Namespace MetricName Dimension=Value …`. */
const spelled = ({ Namespace, MetricName, Dimensions = [] }: Metric) =>
  [Namespace, MetricName, ...Dimensions.map(({ Name, Value }) => `${Name}=${Value}`)].join(' ');
const watched = new Map(
  alarms.flatMap(([name, alarm]) =>
    [...metricsOf(alarm).map(spelled), ...queriesOf(alarm)].map((metric) => [metric, name]),
  ),
);
const alarmOf = (name: string) => {
  const [, alarm] = alarms.find(([known]) => known === name) ?? [];
  if (alarm === undefined) throw new Error(`There is no ${name}`);
  return alarm;
};
/** Of a physical name that the plan makes of a logical id. */
const logicalId = (name: string) => name.split('-').at(-1) ?? '';
const logicalIdOf = (type: string, property: string, ending: string) =>
  templates
    .flatMap(({ Resources }) => Object.entries(Resources))
    .find(
      ([, { Type, Properties }]) =>
        Type === type && String(Object(Properties)[property]).endsWith(ending),
    )?.[0];
const queueOf = (arn: string | undefined) => {
  const ending = (arn?.split(':').at(-1) ?? '?').replace('hubbub-dev', '');
  return logicalIdOf('AWS::SQS::Queue', 'QueueName', ending);
};
const isWatched = (metric: string) => [metric, watched.get(metric)];
const byAnAlarm = (metric: string) => [metric, expect.any(String)];

describe('a person is woken', () => {
  /** Each of these is lost or waits for a person, so one is enough. */
  const SINGLE = ['AsyncDropsAlarm', 'CutShortAlarm', 'EventsLostAlarm', 'NotDistributedAlarm'];

  test.each(alarms)('%s: not by one transient, unless something is lost', (name, alarm) => {
    const { DatapointsToAlarm, EvaluationPeriods } = alarm;
    expect([name, DatapointsToAlarm >= 3]).toEqual([name, !SINGLE.includes(name)]);
    expect(EvaluationPeriods).toBeGreaterThanOrEqual(DatapointsToAlarm);
    if (SINGLE.includes(name)) expect([DatapointsToAlarm, EvaluationPeriods]).toEqual([1, 1]);
  });

  test.each(alarms)('%s: with a word when it is over, where that is news', (name, alarm) => {
    expect(alarm.AlarmActions).toHaveLength(1);
    expect(alarm.OKActions).toEqual(SINGLE.includes(name) ? undefined : alarm.AlarmActions);
  });

  test.each(alarms)('%s: by minutes, in which silence is no alarm', (_, alarm) => {
    expect(alarm.TreatMissingData).toBe('notBreaching');
    // A query says its period itself; metric math has the period of the metrics that it reads.
    const periods = alarm.Metrics?.flatMap(({ Expression, MetricStat, Period }) =>
      Expression === undefined || /^SELECT /.test(Expression) ? [MetricStat?.Period ?? Period] : [],
    ) ?? [alarm.Period];
    expect(new Set(periods)).toEqual(new Set([60]));
  });

  /** Does it ring, if these minutes of the last quarter of an hour have this much? As CloudWatch counts M of N. */
  const rings = (name: string, minutes: number[], value = 1) => {
    const { EvaluationPeriods, DatapointsToAlarm, Threshold } = alarmOf(name);
    const ends = Array.from({ length: 15 }, (_, end) => end);
    return ends.some(
      (end) =>
        minutes.filter((at) => at <= end && at > end - EvaluationPeriods && value > Threshold)
          .length >= DatapointsToAlarm,
    );
  };

  test.each(['SendErrorsAlarm', 'HelloErrorsAlarm', 'ConnectErrorsAlarm', 'RouteErrorsAlarm'])(
    '%s: by the failures of a team that sends a frame in five minutes, and by no single burst',
    (name) => {
      expect(rings(name, [0, 5, 10])).toBe(true);
      expect(rings(name, [4], 1_000)).toBe(false);
      expect(rings(name, [4, 5], 1_000)).toBe(false);
    },
  );

  test('by a dead letter that stays, and not again while redrive hides it', () => {
    expect(rings('DeadLettersAlarm', [5])).toBe(false);
    expect(rings('DeadLettersAlarm', [5, 6, 7])).toBe(true);
    const { EvaluationPeriods, DatapointsToAlarm } = alarmOf('DeadLettersAlarm');
    const [dead] = plan.queues.filter(({ name }) => name.endsWith('-dead-letters'));
    const hiddenMinutes = (dead?.visibilityTimeoutS ?? Number.NaN) / 60;
    expect(EvaluationPeriods - hiddenMinutes).toBeGreaterThanOrEqual(DatapointsToAlarm);
  });
});

describe('every asynchronous edge is watched', () => {
  const targets = plan.rules.flatMap((rule) => rule.targets.map((target) => ({ rule, target })));

  test.each(['FailedInvocations', 'InvocationsFailedToBeSentToDlq'])(
    'every rule by one query of its bus for %s',
    (metric) => {
      const query = `SELECT SUM(${metric}) FROM "AWS/Events" WHERE EventBusName = '\${ChatBus}'`;
      expect(isWatched(query)).toEqual(byAnAlarm(query));
      const buses = new Set(plan.rules.map(({ busName }) => busName));
      expect([...buses]).toEqual(['hubbub-dev']);
    },
  );

  test('every dead-letter queue by what waits in it', () => {
    const letters = [
      ...targets.map(({ target }) => target.deadLetterArn),
      ...plan.functions.map(({ onFailureArn }) => onFailureArn),
      ...plan.queues.map(({ redrive }) => redrive?.deadLetterArn),
    ].filter((arn) => arn !== undefined);
    expect(letters.length).toBeGreaterThan(10);
    for (const queue of new Set(letters.map(queueOf))) {
      const metric = `AWS/SQS ApproximateNumberOfMessagesVisible QueueName=${queue}.QueueName`;
      expect(isWatched(metric)).toEqual(byAnAlarm(metric));
    }
  });

  test('every function that a rule invokes by its drops, kept or lost', () => {
    const invoked = plan.functions.filter(
      ({ arn, onFailureArn }) =>
        onFailureArn !== undefined || targets.some(({ target }) => target.arn === arn),
    );
    expect(invoked.length).toBeGreaterThan(1);
    for (const { name } of invoked)
      for (const kind of ['AsyncEventsDropped', 'DestinationDeliveryFailures']) {
        const metric = `AWS/Lambda ${kind} FunctionName=${logicalId(name)}`;
        expect(isWatched(metric)).toEqual(byAnAlarm(metric));
      }
  });

  test('every queue that a function reads by its age', () => {
    expect(plan.eventSources.length).toBeGreaterThan(0);
    for (const { queueArn } of plan.eventSources) {
      const metric = `AWS/SQS ApproximateAgeOfOldestMessage QueueName=${queueOf(queueArn)}.QueueName`;
      expect(isWatched(metric)).toEqual(byAnAlarm(metric));
    }
  });

  test('every state machine by what fails and what runs out of time', () => {
    for (const { name } of plan.machines) {
      const ending = name.replace('hubbub-dev', '');
      const machine = logicalIdOf('AWS::Serverless::StateMachine', 'Name', ending);
      for (const kind of ['ExecutionsFailed', 'ExecutionsTimedOut']) {
        const metric = `AWS/States ${kind} StateMachineArn=${machine}`;
        expect(isWatched(metric)).toEqual(byAnAlarm(metric));
      }
    }
  });
});

describe('what everything stands on is watched', () => {
  test('every table and every index by its throttles', () => {
    const places = plan.tables.flatMap(({ name, create }) => {
      const table = `TableName=${logicalId(name)}`;
      const { GlobalSecondaryIndexes = [] } = create as unknown as {
        GlobalSecondaryIndexes?: { IndexName: string }[];
      };
      const indexes = GlobalSecondaryIndexes.map(
        ({ IndexName }) => `${table} GlobalSecondaryIndexName=${IndexName}`,
      );
      return [table, ...indexes];
    });
    expect(places.some((place) => place.includes('Index'))).toBe(true);
    for (const place of places)
      for (const kind of ['ReadThrottleEvents', 'WriteThrottleEvents']) {
        const metric = `AWS/DynamoDB ${kind} ${place}`;
        expect(isWatched(metric)).toEqual(byAnAlarm(metric));
      }
  });

  test('every function by the throttles of the account, whose concurrency they share', () => {
    expect(isWatched('AWS/Lambda Throttles')).toEqual(byAnAlarm('AWS/Lambda Throttles'));
  });

  test.each(['IntegrationError', 'ExecutionError'])('the API by its %s', (kind) => {
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html
    const metric = `AWS/ApiGateway ${kind} ApiId=ChatApi Stage=Stage`;
    expect(isWatched(metric)).toEqual(byAnAlarm(metric));
  });

  test('broadcast by its errors and by the time-out that it nears', () => {
    const metric = 'AWS/Lambda Errors FunctionName=BroadcastFunction';
    expect(isWatched(metric)).toEqual(byAnAlarm(metric));
    const { timeoutS = 0 } = plan.functions.find(({ name }) => /Broadcast/.test(name)) ?? {};
    const { Threshold } = alarmOf('BroadcastSlowAlarm');
    expect(Threshold).toBeGreaterThan(500 * timeoutS);
    expect(Threshold).toBeLessThan(1_000 * timeoutS);
  });
});

test('a sum counts what is there, of at most ten metrics, and an alarm asks at most one query', () => {
  for (const [name, alarm] of alarms) {
    expect([name, metricsOf(alarm).length <= 10]).toEqual([name, true]);
    expect(queriesOf(alarm).length).toBeLessThanOrEqual(1);
    const expressions = alarm.Metrics?.filter(({ Expression }) => Expression) ?? [];
    expect(expressions.length).toBe(alarm.Metrics ? 1 : 0);
    expect(JSON.stringify(expressions)).not.toContain('SEARCH(');
  }
});

describe('a failure that only Lambda reports is still logged', () => {
  test.each(['api', 'workflows'])('%s logs the report of what fails, and no other', (stack) => {
    const { Globals } = parse(read(`${stack}/template.yaml`), { logLevel: 'silent' }) as {
      Globals: { Function: { LoggingConfig: Record<string, string> } };
    };
    // "System log level event mapping" of https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
    // has platform.report at WARN where its status is not success, and at INFO otherwise. Filtering needs JSON.
    expect(Globals.Function.LoggingConfig).toEqual({
      LogFormat: 'JSON',
      ApplicationLogLevel: 'INFO',
      SystemLogLevel: 'WARN',
    });
  });
});

describe('docs/operations.md', () => {
  const [, section = ''] = /^## Alarms\n([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(
    read('docs/operations.md'),
  ) ?? ['', ''];
  const rows = [...section.matchAll(/^\| (\w+Alarm) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm)];

  test('has a row for every alarm, and no other', () => {
    expect(rows.map(([, name]) => name).sort()).toEqual(alarms.map(([name]) => name).sort());
  });

  test.each(alarms)('%s says in one sentence what is wrong and what to do first', (_, alarm) => {
    expect(alarm.AlarmDescription).toMatch(/^[^.]+[,;] [^.]+\.$/);
    expect(alarm.AlarmDescription.length).toBeLessThan(220);
  });

  test('states what the alarms cost in a month', () => {
    const metrics = alarms.reduce(
      (sum, [, alarm]) => sum + (queriesOf(alarm).length ? 0 : metricsOf(alarm).length),
      0,
    );
    const usd = (cents: number) => `$${(cents / 100).toFixed(2)}`;
    expect(section).toContain(`**${metrics} alarm metrics** are ${usd(metrics * 10)} a month`);
    expect(section).toContain(`or ${usd((metrics - 10) * 10)} after the ten that AWS gives`);
    expect(section).toContain(`${alarms.length} alarms`);
  });
});
