// The house: what no compiler sees. Templates, code and docs say the same, and rooms know only the neighbours they may.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { buildSync } from 'esbuild';
import { parseDocument } from 'yaml';
import { readPlan, STACKS } from '../local/cloudformation/read-plan.ts';
import { eventNameOf, logicalIdOf } from '../local/sam/environment.ts';
import { EVENT_SOURCES } from '../shared/src/events.ts';
import { ERRORS } from '../shared/src/protocol/errors.ts';
import { LIMITS } from '../shared/src/protocol/limits.ts';
import { ACTIONS } from '../shared/src/protocol/parse.ts';

const ROOT = resolve(import.meta.dirname, '..');
const plan = readPlan(ROOT, { stage: 'dev' });
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const template = (stack: string) => read(`${stack}/template.yaml`);

const walk = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = join(folder, entry.name);
    if (entry.name === 'node_modules' || entry.name.startsWith('.')) return [];
    return entry.isDirectory() ? walk(file) : [file];
  });
/** Those that a stage has, and those that it may have; samconfig.toml is the one list of them. */
const TEMPLATES = [...read('samconfig.toml').matchAll(/^\[(\w+)\.deploy\.parameters\]$/gm)].map(
  ([, stack = '']) => stack,
);
const ROOMS = [
  'budget',
  'identity',
  'shared',
  'api',
  'workflows',
  'front',
  'local',
  'tests',
  'bench',
  'docs',
  'examples',
];
const files = ROOMS.filter((room) => existsSync(join(ROOT, room))).flatMap(walk);
const code = files.filter((file) => /\.(ts|js)$/.test(file));
const product = code.filter((file) => /^(shared|api|workflows|front)\//.test(file));
const shipped = product.filter((file) => !file.endsWith('.test.ts'));

const IMPORT = /(?:from|import\()\s*['"](\.[^'"]+)['"]/g;
const importsOf = (file: string) =>
  [...read(file).matchAll(IMPORT)].map(([, path = '']) =>
    relative(ROOT, resolve(ROOT, dirname(file), path)),
  );
const room = (file: string) => file.split('/')[0] ?? '';

/** What one function's bundle is made of, as SAM's esbuild would make it. */
const bundle = (entry: string) =>
  Object.keys(
    buildSync({
      entryPoints: [entry],
      bundle: true,
      write: false,
      metafile: true,
      platform: 'node',
      packages: 'external',
      absWorkingDir: ROOT,
    }).metafile.inputs,
  );

describe('rooms', () => {
  const MAY: Record<string, string[]> = {
    shared: ['shared'],
    api: ['api', 'shared'],
    workflows: ['workflows', 'shared'],
    front: ['front', 'shared'],
    local: ['local'],
    tests: ROOMS,
    bench: ROOMS,
    docs: ROOMS,
    examples: ['examples', 'front'],
  };

  test.each(code)('%s imports only from rooms it may know', (file) => {
    const allowed = MAY[room(file)] ?? [];
    // A test of the product may stand on the tests' own harness.
    const extra = file.endsWith('.test.ts') ? ['tests', 'local', 'shared'] : [];
    const foreign = importsOf(file).filter((path) => ![...allowed, ...extra].includes(room(path)));
    expect(foreign).toEqual([]);
  });

  test('the page takes types from shared, and nothing that runs', () => {
    const runs = shipped
      .filter((file) => file.startsWith('front/src/'))
      .flatMap((file) => read(file).match(/^\s*import .*shared\/.*$/gm) ?? []);
    expect(runs).toEqual([]);
  });

  test('the wire and its rules need nothing that a browser lacks', () => {
    const rules = shipped.filter((file) => /^shared\/src\/(protocol|rules)\//.test(file));
    expect(rules.length).toBeGreaterThan(5);
    const outside = rules.flatMap((file) =>
      [...read(file).matchAll(/from '([^']+)'/g)]
        .map(([, from = '']) => from)
        .filter((from) => !/^\.\.?\/((protocol|rules)\/)?[\w-]+\.ts$/.test(from)),
    );
    expect(outside).toEqual([]);
  });

  test('the page takes nothing from shared but the wire and its rules', () => {
    const taken = shipped
      .filter((file) => file.startsWith('front/'))
      .flatMap(importsOf)
      .filter((path) => path.startsWith('shared/'));
    expect(taken.filter((path) => !/^shared\/src\/(protocol|rules)\//.test(path))).toEqual([]);
  });

  test('an exported name stands for one thing in all stacks', () => {
    const exported = shipped
      .filter((file) => /^(shared|api|workflows)\/src\//.test(file))
      .flatMap((file) =>
        [
          ...read(file).matchAll(
            /^export (?:async )?(?:const|function|class|interface|type) (\w+)/gm,
          ),
        ].map(([, name = '']) => name),
      )
      .filter((name) => name !== 'handler');
    expect(exported.filter((name, at) => exported.indexOf(name) !== at)).toEqual([]);
  });

  test('only stores, the bus and workflows’ own clients hold the AWS SDK', () => {
    const holders = shipped.filter((file) => read(file).includes("from '@aws-sdk/"));
    expect(holders.filter((file) => !file.startsWith('shared/src/store/')).sort()).toEqual([
      'shared/src/bus.ts',
      'workflows/dead-letter-queue.ts',
      'workflows/restart.ts',
      'workflows/src/after-grace.ts',
      'workflows/src/poster.ts',
    ]);
  });

  test('the keys of ConnectionsTable stand in one file', () => {
    const others = shipped.filter(
      (file) =>
        /^(shared|api|workflows)\/src\//.test(file) &&
        file !== 'shared/src/store/keys.ts' &&
        /\bpk: \{ S: [`']|\bsk: \{ S: [`']|`[a-z]+#\$\{/.test(read(file)),
    );
    expect(others).toEqual([]);
  });

  test('one client speaks to DynamoDB', () => {
    const clients = shipped.filter((file) => read(file).includes('new DynamoDBClient('));
    expect(clients).toEqual(['shared/src/store/dynamo.ts']);
  });

  test('only env.ts reads the environment', () => {
    const readers = shipped.filter((file) => read(file).includes('process.env'));
    expect(readers).toEqual(['shared/src/env.ts']);
  });

  test('no product file knows of the local runtime', () => {
    const branches = shipped.filter((file) =>
      /is_?local\b|sam_local|localstack|4566|['"`][^'"`]*local\/[^'"`]*['"`]/i.test(read(file)),
    );
    expect(branches).toEqual([]);
  });
});

describe('files', () => {
  test.each(code)('%s says in its first line what it is for', (file) => {
    expect(read(file).replace(/^\/\/ @ts-check\n/, '')).toMatch(/^(\/\/|\/\*\*) \S.{10,}/);
  });

  test('there are no drawers', () => {
    const drawers = /(^|[/.])(utils?|helpers?|common|types|misc|constants)([/.]|$)/;
    expect(files.filter((file) => drawers.test(file))).toEqual([]);
  });

  test('every test can be found beside or under what it tests', () => {
    const lost = product
      .filter((file) => file.endsWith('.test.ts'))
      .filter((file) => !code.includes(file.replace(/(\.[a-z-]+)?\.test\.ts$/, '.ts')));
    expect(lost).toEqual([]);
  });
});

describe('exports', () => {
  const names = (pattern: RegExp) =>
    STACKS.map((stack) => [...template(stack).matchAll(pattern)].map(([, name = '']) => name));
  const exported = names(/Export:\s*\{ Name: !Sub '([^']+)' \}/g);
  const imported = names(/Fn::ImportValue: !Sub '([^']+)'/g);

  test('every export is imported, and every import exported by a stack before it', () => {
    expect(new Set(exported.flat())).toEqual(new Set(imported.flat()));
    STACKS.forEach((_, at) => {
      const known = new Set(exported.slice(0, at).flat());
      expect(imported[at]?.filter((name) => !known.has(name))).toEqual([]);
    });
  });

  test('no export is made twice, and each carries the stage', () => {
    expect(new Set(exported.flat()).size).toBe(exported.flat().length);
    expect(exported.flat().filter((name) => !/^hubbub-\$\{Stage\}-/.test(name))).toEqual([]);
  });
});

describe('routes', () => {
  const [api] = plan.apis;
  const routes = Object.keys(api?.routes ?? {});

  test('the template routes exactly what the protocol knows', () => {
    expect(routes.sort()).toEqual(['$connect', '$default', '$disconnect', ...ACTIONS].sort());
  });

  test.each(routes)('%s has a handler, a test, a sample event and a way to answer', (route) => {
    const name = route.replace('$', '');
    for (const file of [
      `api/src/routes/${name}.ts`,
      `api/src/routes/${name}.test.ts`,
      `api/events/${name}.json`,
    ]) {
      expect(walk('api')).toContain(file);
    }
    const expected = plan.functions.find(({ entry }) =>
      entry.endsWith(`api/src/routes/${name}.ts`),
    );
    expect(api?.routes[route]?.functionArn).toBe(expected?.arn);
    expect(api?.routes[route]?.responds).toBe(!['$connect', '$disconnect'].includes(route));
  });

  test('the folder of routes holds their handlers, and nothing else', () => {
    const held = shipped.filter((file) => file.startsWith('api/src/routes/'));
    expect(held.map((file) => basename(file, '.ts'))).toEqual(
      routes.map((route) => route.replace('$', '')).toSorted(),
    );
  });
});

describe('throttles', () => {
  const routesAt = (parameters: Record<string, string>) => {
    const { apis } = readPlan(ROOT, { stage: 'dev', parameters });
    return Object.entries(apis[0]?.routes ?? {}).map(
      ([route, { throttle }]) => [route, throttle] as const,
    );
  };
  const parameters = { FramesPerSecond: '37', FramesBurst: '73' };
  /** Those that the parameters reach; the others cost more, or are no client's to choose. */
  const CHEAP = ['$connect', '$default', 'hello', 'ping', 'sendmessage'];

  test('every route is throttled: by the parameters, or by limits of its own below their defaults', () => {
    const [rate, burst] = [500, 1_000];
    for (const [route, throttle] of routesAt(parameters)) {
      if (CHEAP.includes(route))
        expect([route, throttle]).toEqual([route, { perS: 37, burst: 73 }]);
      else if (route !== '$disconnect') {
        expect([route, throttle?.perS]).toEqual([route, expect.any(Number)]);
        expect(throttle?.perS).toBeLessThan(rate);
        expect(throttle?.burst).toBeLessThan(burst);
      }
    }
    expect(Object.fromEntries(routesAt({})).ping).toEqual({ perS: rate, burst });
  });

  test('$disconnect is throttled more loosely than $connect, and no limit exceeds the least that AWS gives an account', () => {
    const throttles = Object.fromEntries(routesAt({}));
    expect(throttles.$disconnect?.perS).toBeGreaterThan(throttles.$connect?.perS ?? Infinity);
    for (const throttle of Object.values(throttles)) {
      expect(throttle?.perS).toBeLessThanOrEqual(2_500);
      expect(throttle?.burst).toBeLessThanOrEqual(1_250);
    }
  });

  test('no route traces data, which would write what people say to a log', () => {
    expect(template('api')).not.toMatch(/DataTraceEnabled: (?!false)/);
  });
});

describe('events', () => {
  test('every rule waits for an event of the catalogue, from a source that says it', () => {
    const told = plan.rules.map(
      ({ pattern }) =>
        pattern as { source: [string | { prefix: string }]; 'detail-type': string[] },
    );
    const all = told.flatMap((pattern) => pattern['detail-type']);
    expect([...new Set(all)].sort()).toEqual(Object.keys(EVENT_SOURCES).sort());
    const patterns = told.filter(({ 'detail-type': types }) => types.includes('ConnectionClosed'));
    // Every event starts one thing; this one starts the one or the other.
    expect(all.filter((name, at) => all.indexOf(name) !== at)).toEqual(['ConnectionClosed']);
    expect(patterns.map((pattern) => Object(pattern).detail)).toEqual(
      expect.arrayContaining([{ isLapsed: [true] }, { isLapsed: [false] }]),
    );
    for (const [name, source] of Object.entries(EVENT_SOURCES)) {
      const rule = told.find((pattern) => pattern['detail-type'].includes(name));
      const said = rule?.source[0] ?? '?';
      expect(typeof said === 'string' ? source === said : source.startsWith(said.prefix)).toBe(
        true,
      );
    }
  });

  test('every rule retries, and has a dead-letter queue; only typing, which is soon untrue, does not', () => {
    const isTyping = ({ pattern }: (typeof plan.rules)[number]) =>
      JSON.stringify(pattern).includes('Typing');
    const [typing, ...others] = plan.rules.filter(isTyping).flatMap(({ targets }) => targets);
    expect(others).toEqual([]);
    expect([typing?.maximumRetryAttempts, typing?.deadLetterArn]).toEqual([0, undefined]);
    const kept = plan.rules.filter((rule) => !isTyping(rule));
    for (const target of kept.flatMap(({ targets }) => targets)) {
      expect(target.maximumRetryAttempts).toBeGreaterThan(0);
      expect(plan.queues.map(({ arn }) => arn)).toContain(target.deadLetterArn);
    }
  });

  test('a queue that a function reads gives what fails to the dead-letter queue, and its age rings', () => {
    const [dead] = plan.queues.filter(({ name }) => name.endsWith('-dead-letters'));
    const read = plan.eventSources.map(({ queueArn, reportsFailures, functionArn }) => {
      expect(reportsFailures).toBe(true);
      const queue = plan.queues.find(({ arn }) => arn === queueArn);
      expect(queue?.redrive?.deadLetterArn).toBe(dead?.arn);
      // As https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html has it.
      const { timeoutS = 0 } = plan.functions.find(({ arn }) => arn === functionArn) ?? {};
      expect(queue?.visibilityTimeoutS).toBeGreaterThanOrEqual(6 * timeoutS);
      return queueArn;
    });
    expect(read.toSorted()).toEqual(
      plan.queues.flatMap((queue) => (queue === dead ? [] : [queue.arn])).toSorted(),
    );
    const text = template('workflows');
    expect(text.match(/MetricName: ApproximateAgeOfOldestMessage/g)).toHaveLength(read.length);
    for (const stack of ['shared', 'workflows'])
      expect(template(stack).match(/Type: AWS::SQS::Queue\n/g)?.length).toBe(
        template(stack).match(/SqsManagedSseEnabled: true/g)?.length,
      );
  });

  test('a queue is written to by the rules that name it, and by no other', () => {
    const policy = /GraceQueuePolicy:[\s\S]*?\n\n/.exec(template('workflows'))?.[0] ?? '';
    const named = [...policy.matchAll(/!GetAtt (\w+Rule)\.Arn/g)].map(([, rule = '']) => rule);
    const [queueArn] = plan.eventSources.map((source) => source.queueArn);
    const rules = plan.rules.filter(({ targets }) => targets.some(({ arn }) => arn === queueArn));
    expect(rules.map(({ name }) => name.split('-').at(-1)).toSorted()).toEqual(named.toSorted());
    expect(policy).toContain('ArnEquals');
  });

  test('a function that a rule invokes keeps what it throws in a dead-letter queue', () => {
    const targets = plan.rules.flatMap(({ targets }) => targets.map(({ arn }) => arn));
    for (const { arn, onFailureArn } of plan.functions.filter(({ arn }) => targets.includes(arn))) {
      expect([arn, plan.queues.map(({ arn }) => arn)]).toEqual([
        arn,
        expect.arrayContaining([onFailureArn]),
      ]);
    }
  });
});

describe('functions', () => {
  const COMMAND = /\bnew (\w+)Command\(/g;
  const SERVICE: Record<string, string> = {
    'shared/src/bus.ts': 'events',
    'workflows/src/after-grace.ts': 'states',
  };
  const serviceOf = (file: string) =>
    file.startsWith('shared/src/store/') ? 'dynamodb' : SERVICE[file];
  /** The management API has one action for all it does. */
  const actionsOf = (file: string) =>
    [...read(file).matchAll(COMMAND)].map(([, command]) =>
      basename(file) === 'poster.ts'
        ? 'execute-api:ManageConnections'
        : `${serviceOf(file)}:${command}`,
    );
  const granted = (policy: { actions: string[] }[]) =>
    [...new Set(policy.flatMap(({ actions }) => actions))].sort();

  test.each(plan.functions)(
    '$name is granted no action that its bundle does not hold',
    ({ arn, entry, policy, onFailureArn }) => {
      const held = new Set(bundle(relative(ROOT, entry)).flatMap(actionsOf));
      // Lambda itself writes to a failure destination, with the function's role.
      if (onFailureArn !== undefined) held.add('sqs:SendMessage');
      // Lambda itself polls, with the function's role.
      if (plan.eventSources.some(({ functionArn }) => functionArn === arn))
        for (const action of ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'])
          held.add(`sqs:${action}`);
      expect(granted(policy).filter((action) => !held.has(action))).toEqual([]);
    },
  );

  /** The code of a function's bundle, without what esbuild finds unused. */
  const codeOf = (entry: string) =>
    buildSync({
      ...{ entryPoints: [entry], bundle: true, write: false, platform: 'node', format: 'esm' },
      ...{ packages: 'external', absWorkingDir: ROOT },
    }).outputFiles[0]?.text ?? '';
  const LEADING = 'ForAllValues:StringLike';
  const WRITES = /^dynamodb:(Put|Update|Delete|BatchWrite)Item$/;
  const CONNECTIONS = plan.tables.find(({ name }) => name.includes('ConnectionsTable'))?.arn ?? '';
  /** They write nearly every kind of row: a condition would take a dozen prefixes and keep little out. */
  const WRITE_ALL = ['hubbub-dev-api-HelloFunction', 'hubbub-dev-api-JoinFunction'];

  test.each([...plan.functions, ...plan.machines])(
    '$name writes only rows that the condition on its statement names',
    ({ name, policy }) => {
      const writes = policy.filter(
        ({ actions, resources }) =>
          resources.includes(CONNECTIONS) && actions.some((action) => WRITES.test(action)),
      );
      const free = writes.filter(({ conditions }) => conditions[LEADING] === undefined);
      expect(free.length > 0).toBe(WRITE_ALL.includes(name));
      for (const { actions, conditions } of writes.filter((each) => !free.includes(each))) {
        // ForAllValues holds for a call without keys.
        expect(conditions.Null).toEqual({ 'dynamodb:LeadingKeys': ['false'] });
        expect(actions.filter((action) => !WRITES.test(action))).toEqual([]);
      }
    },
  );

  test.each(plan.functions)(
    '$name is granted the keys and the events that its code holds',
    ({ entry, policy }) => {
      const code = codeOf(relative(ROOT, entry));
      const valuesOf = (operator: string, key: string) =>
        policy.flatMap(({ conditions }) => conditions[operator]?.[key] ?? []);
      for (const pattern of valuesOf(LEADING, 'dynamodb:LeadingKeys'))
        expect(code).toContain(`pk: { S: \`${pattern.replace('*', '$')}{`);
      const spoken = Object.keys(EVENT_SOURCES).filter((event) => code.includes(`"${event}"`));
      expect(valuesOf('StringEquals', 'events:detail-type').sort()).toEqual(spoken.sort());
    },
  );

  test.each(plan.functions)('$name names tables, buses and connections, never *', ({ policy }) => {
    expect(
      policy.flatMap(({ resources }) => resources).filter((resource) => resource === '*'),
    ).toEqual([]);
  });

  test.each(plan.functions)(
    '$name is given exactly the variables it reads',
    ({ entry, environment }) => {
      const wanted = bundle(relative(ROOT, entry)).flatMap((file) =>
        [...read(file).matchAll(/\benv\('(\w+)'\)/g)].map(([, name = '']) => name),
      );
      const given = Object.keys(environment);
      expect(wanted.filter((name) => !given.includes(name))).toEqual([]);
      // What every route reads stands in Globals: $connect, $disconnect and $default do without some of it.
      const everywhere = [
        ...['CONNECTIONS_TABLE', 'MESSAGE_BURST', 'MESSAGES_PER_SECOND', 'BUS_NAME'],
      ];
      expect(given.filter((name) => !wanted.includes(name) && !everywhere.includes(name))).toEqual(
        [],
      );
    },
  );

  test.each(plan.functions)('$name has a sample event', ({ name: given, entry }) => {
    const name = basename(entry, '.ts');
    // By this, npm run invoke finds it.
    expect(eventNameOf(logicalIdOf({ name: given }))).toBe(name);
    const stack = relative(ROOT, entry).split('/')[0] ?? '';
    expect(walk(`${stack}/events`)).toContain(`${stack}/events/${name}.json`);
  });

  test('every function runs on the Node that package.json brings', () => {
    const { devDependencies } = JSON.parse(read('package.json')) as {
      devDependencies: { node: string };
    };
    const runtimes = ['api', 'workflows'].map(
      (stack) => /Runtime: nodejs(\d+)\.x/.exec(template(stack))?.[1],
    );
    expect(new Set(runtimes)).toEqual(new Set([devDependencies.node.split('.')[0]]));
  });
});

describe.each(['message-distribution', 'presence-change'])(
  'the state machine %s',
  (machineName) => {
    interface State {
      Type: string;
      Resource?: string;
      Parameters?: { TableName?: string };
      Retry?: { ErrorEquals: string[]; BackoffRate?: number; JitterStrategy?: string }[];
      Catch?: unknown[];
      ItemProcessor?: { States: Record<string, State> };
    }
    const definition = JSON.parse(read(`workflows/statemachine/${machineName}.asl.json`)) as {
      States: Record<string, State>;
    };
    const states = (at: Record<string, State>): [string, State][] =>
      Object.entries(at).flatMap(([name, state]) => [
        [name, state],
        ...states(state.ItemProcessor?.States ?? {}),
      ]);
    const all = states(definition.States);
    const tasks = all.filter(([, { Type }]) => Type === 'Task');

    test.each(tasks)(
      '%s is retried with back-off and jitter, and its failure is caught',
      (_, task) => {
        const last = task.Retry?.at(-1);
        expect(last).toMatchObject({ ErrorEquals: ['States.ALL'], JitterStrategy: 'FULL' });
        expect(last?.BackoffRate).toBeGreaterThan(1);
        expect(task.Catch?.length).toBeGreaterThan(0);
      },
    );

    test('waits in no state: Express bills that by the second', () => {
      expect(all.filter(([, { Type }]) => Type === 'Wait')).toEqual([]);
    });

    test('is granted exactly the actions of its tasks', () => {
      const ACTION: Record<string, string> = {
        'arn:aws:states:::dynamodb:getItem': 'dynamodb:GetItem',
        'arn:aws:states:::dynamodb:putItem': 'dynamodb:PutItem',
        'arn:aws:states:::dynamodb:updateItem': 'dynamodb:UpdateItem',
        'arn:aws:states:::aws-sdk:dynamodb:query': 'dynamodb:Query',
        'arn:aws:states:::lambda:invoke': 'lambda:InvokeFunction',
        'arn:aws:states:::sqs:sendMessage': 'sqs:SendMessage',
      };
      const ARN: Record<string, string | undefined> = {
        '${ConnectionsTable}': plan.tables.find(({ name }) => name.endsWith('ConnectionsTable'))
          ?.arn,
        '${ClaimsTable}': plan.tables.find(({ name }) => name.endsWith('ClaimsTable'))?.arn,
        '${MessagesTable}': plan.tables.find(({ name }) => name.endsWith('MessagesTable'))?.arn,
      };
      const used = tasks.map(([, { Resource = '', Parameters }]) =>
        [ACTION[Resource], ARN[Parameters?.TableName ?? ''] ?? ''].join(' '),
      );
      const machine = plan.machines.find(({ name }) => name.endsWith(machineName));
      const granted = machine?.policy
        .filter(({ resources }) => !resources.includes('*'))
        .flatMap(({ actions, resources }) =>
          actions.map((action) =>
            [action, action.startsWith('dynamodb:') ? resources[0] : ''].join(' '),
          ),
        );
      expect(new Set(granted)).toEqual(new Set(used));
    });

    test('knows no socket, and passes message text through no intrinsic', () => {
      const source = JSON.stringify(definition);
      expect(source).not.toMatch(/socket|connectionId/i);
      expect(source.match(/States\.\w+\([^"]*text[^"]*\)/g)).toBeNull();
    });

    test('stands in its README, state by state', () => {
      const pages = read('workflows/statemachine/README.md').split(/^# /m);
      const table = pages.find((page) => page.startsWith(`${machineName}\n`)) ?? '';
      expect(all.map(([name]) => name).filter((name) => !table.includes(`| ${name} |`))).toEqual(
        [],
      );
      const rows = [...table.matchAll(/^\| (\w+) \|/gm)].map(([, name]) => name);
      expect(
        rows.filter((name) => name !== 'state' && !all.some(([state]) => state === name)),
      ).toEqual([]);
    });
  },
);

test('presence-change calls the same a crowd as the code', () => {
  const definition = read('workflows/statemachine/presence-change.asl.json');
  const [, most] =
    /"\$\.people\.connections",\s*"NumericGreaterThan": (\d+)/.exec(definition) ?? [];
  expect(Number(most)).toBe(LIMITS.crowd);
  const [, rows] = /"\$\.people\.read",\s*"NumericGreaterThan": (\d+)/.exec(definition) ?? [];
  expect(definition).toContain(`"Limit": ${Number(rows) + 1}\n`);
});

/** A line of ours, or Lambda's own report of a time-out, a crash or a failed start, of which no code of ours can tell. */
const OURS_OR_LAMBDAS =
  '{ $.level = "ERROR" || ($.type = "platform.report" && $.record.status != "success") }';

test('of every route that fails somebody hears: by Lambda’s own count, or by its log and an alarm on that metric', () => {
  const text = template('api');
  const functions = [...text.matchAll(/^ {8}\S+: \{ FunctionArn: !GetAtt (\w+)Function\.Arn/gm)];
  expect(functions.length).toBe(ACTIONS.length + 3);
  const alarms = [...text.matchAll(/AWS::CloudWatch::Alarm\n(?: {4}.*\n)+/g)].join();
  for (const [, name = ''] of functions.filter(([, name]) => name !== 'Connect')) {
    const filter = text.split(`LogGroupName: !Ref ${name}Logs`)[1] ?? '';
    const [, metric = '?'] = /MetricName: (\w+)/.exec(filter) ?? [];
    const [, pattern = ''] = /FilterPattern: '(.*)'/.exec(filter) ?? [];
    expect([name, pattern]).toEqual([name, OURS_OR_LAMBDAS]);
    expect([name, alarms]).toEqual([name, expect.stringContaining(`MetricName: ${metric}\n`)]);
  }
  expect(alarms).toContain('Dimensions: [{ Name: FunctionName, Value: !Ref ConnectFunction }]');
});

test('of posts that a 429 cost somebody hears: the filter counts the number that broadcast logs', () => {
  expect(read('workflows/src/broadcast.ts')).toMatch(
    /console\.warn\({ message: [^}]*, throttled }\)/,
  );
  const text = read('workflows/template.yaml');
  expect(text).toMatch(
    /LogGroupName: !Ref BroadcastLogs\n +FilterPattern: '{ \$\.message\.throttled > 0 }'/,
  );
  expect(text).toMatch(/MetricName: ThrottledPosts, MetricValue: \$\.message\.throttled }/);
  expect(text).toMatch(
    /Type: AWS::CloudWatch::Alarm\n(?: {4}.*\n)+? {6}MetricName: ThrottledPosts\n/,
  );
});

test('no function reserves concurrency by default; by parameter each route does, and broadcast', () => {
  const reservedWith = (parameters: Record<string, string>) =>
    readPlan(ROOT, { stage: 'dev', parameters }).functions.map(
      ({ name, reservedConcurrency }) => [name, reservedConcurrency] as const,
    );
  expect(reservedWith({}).filter(([, reserved]) => reserved !== undefined)).toEqual([]);
  const parameters = { RouteReservedConcurrency: '7', BroadcastReservedConcurrency: '9' };
  for (const [name, reserved] of reservedWith(parameters)) {
    const [, stack, resource] = /^hubbub-dev-(\w+)-(\w+)$/.exec(name) ?? [];
    const limit = stack === 'api' ? 7 : resource === 'BroadcastFunction' ? 9 : undefined;
    expect([name, reserved]).toEqual([name, limit]);
  }
});

describe('templates', () => {
  test('a deployed page may connect to nothing on the machine of who reads it', () => {
    const policy = read('front/template.yaml');
    expect(policy).toContain('connect-src');
    expect(policy).not.toMatch(/127\.0\.0\.1|localhost/);
  });

  test.each(TEMPLATES)('%s can be built, checked and deployed by its name', (stack) => {
    const sections = [...read('samconfig.toml').matchAll(/^\[(\w+)\.(\w+)\.parameters\]$/gm)];
    const commands = sections.flatMap(([, of, command]) => (of === stack ? [command] : []));
    // Nothing reads another: destroy.sh deletes stacks without SAM.
    const invoked = plan.functions.some(({ name }) => name.startsWith(`hubbub-dev-${stack}-`));
    expect(commands).toEqual(['build', 'validate', 'deploy', ...(invoked ? ['local_invoke'] : [])]);
    // A stack that fails to be created would stand in the way of the next deploy; tests/emulator/run.ts lets one fail.
    const settings = spawnSync(
      'bash',
      ['-c', `. ./stacks.sh; setting ${stack} deploy on_failure`],
      { cwd: ROOT, encoding: 'utf8' },
    );
    expect(settings.stdout).toBe('DELETE\n');
    expect(read('docs/deploying.md')).toContain(`[${stack}](../${stack}/template.yaml)`);
  });

  test('samconfig.toml lists every template, and those of the local runtime in their order', () => {
    const folders = readdirSync(ROOT).filter((name) =>
      existsSync(join(ROOT, name, 'template.yaml')),
    );
    expect(folders.filter((name) => !TEMPLATES.includes(name))).toEqual([]);
    expect(TEMPLATES.filter((stack) => STACKS.some((name) => name === stack))).toEqual(STACKS);
  });

  test('build, deploy, removal and checks take the list from there', () => {
    for (const script of ['build.sh', 'deploy.sh', 'destroy.sh', 'tests/check.sh'])
      expect([script, read(script).includes('every=$(stacks)')]).toEqual([script, true]);
  });

  test.each(TEMPLATES)('%s says what it is, then what may vary, then what it makes', (stack) => {
    const order = [
      'Description',
      'Parameters',
      'Rules',
      'Conditions',
      'Globals',
      'Resources',
      'Outputs',
    ];
    const sections = [...template(stack).matchAll(/^(\w+):/gm)].map(([, name = '']) => name);
    expect(sections.filter((name) => order.includes(name))).toEqual(
      order.filter((name) => sections.includes(name)),
    );
  });
});

describe('shell scripts', () => {
  const scripts = ['.', 'tests', 'front'].flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((name) => name.endsWith('.sh'))
      .map((name) => join(folder, name)),
  );
  /** With what stands in single quotes and comments taken out: awk and jq have a syntax of their own. */
  const lines = (script: string) =>
    read(script)
      .split('\n')
      .map((line) => line.replace(/'[^']*'/g, "''").replace(/(^|\s)#.*$/, ''));

  test.each(scripts)('%s runs under the bash 3.2 of macOS', (script) => {
    const newer =
      /\b(mapfile|readarray|coproc)\b|\b(declare|local|typeset) -[a-z]*[An]|\$\{\w+(\^|,|@[A-Z])|&>>|\|&|;;?&|\[\[ -v |\bwait -n\b/;
    expect(lines(script).filter((line) => newer.test(line))).toEqual([]);
  });

  test.each(scripts)('%s hides no failure behind a declaration', (script) => {
    const hidden = /\b(local|export|readonly|declare)\b[^;]*=["']?\$\(/;
    expect(lines(script).filter((line) => hidden.test(line))).toEqual([]);
  });

  // Inside an argument a failure of $(…) stops nothing: assign first.
  test.each(scripts.filter((script) => dirname(script) === '.'))(
    '%s asks AWS in assignments only',
    (script) => {
      const asks = lines(script).filter((line) =>
        /\$\((aws|ask|output|describe|describe_raw|region_of|certificate_of|artifacts_of|versions|logs)\b/.test(
          line,
        ),
      );
      expect(asks.filter((line) => !/^\s*(if ! )?\w+=\$\(/.test(line))).toEqual([]);
    },
  );
});

/** Whose namespace is the account's in all Regions, or everybody's in one; with the property that names it. */
const SHARED_NAMES: Record<string, string[]> = {
  'AWS::IAM::Role': ['RoleName'],
  'AWS::IAM::ManagedPolicy': ['ManagedPolicyName'],
  'AWS::IAM::User': ['UserName'],
  'AWS::IAM::Group': ['GroupName'],
  'AWS::IAM::InstanceProfile': ['InstanceProfileName'],
  'AWS::Serverless::Function': ['RoleName'],
  'AWS::CloudFront::OriginAccessControl': ['OriginAccessControlConfig', 'Name'],
  'AWS::CloudFront::ResponseHeadersPolicy': ['ResponseHeadersPolicyConfig', 'Name'],
  'AWS::CloudFront::CachePolicy': ['CachePolicyConfig', 'Name'],
  'AWS::CloudFront::OriginRequestPolicy': ['OriginRequestPolicyConfig', 'Name'],
  'AWS::CloudFront::Function': ['Name'],
  'AWS::CloudFront::KeyValueStore': ['Name'],
  'AWS::S3::Bucket': ['BucketName'],
  'AWS::Cognito::UserPoolDomain': ['Domain'],
};
/** The longest that an IAM role's and an origin access control's may be; the others may be longer. */
const LONGEST = 64;

describe('names that all Regions share', () => {
  const named = TEMPLATES.flatMap((stack) => {
    const document = parseDocument(template(stack), { logLevel: 'silent' });
    const { Resources = {} } = document.toJS() as {
      Resources?: Record<string, { Type: string }>;
    };
    return Object.entries(Resources).flatMap(([logicalId, { Type }]) => {
      const path = ['Resources', logicalId, 'Properties', ...(SHARED_NAMES[Type] ?? ['?'])];
      const name = document.getIn(path, true) as { value?: unknown; tag?: string } | undefined;
      return name === undefined ? [] : [[`${stack} ${logicalId}`, name] as const];
    });
  });

  test('there are some, and the test sees those of CloudFront', () => {
    const places = named.map(([place]) => place);
    expect(places).toEqual(
      expect.arrayContaining(['front SiteAccess', 'front SiteHeaders', 'identity SignIn']),
    );
  });

  test.each(named)('%s carries the Region, or is a parameter', (_, { value, tag }) => {
    const text = String(value);
    const isGiven = tag === '!Ref' && !text.startsWith('AWS::');
    expect([text, isGiven || /\$\{AWS::Region\}/.test(text)]).toEqual([text, true]);
    const longest = text
      .replace(/\$\{Stage\}/, 'x'.repeat(16))
      .replace(/\$\{AWS::Region\}/, 'y'.repeat(14));
    expect(longest.length).toBeLessThanOrEqual(LONGEST);
  });
});

describe('docs', () => {
  const pages = [
    ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
    ...files.filter((file) => file.endsWith('.md')),
  ];

  test.each(pages)('%s links only to what is there, and names only scripts that are', (page) => {
    const text = read(page);
    const links = [...text.matchAll(/\]\((?!https?:|mailto:)([^)\s]+)/g)].map(
      ([, link = '']) => link,
    );
    for (const link of links) {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : join(dirname(page), path);
      expect([link, existsSync(join(ROOT, target))]).toEqual([link, true]);
      if (anchor === undefined || !target.endsWith('.md')) continue;
      const anchors = [...read(target).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
        title
          .toLowerCase()
          .replace(/[^\w\- ]/g, '')
          .replaceAll(' ', '-'),
      );
      expect([link, anchors]).toEqual([link, expect.arrayContaining([anchor])]);
    }
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...text.matchAll(/npm run ([\w-]+)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  test('every action of a workflow is pinned to a commit, with its version beside it', () => {
    const used = readdirSync(join(ROOT, '.github/workflows')).flatMap(
      (name) => read(join('.github/workflows', name)).match(/uses: .*/g) ?? [],
    );
    expect(used.length).toBeGreaterThan(0);
    expect(
      used.filter((line) => !/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line)),
    ).toEqual([]);
  });

  test('the pages have links, and so has the README', () => {
    for (const page of ['README.md', 'docs/deploying.md', 'docs/decisions/README.md'])
      expect(read(page).match(/\]\((?!https?:)[^)]+\)/g)?.length).toBeGreaterThan(5);
  });

  test('the README stays short enough to be read', () => {
    expect(read('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(120);
  });

  test('every error code stands in the README of the wire', () => {
    const wire = read('shared/README.md');
    expect(Object.keys(ERRORS).filter((code) => !wire.includes(`\`${code}\``))).toEqual([]);
  });

  test('npx is never given a flag of the program that it runs: npm would read it as its own', () => {
    const broken = /npx --no [\w-]+ --?\w/;
    const here = readdirSync(ROOT).filter((name) => /\.(md|sh|json)$/.test(name));
    const shown = [...files, ...here].filter((file) => /\.(md|sh|json|ts|js)$|\/bin\//.test(file));
    expect(shown.filter((file) => broken.test(read(file)))).toEqual([]);
  });

  test('no file names a registry host or a path of one machine', () => {
    const named = [...files, 'README.md', 'package-lock.json'].filter((file) =>
      /registry\.npmjs|"resolved"|\/work\/main|\/root\//.test(
        file === 'tests/house.test.ts' ? '' : read(file),
      ),
    );
    expect(named).toEqual([]);
  });
});
