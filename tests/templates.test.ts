// What the templates come to for the parameters that a deployment gives them.

import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve as resolvePath } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { aged } from '../front/src/core/outbox-entry.js';
import { evaluateCondition } from '../local/cloudformation/conditions.ts';
import { resolve, type Scope } from '../local/cloudformation/intrinsics.ts';
import { readParameters } from '../local/cloudformation/parameters.ts';
import { isMapping, type Mapping, type Value } from '../local/cloudformation/source.ts';
import { parseTemplate } from '../local/cloudformation/yaml.ts';
import { CLAIM_DAYS } from '../shared/src/events.ts';
import { type Finding, faults, LACKS } from './regions.ts';
import { blocksOf, runBlock } from './runbook.ts';

const ROOT = resolvePath(import.meta.dirname, '..');
const IMPORT = 'Import retained tables';

/** The resources of a stack whose own attributes and properties refer to no other resource. @throws Refusal for a parameter that is not allowed. */
function resourcesOf(stack: string, given: Record<string, string>): (id: string) => Mapping {
  const file = join(ROOT, stack, 'template.yaml');
  const source = parseTemplate(readFileSync(file, 'utf8'), file, ROOT);
  const parameters = readParameters(source, given);
  const section = (name: string): Mapping => {
    const found = source.data[name];
    if (!isMapping(found)) throw new Error(`${stack} has no ${name}`);
    return found;
  };
  const scope: Scope = {
    source,
    ref: (name) => (name === 'AWS::NoValue' ? undefined : (parameters.get(name) ?? name)),
    getAtt: (id, attribute) => `${id}.${attribute}`,
    importValue: (name) => name,
    condition: (name, path) => evaluateCondition(section('Conditions')[name], path, scope),
    mapping: (_, path) => {
      throw source.refuse(path, null, 'has no mapping here');
    },
  };
  return (id) => {
    const resource: Value | undefined = resolve(section('Resources')[id] ?? null, [id], scope);
    if (!isMapping(resource)) throw new Error(`${stack} has no resource ${id}`);
    return resource;
  };
}

describe('budget', () => {
  const amountsOf = (thresholds: string) =>
    Object.fromEntries(
      ['First', 'Second', 'Third', 'Fourth', 'Fifth'].map((ordinal, at) => [
        `${ordinal}Usd`,
        thresholds.split(',')[at] ?? '',
      ]),
    );
  const budget = (thresholds: string) =>
    resourcesOf('budget', { AlarmEmail: 'you@example.com', ...amountsOf(thresholds) })(
      'MonthlyBudget',
    );

  test.each(['1', '0.5', '1,5', '0.05,1.50,20', '1,2,3,4', '0.5,1,5,20,1000000'])(
    'of the thresholds %s each is an absolute amount and has its own mail',
    (thresholds) => {
      const amounts = thresholds.split(',');
      expect(budget(thresholds).Properties).toMatchObject({
        Budget: { BudgetLimit: { Amount: amounts[0], Unit: 'USD' }, TimeUnit: 'MONTHLY' },
        NotificationsWithSubscribers: amounts.map((amount) => ({
          Notification: { ThresholdType: 'ABSOLUTE_VALUE', Threshold: amount },
          Subscribers: [{ SubscriptionType: 'EMAIL', Address: 'you@example.com' }],
        })),
      });
    },
  );

  test.each(['', '0', '0.00', ',1', '1, 5', '1.234', '1,1.234', '-1', '1e3', 'none'])(
    'the thresholds %j are refused',
    (thresholds) => {
      expect(() => budget(thresholds)).toThrow('AllowedPattern');
    },
  );

  test('CloudFormation names the budget, so that it can replace it for other thresholds', () => {
    expect(budget('1').Properties).not.toHaveProperty(['Budget', 'BudgetName']);
  });

  test('no other stack has a resource that most Regions lack', () => {
    for (const stack of ['shared', 'api', 'workflows', 'front', 'identity'])
      expect(readFileSync(join(ROOT, stack, 'template.yaml'), 'utf8')).not.toContain(
        'AWS::Budgets',
      );
  });
});

