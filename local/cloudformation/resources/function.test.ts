// A function's plan: defaults, Globals, build, statements, environment; and what is refused.
import { describe, expect, test } from '@jest/globals';
import { api, type Files, FUNCTION, planOf, refusalOf } from '../../testing/templates.ts';

const onlyFunction = (files: Files, options = {}) => {
  const [first] = planOf(files, options).functions;
  if (!first) throw new Error('no function was planned');
  return first;
};

describe('a function', () => {
  test('has the defaults of Lambda and of the esbuild builder', () => {
    const planned = onlyFunction(api(FUNCTION()));
    expect(planned).toMatchObject({
      name: 'hubbub-dev-api-Greet',
      arn: 'arn:aws:lambda:us-east-1:000000000000:function:hubbub-dev-api-Greet',
      handler: 'handler',
      build: { format: 'cjs', target: 'es2020', minify: true, sourcemap: false, external: [] },
      timeoutS: 3,
      memoryMb: 128,
      maximumRetryAttempts: 2,
      maximumEventAgeS: 21_600,
      policy: [],
    });
    expect(planned.entry).toMatch(/\/api\/src\/greet\.ts$/);
  });

  test('merges Globals as SAM does: mappings deep, its own value first', () => {
    const globals = `Globals:
  Function: { Timeout: 7, MemorySize: 256, Environment: { Variables: { A: 1, B: 2 } } }
`;
    const own = '      Timeout: 9\n      Environment: { Variables: { B: 3 } }\n';
    expect(onlyFunction(api(FUNCTION(own), globals))).toMatchObject({
      timeoutS: 9,
      memoryMb: 256,
      environment: { A: '1', B: '3' },
    });
  });

  test('takes its build from Metadata', () => {
    const build = ', Format: esm, Target: node24, Minify: false, External: [x], Banner: [js=hi]';
    expect(onlyFunction(api(FUNCTION('', `${build}, MainFields: 'module,main'`))).build).toEqual({
      format: 'esm',
      target: 'node24',
      minify: false,
      sourcemap: false,
      external: ['x'],
      banner: 'hi',
      mainFields: ['module', 'main'],
    });
  });

  test('gets its statements with every reference resolved, single values as lists', () => {
    const policies = `      Policies:
        - AWSLambdaBasicExecutionRole
        - Statement:
            Effect: Allow
            Action: events:PutEvents
            Resource: !GetAtt Bus.Arn
            Condition: { StringEquals: { events:source: chat.api } }
  Bus: { Type: AWS::Events::EventBus }
`;
    expect(onlyFunction(api(FUNCTION(policies))).policy).toEqual([
      {
        effect: 'Allow',
        actions: ['events:PutEvents'],
        resources: ['arn:aws:events:us-east-1:000000000000:event-bus/hubbub-dev-api-Bus'],
        conditions: { StringEquals: { 'events:source': ['chat.api'] } },
      },
    ]);
  });

  test('that names a Role of the template has the statements of that role', () => {
    const role = `      Role: !GetAtt Duty.Arn
  Duty:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {}
      Policies:
        - PolicyDocument: { Statement: [{ Effect: Deny, Action: 'sqs:*', Resource: '*' }] }
`;
    expect(onlyFunction(api(FUNCTION(role))).policy).toEqual([
      { effect: 'Deny', actions: ['sqs:*'], resources: ['*'], conditions: {} },
    ]);
  });

  test('with a dead-letter queue sends its failures there', () => {
    const queue = `      DeadLetterQueue: { Type: SQS, TargetArn: !GetAtt Lost.Arn }
  Lost: { Type: AWS::SQS::Queue }
`;
    expect(onlyFunction(api(FUNCTION(queue))).onFailureArn).toBe(
      'arn:aws:sqs:us-east-1:000000000000:hubbub-dev-api-Lost',
    );
  });

  test('sees this machine where its environment names a deployed API', () => {
    const chat = `      Environment:
        Variables:
          CALLBACK: !Sub https://\${Chat}.execute-api.\${AWS::Region}.amazonaws.com/dev
          SOCKET: !Sub \${Chat.ApiEndpoint}/dev
          OTHER: https://example.com/dev
  Chat:
    Type: AWS::Serverless::WebSocketApi
    Properties:
      RouteSelectionExpression: $request.body.action
      Routes: { $default: { FunctionArn: !GetAtt Greet.Arn } }
`;
    const files = api(FUNCTION(chat));
    const here = { awsEndpoint: 'http://127.0.0.1:1', webSocketEndpoint: 'ws://127.0.0.1:2' };
    expect(onlyFunction(files, here).environment).toEqual({
      CALLBACK: 'http://127.0.0.1:1/dev',
      SOCKET: 'ws://127.0.0.1:2/dev',
      OTHER: 'https://example.com/dev',
    });
    expect(onlyFunction(files).environment.CALLBACK).toMatch(
      /^https:\/\/[a-z0-9]{10}\.execute-api\.us-east-1\.amazonaws\.com\/dev$/,
    );
  });

  test.each([
    ['      Layers: [x]\n', 'Properties.Layers'],
    ['      Environment: { Secrets: x }\n', 'Properties.Environment.Secrets'],
    ['      Timeout: 901\n', 'Properties.Timeout'],
    ['      Policies: [AmazonSQSFullAccess]\n', 'Properties.Policies[0]'],
    ['      Policies: [{ SQSPollerPolicy: { QueueName: q } }]\n', 'Properties.Policies[0]'],
    [
      '      Policies: [{ Statement: [{ Effect: Allow, NotAction: x }] }]\n',
      'Statement[0].NotAction',
    ],
    ['      Policies: [{ Statement: [{ Effect: Allow, Action: x }] }]\n', 'Statement[0].Resource'],
    ['      Events: { Tick: { Type: Schedule } }\n', 'Properties.Events.Tick.Type'],
    ['      Role: arn:aws:iam::1:role/x\n', 'Properties.Role'],
    ['    UpdatePolicy: x\n', 'Resources.Greet.UpdatePolicy'],
    ['    DependsOn: Nobody\n', 'Resources.Greet.DependsOn'],
    ['    DeletionPolicy: !Ref AWS::Region\n', 'Resources.Greet.DeletionPolicy'],
  ])('with %j is refused at that line', (more, path) => {
    const refusal = refusalOf(api(FUNCTION(more)));
    expect(refusal.path).toContain(path);
    expect(refusal.file).toMatch(/^api\/template\.yaml:1[0-2]:\d+$/);
  });

  test.each([
    ['nodejs24.x', 'python3.14', 'Runtime'],
    ['greet.handler', 'wave.handler', 'Handler'],
    ['BuildMethod: esbuild', 'BuildMethod: makefile', 'BuildMethod'],
    ['EntryPoints: [src/greet.ts]', 'EntryPoints: [src/greet.ts], Loader: [x]', 'Loader'],
  ])('with %s made %s is refused', (from, to, path) => {
    expect(refusalOf(api(FUNCTION().replace(from, to))).path).toContain(path);
  });
});
