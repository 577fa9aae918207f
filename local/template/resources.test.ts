// What each resource family gives the plan, and what it refuses.
import { describe, expect, test } from '@jest/globals';
import { type Files, planOf, refusalOf, SAM } from './fixture.ts';

/** A function whose build is beyond doubt; `more` are further properties, indented by six. */
const FUNCTION = (more = '', build = '') => `  Greet:
    Type: AWS::Serverless::Function
    Metadata:
      BuildMethod: esbuild
      BuildProperties: { EntryPoints: [src/greet.ts]${build} }
    Properties:
      Handler: greet.handler
      CodeUri: .
      Runtime: nodejs24.x
${more}`;

const api = (resources: string, sections = ''): Files => ({
  'api/template.yaml': `${SAM}\n${sections}Resources:\n${resources}`,
});

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
      SOCKET: 'ws://127.0.0.1:2',
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

const CHAT = (route: string, more = '') => `  Chat:
    Type: AWS::Serverless::WebSocketApi
    Properties:
      RouteSelectionExpression: $request.body.action
      StageName: dev
      Routes: { sendMessage: { FunctionArn: !GetAtt Greet.Arn${route} } }
${more}`;

const RESPONSE = `  Answer:
    Type: AWS::ApiGatewayV2::RouteResponse
    Properties: { ApiId: !Ref Chat, RouteId: !Ref ChatSendmessageRoute, RouteResponseKey: $default }
`;

describe('a WebSocket API', () => {
  const SELECTS = ', RouteResponseSelectionExpression: $default';

  test.each([
    ['neither', '', '', false],
    ['the selection expression alone', SELECTS, '', false],
    ['both', SELECTS, RESPONSE, true],
  ])('with %s on a route answers: %s%s', (_, route, response, responds) => {
    const [chat] = planOf(api(FUNCTION() + CHAT(route) + response)).apis;
    expect(chat).toMatchObject({ name: 'Chat', stage: 'dev', selectionField: 'action' });
    expect(chat?.routes.sendMessage).toMatchObject({ responds, timeoutMs: 29_000 });
  });

  test('refuses a route response whose route selects none, as it would answer nothing', () => {
    expect(refusalOf(api(FUNCTION() + CHAT('') + RESPONSE)).path).toBe(
      'Resources.Answer.Properties',
    );
  });

  test('refuses a route to a function that no template makes', () => {
    const elsewhere = CHAT('').replace(
      '!GetAtt Greet.Arn',
      'arn:aws:lambda:us-east-1:1:function:x',
    );
    expect(refusalOf(api(FUNCTION() + elsewhere)).message).toContain('route sendMessage');
  });

  test.each([
    ['$request.body.action', '$request.header.action', 'RouteSelectionExpression'],
    ['sendMessage:', 'send-message:', 'Routes.send-message'],
    ['{ FunctionArn', '{ ApiKeyRequired: true, FunctionArn', 'Routes.sendMessage.ApiKeyRequired'],
    ['StageName: dev', 'Auth: { AuthType: AWS_IAM }', 'Properties.Auth'],
  ])('with %s made %s is refused', (from, to, path) => {
    expect(refusalOf(api(FUNCTION() + CHAT('').replace(from, to))).path).toContain(path);
  });
});

const RULE = (target: string) => `  Bus: { Type: AWS::Events::EventBus, Properties: { Name: talk } }
  Lost: { Type: AWS::SQS::Queue }
  Said:
    Type: AWS::Events::Rule
    Properties:
      EventBusName: !GetAtt Bus.Arn
      EventPattern: { source: [chat.api] }
      Targets: [{ Id: t, Arn: !GetAtt Lost.Arn, ${target} }]
`;

describe('a rule', () => {
  test('names its bus, whether given by name or ARN, and has the retries of EventBridge', () => {
    const [rule] = planOf(api(RULE("Input: '{}'"))).rules;
    expect(rule).toMatchObject({
      busName: 'talk',
      arn: 'arn:aws:events:us-east-1:000000000000:rule/talk/hubbub-dev-api-Said',
      pattern: { source: ['chat.api'] },
      enabled: true,
      targets: [{ id: 't', input: '{}', maximumRetryAttempts: 185, maximumEventAgeS: 86_400 }],
    });
  });

  test('of a function event is named as SAM names it', () => {
    const event = `      Events:
        Said:
          Type: EventBridgeRule
          Properties:
            EventBusName: !Ref Bus
            Pattern: { source: [a] }
            State: DISABLED
            RetryPolicy: { MaximumRetryAttempts: 1 }
  Bus: { Type: AWS::Events::EventBus }
`;
    const [rule] = planOf(api(FUNCTION(event))).rules;
    expect(rule).toMatchObject({
      name: 'hubbub-dev-api-GreetSaid',
      enabled: false,
      targets: [{ id: 'GreetSaidLambdaTarget', maximumRetryAttempts: 1 }],
    });
  });

  test.each([
    ["Input: '{}', InputPath: $.a", 'only one'],
    ['Input: not-json', 'is not JSON'],
    ['RetryPolicy: { MaximumRetryAttempts: 186 }', '0 to 185'],
    ['DeadLetterConfig: { Arn: arn:aws:sqs:us-east-1:1:x }', 'is made by no template'],
    ['SqsParameters: { MessageGroupId: a }', 'SqsParameters'],
  ])('with %s is refused: %s', (target, why) => {
    expect(refusalOf(api(RULE(target))).message).toContain(why);
  });

  test('on a bus or to a target that no template makes is refused', () => {
    const bus = RULE("Input: '{}'").replace('!GetAtt Bus.Arn', 'default');
    expect(refusalOf(api(bus)).message).toContain('EventBusName = "default"');
    const target = RULE("Input: '{}'").replace('!GetAtt Lost.Arn', 'arn:aws:sqs:us-east-1:1:x');
    expect(refusalOf(api(target)).message).toContain('is made by no template');
  });
});