describe('alarm address', () => {
  test.each(['shared', 'budget'])('%s takes one address and refuses what is none', (stack) => {
    const given = (address: string) => () => resourcesOf(stack, { AlarmEmail: address });
    expect(given('you+hubbub@mail.example.com')).not.toThrow();
    for (const wrong of ['you', 'you@example', 'a@example.com,b@example.com', 'a @example.com'])
      expect(given(wrong)).toThrow('AllowedPattern');
  });

  test('shared deploys without one, the budget does not', () => {
    expect(resourcesOf('shared', {})('AlarmTopic').Properties).toEqual({});
    expect(() => resourcesOf('budget', {})).toThrow('was given no value');
  });
});

describe('archive', () => {
  const archive = (given: Record<string, string>) => resourcesOf('shared', given)('ChatArchive');
  const longest = 'a'.repeat(16);

  test('its name fits into the 48 characters of EventBridge, for the longest stage too', () => {
    const { ArchiveName: name } = Object(archive({ Stage: longest }).Properties);
    expect(name).toBe(`hubbub-${longest}`);
    expect(name.length).toBeLessThanOrEqual(48);
    expect(() => archive({ Stage: `${longest}a` })).toThrow('AllowedPattern');
  });

  test('it forgets an event before the claim on its message ends, and not never', () => {
    expect(archive({}).Properties).toMatchObject({ RetentionDays: String(CLAIM_DAYS - 1) });
    for (const days of ['1', String(CLAIM_DAYS - 1)])
      expect(archive({ ArchiveDays: days }).Properties).toMatchObject({ RetentionDays: days });
    for (const days of ['0', String(CLAIM_DAYS)])
      expect(() => archive({ ArchiveDays: days })).toThrow('MinValue and MaxValue');
  });

  test('the page sends nothing that is older than its claim', () => {
    const written = {
      ...{ messageId: 'm', room: 'lobby', text: 'hi', writtenAt: 1_000, position: 0 },
      ...{ state: 'pending' as const, reason: null, fresh: false, once: false },
    };
    const claimed = 1_000 + CLAIM_DAYS * 24 * 60 * 60_000;
    expect(aged(written, claimed)).toBe(written);
    expect(aged(written, claimed + 1).state).toBe('held');
  });

  test('the days for which text rests somewhere stand in the runbook', () => {
    const runbook = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');
    const [, table = ''] = runbook.split('## Where message text rests');
    const { MessageRetentionPeriod: seconds } = Object(
      resourcesOf('shared', {})('DeadLetterQueue').Properties,
    );
    expect(table).toMatch(new RegExp(`dead-letters.*\\| ${seconds / 86_400},`));
    expect(table).toMatch(new RegExp(`ClaimsTable.*\\| ${CLAIM_DAYS},`));
    expect(table).toMatch(new RegExp(`archive.*at most ${CLAIM_DAYS - 1} \\|`));
  });
});

describe('what a stage keeps', () => {
  const KEPT = [
    ['shared', 'ConnectionsTable'],
    ['shared', 'MessagesTable'],
    ['shared', 'ClaimsTable'],
    ['identity', 'Users'],
  ] as const;
  const kept = (stack: string, id: string, given: Record<string, string>) =>
    resourcesOf(stack, {
      ...(stack === 'identity' ? { PageUrl: 'https://a.example/', DomainPrefix: 'a' } : {}),
      ...given,
    })(id);

  test('those are all tables and user pools', () => {
    const found = ['shared', 'api', 'workflows', 'front', 'identity', 'budget'].flatMap((stack) =>
      [
        ...readFileSync(join(ROOT, stack, 'template.yaml'), 'utf8').matchAll(
          /^ {2}(\w+):.*\n {4}Type: AWS::(?:DynamoDB::|Cognito::UserPool$)/gm,
        ),
      ].map(([, id = '']) => [stack, id]),
    );
    expect(found).toEqual(KEPT);
  });

  test.each(KEPT)(
    '%s: prod keeps its %s, unless the create that made it is rolled back',
    (stack, id) => {
      expect(kept(stack, id, { Stage: 'prod' })).toMatchObject({
        DeletionPolicy: 'RetainExceptOnCreate',
        UpdateReplacePolicy: 'Retain',
      });
      expect(kept(stack, id, { Stage: 'dev' })).toMatchObject({
        DeletionPolicy: 'Delete',
        UpdateReplacePolicy: 'Delete',
      });
    },
  );

  test.each(KEPT)(
    '%s: %s is protected by parameter alone, so that a first create can be rolled back',
    (stack, id) => {
      const protection = (given: Record<string, string>) => {
        const properties = Object(kept(stack, id, { Stage: 'prod', ...given }).Properties);
        return properties.DeletionProtectionEnabled ?? properties.DeletionProtection;
      };
      expect([true, 'ACTIVE']).toContain(protection({ DeletionProtection: 'on' }));
      for (const given of [{}, { DeletionProtection: 'off' }])
        expect([false, 'INACTIVE']).toContain(protection(given));
    },
  );

  describe('the runbook imports it as a reader does it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hubbub-import-'));
    const [describeWhatIsKept = '', importIt = '', deployTheRest = ''] = blocksOf(
      'docs/operations.md',
      IMPORT,
      'sh',
    );
    const identifiers = blocksOf('docs/operations.md', IMPORT, 'json');
    afterAll(() => rmSync(folder, { recursive: true }));

    const run = (block: string) =>
      runBlock(block, folder, { aws: '', npm: 'echo "SIGN_IN=$SIGN_IN" >>said' });
    const made = (stack: string) =>
      parseTemplate(
        readFileSync(join(folder, `import-${stack}.yaml`), 'utf8'),
        join(folder, `import-${stack}.yaml`),
        folder,
      );

    beforeAll(() => {
      for (const name of ['shared', 'identity', 'node_modules', 'package.json'])
        symlinkSync(join(ROOT, name), join(folder, name));
      run(describeWhatIsKept);
    });

    test('its templates hold what is kept alone, retained, and no outputs', () => {
      const found = ['shared', 'identity'].flatMap((stack) => {
        const { data } = made(stack);
        expect(Object.keys(data)).toEqual([
          'AWSTemplateFormatVersion',
          'Description',
          'Parameters',
          'Conditions',
          'Resources',
        ]);
        return Object.entries(Object(data.Resources)).map(([id, resource]) => {
          expect(resource).toMatchObject({
            DeletionPolicy: 'Retain',
            UpdateReplacePolicy: 'Retain',
          });
          return [stack, id];
        });
      });
      expect(found).toEqual(KEPT);
    });

    test('its lists name each of them by what identifies it', () => {
      // The primaryIdentifier of each type's schema.
      const keys: Record<string, string> = {
        'AWS::DynamoDB::Table': 'TableName',
        'AWS::Cognito::UserPool': 'UserPoolId',
      };
      const listed = ['shared', 'identity'].flatMap((stack, at) =>
        (JSON.parse(identifiers[at] ?? '') as Mapping[]).map((entry) => {
          const type = String(entry.ResourceType);
          expect(Object(made(stack).data.Resources)[String(entry.LogicalResourceId)]).toMatchObject(
            {
              Type: type,
            },
          );
          expect(Object.keys(Object(entry.ResourceIdentifier))).toEqual([keys[type]]);
          return [stack, entry.LogicalResourceId];
        }),
      );
      expect(listed).toEqual(KEPT);
    });

    test('its commands give every parameter that the templates need, and no other', () => {
      const lines = run(importIt).filter((line) => line.includes('create-change-set'));
      expect(lines).toHaveLength(2);
      for (const [at, stack] of ['shared', 'identity'].entries()) {
        const line = lines[at] ?? '';
        expect(line).toContain(`--stack-name hubbub-prod-${stack} `);
        for (const file of [...line.matchAll(/file:\/\/(\S+)/g)].map(([, name = '']) => name))
          expect([`import-${stack}.yaml`, `import-${stack}.json`]).toContain(file);
        const given = Object.fromEntries(
          [...line.matchAll(/ParameterKey=(\w+),ParameterValue=(\w+)/g)].map(
            ([, key, value]) => [key, value] as const,
          ),
        );
        const source = made(stack);
        expect(Object.keys(Object(source.data.Parameters))).toEqual(
          expect.arrayContaining(Object.keys(given)),
        );
        expect(Object.fromEntries(readParameters(source, given))).toMatchObject({
          Stage: 'prod',
          DeletionProtection: 'on',
        });
      }
    });

    test('it deploys the rest with sign-in, and leaves no file behind', () => {
      for (const stack of ['shared', 'identity'])
        writeFileSync(join(folder, `import-${stack}.json`), '[]');
      expect(run(deployTheRest)).toEqual(['npm run deploy -- prod']);
      expect(readFileSync(join(folder, 'said'), 'utf8')).toBe('SIGN_IN=my-chat\n');
      expect(readdirSync(folder).filter((name) => name.startsWith('import'))).toEqual([]);
    });
  });
});

describe('Regions', () => {
  const absent = (type: string, region: string): Finding => ({
    Level: 'Error',
    Message: `Resource type '${type}' does not exist in '${region}'`,
    Rule: { Id: 'E3006' },
    Location: { Start: { LineNumber: 7 } },
  });
  const lacks = [{ stack: 'front', missing: 'AWS::CloudFront', regions: ['us-gov-west-1'] }];
  const distribution = absent('AWS::CloudFront::Distribution', 'us-gov-west-1');

  test('what the list names is no fault', () => {
    expect(faults('front', [distribution], lacks)).toEqual([]);
  });

  test.each([
    ['another Region', absent('AWS::CloudFront::Distribution', 'eu-north-1')],
    ['another service', absent('AWS::CloudFrontX::Y', 'us-gov-west-1')],
    ['another rule', { ...distribution, Rule: { Id: 'W3045' }, Message: 'ACLs are legacy' }],
  ])('%s is', (_, finding) => {
    expect(faults('front', [distribution, finding], lacks)).toEqual([
      `front/template.yaml:7: ${finding.Rule.Id} ${finding.Message}`,
    ]);
    expect(faults('api', [finding], lacks)).toHaveLength(1);
  });

  test('a Region on the list that lacks nothing any more is one too', () => {
    expect(faults('front', [], lacks)).toEqual([
      'front/template.yaml: us-gov-west-1 has AWS::CloudFront; take it off the list in tests/regions.ts',
    ]);
  });

  test('no commercial Region lacks what a stage needs; the budget goes to one that has it', () => {
    const commercial = LACKS.filter(({ regions }) =>
      regions.some((name) => !/^(cn|us-gov)-/.test(name)),
    );
    expect(commercial.map(({ stack }) => stack)).toEqual(['budget']);
    const config = readFileSync(join(ROOT, 'samconfig.toml'), 'utf8');
    const [, region = ''] =
      /^\[budget\.deploy\.parameters\]\n(?:.+\n)*?region = "(.+)"/m.exec(config) ?? [];
    expect(commercial[0]?.regions).not.toContain(region);
    expect(region).toMatch(/^\w+-\w+-\d$/);
  });

  test('docs/deploying.md says what each Region lacks, of which stack, and nothing else', () => {
    const page = readFileSync(join(ROOT, 'docs/deploying.md'), 'utf8').replaceAll('\n', ' ');
    const names: Record<string, string> = {
      "CloudFront's origin access control": 'AWS::CloudFront::OriginAccessControl',
      CloudFront: 'AWS::CloudFront',
      Cognito: 'AWS::Cognito',
    };
    const said = [...page.matchAll(/(China|GovCloud) lacks (.+?)(?=, \w+ lacks|, and accounts)/g)];
    const lacked = said.flatMap(([, place, what = '']) =>
      what.split(' and ').map((one) => {
        const [, name = '', stack] = /^(.+?)(?: \(`(\w+)`\))?$/.exec(one) ?? [];
        return { place, missing: names[name] ?? name, stack };
      }),
    );
    // The budget's Regions are not those of a stage; the page says where it is deployed.
    const listed = LACKS.filter(({ stack }) => stack !== 'budget').map((lack) => ({
      place: lack.regions.every((name) => name.startsWith('cn-')) ? 'China' : 'GovCloud',
      missing: lack.missing,
      stack: lack.stack,
    }));
    expect(lacked).toHaveLength(listed.length);
    expect(lacked).toEqual(expect.arrayContaining(listed));
    expect(page).toContain('`budget` is always deployed to us-east-1');
  });
});

test('docs/deploying.md makes a role for access logs that API Gateway may take, and tells it to API Gateway', () => {
  const [make = ''] = blocksOf('docs/deploying.md', 'Access logs', 'sh').filter((block) =>
    block.includes('cloudwatchRoleArn'),
  );
  const calls = runBlock(make, ROOT, {
    aws: 'case "$*" in *get-role*) echo arn:aws:iam::123456789012:role/it ;; esac',
    npm: '',
  });
  const [trust = ''] = calls.flatMap((call) => / (\{.*\})$/.exec(call)?.[1] ?? []);
  expect(JSON.parse(trust)).toMatchObject({
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'apigateway.amazonaws.com' },
        Action: 'sts:AssumeRole',
      },
    ],
  });
  expect(calls.at(-2)).toMatch(
    /^aws apigateway update-account .*path=\/cloudwatchRoleArn,value=arn:aws:iam::\d+:role\/it$/,
  );
  const [, given = ''] = /^npm run deploy -- dev api\.(\w+=on)$/.exec(calls.at(-1) ?? '') ?? [];
  const [parameter = '', value = ''] = given.split('=');
  const settings = (parameters: Record<string, string>) =>
    Object(resourcesOf('api', parameters)('ChatApi').Properties).AccessLogSettings;
  expect([settings({}), settings({ [parameter]: value })]).toEqual([
    undefined,
    expect.objectContaining({ Format: expect.any(String) }),
  ]);
});

describe('outputs that the docs name', () => {
  const STACKS = ['shared', 'api', 'workflows', 'front', 'identity', 'budget'];
  const outputsOf = (stack: string): string[] => {
    const file = join(ROOT, stack, 'template.yaml');
    const { data } = parseTemplate(readFileSync(file, 'utf8'), file, ROOT);
    return Object.keys(Object(data.Outputs));
  };

  test('the loop that ends guests asks for outputs that are there, and ends every connection', () => {
    const [loop = ''] = blocksOf('docs/sign-in.md', 'End the guests of a stage', 'sh');
    const calls = runBlock(loop, ROOT, {
      aws: `all="$*"
      case $all in
        *OutputKey*) key=\${all#*OutputKey==\\'}; echo "the-\${key%%\\'*}" ;;
        *scan*) printf 'connection#a=\\tconnection#b=\\n' ;;
      esac`,
    });
    const asked = calls.flatMap((call) => {
      const [, stack = '', key = ''] =
        /--stack-name hubbub-dev-(\w+) .*OutputKey=='(\w+)'/.exec(call) ?? [];
      return stack === '' ? [] : [[stack, key] as const];
    });
    expect(asked.length).toBeGreaterThan(0);
    for (const [stack, key] of asked) expect(outputsOf(stack)).toContain(key);
    expect(calls.filter((call) => call.includes(' scan '))).toEqual([
      expect.stringContaining('--table-name the-ConnectionsTable '),
    ]);
    expect(calls.filter((call) => call.includes('delete-connection'))).toEqual(
      ['a=', 'b='].map(
        (id) =>
          `aws apigatewaymanagementapi delete-connection --endpoint-url the-CallbackUrl --connection-id ${id}`,
      ),
    );
  });

  test.each(['docs/deploying.md', 'docs/operations.md'])(
    '%s names only outputs that are there',
    (page) => {
      const text = readFileSync(join(ROOT, page), 'utf8');
      const named = [
        ...text.matchAll(/\boutputs? (`\w+`(?:(?:,| and) `\w+`)*)/g),
        ...text.matchAll(/(\b\w+`?), an output of/g),
      ].flatMap(([, names = '']) => names.match(/\w{4,}/g) ?? []);
      expect(named.length).toBeGreaterThan(0);
      const every = STACKS.flatMap(outputsOf);
      expect(named.filter((name) => !every.includes(name))).toEqual([]);
    },
  );
});
