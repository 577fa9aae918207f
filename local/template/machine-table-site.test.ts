// State machines, tables and the site: what the loader makes of them.
import { describe, expect, test } from '@jest/globals';
import { planOf, refusalOf, SAM } from './fixture.ts';

const MACHINE = `${SAM}
Resources:
  Bus: { Type: AWS::Events::EventBus }
  Deliver:
    Type: AWS::Serverless::StateMachine
    Properties:
      Type: EXPRESS
      DefinitionUri: deliver.asl.json
      DefinitionSubstitutions: { Next: End, Bus: !Ref Bus }
      Policies: [{ Statement: [{ Effect: Allow, Action: [a, b], Resource: !GetAtt Bus.Arn }] }]
      Events:
        Said:
          Type: EventBridgeRule
          Properties: { EventBusName: !Ref Bus, Pattern: { source: [a] }, InputPath: $.detail }
`;

const ASL = `{"StartAt": "\${Next}", "States": {"End": {"Type": "Pass", "Comment": "\${Bus}"}}}`;

const machine = (asl: string, template = MACHINE) => ({
  'workflows/template.yaml': template,
  'workflows/deliver.asl.json': asl,
});

describe('a state machine', () => {
  test('has its substitutions filled in, its policy, and a rule named as SAM names it', () => {
    const plan = planOf(machine(ASL));
    expect(plan.machines).toMatchObject([
      {
        name: 'hubbub-dev-workflows-Deliver',
        arn: 'arn:aws:states:us-east-1:000000000000:stateMachine:hubbub-dev-workflows-Deliver',
        type: 'EXPRESS',
        definition: { StartAt: 'End', States: { End: { Comment: 'hubbub-dev-workflows-Bus' } } },
        definitionFile: 'workflows/deliver.asl.json',
        policy: [{ actions: ['a', 'b'] }],
      },
    ]);
    expect(plan.rules).toMatchObject([
      {
        name: 'hubbub-dev-workflows-DeliverSaid',
        targets: [{ id: 'DeliverSaidStepFunctionsTarget', inputPath: '$.detail' }],
      },
    ]);
    expect(plan.files.at(-1)).toMatch(/\/workflows\/deliver\.asl\.json$/);
  });

  test('with a placeholder that nothing fills is refused', () => {
    const refusal = refusalOf(machine(ASL.replace('Next', 'After')));
    expect(refusal.message).toMatch(/^workflows\/deliver\.asl\.json: \$\{After\}/);
  });

  test('with a substitution that nothing uses is refused', () => {
    const refusal = refusalOf(machine(ASL.replace(/..Bus./, '')));
    expect(refusal.path).toBe('Resources.Deliver.Properties.DefinitionSubstitutions.Bus');
  });

  test('whose definition is not JSON is refused with line and column', () => {
    expect(refusalOf(machine(`${ASL}\n,`)).message).toMatch(/line 2 column 1/);
  });

  test('whose definition is missing is refused at DefinitionUri', () => {
    const elsewhere = MACHINE.replace('deliver.asl.json', 'gone.asl.json');
    expect(refusalOf(machine(ASL, elsewhere)).path).toMatch(/DefinitionUri$/);
  });
});

const TABLE = `Resources:
  Rooms:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PROVISIONED
      ProvisionedThroughput: { ReadCapacityUnits: '5', WriteCapacityUnits: 1 }
      AttributeDefinitions: [{ AttributeName: seq, AttributeType: N }]
      KeySchema: [{ AttributeName: seq, KeyType: HASH }]
      TimeToLiveSpecification: { AttributeName: expiresAt, Enabled: true }
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true }
`;

describe('a table', () => {
  test('becomes a CreateTable call, typed as the API wants it', () => {
    expect(planOf({ 'shared/template.yaml': TABLE }).tables).toMatchObject([
      {
        name: 'hubbub-dev-shared-Rooms',
        create: {
          TableName: 'hubbub-dev-shared-Rooms',
          BillingMode: 'PROVISIONED',
          ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 1 },
          AttributeDefinitions: [{ AttributeName: 'seq', AttributeType: 'N' }],
          KeySchema: [{ AttributeName: 'seq', KeyType: 'HASH' }],
        },
        ttlAttribute: 'expiresAt',
      },
    ]);
  });

  test('with a stream is refused, as nothing here would read it', () => {
    const streamed = `${TABLE}      StreamSpecification: { StreamViewType: NEW_IMAGE }\n`;
    const refusal = refusalOf({ 'shared/template.yaml': streamed });
    expect(refusal.message).toMatch(/^shared\/template\.yaml:11:7: .*StreamSpecification/);
  });
});

test('the site has the headers of its policy under their real names', () => {
  const front = `Resources:
  Headers:
    Type: AWS::CloudFront::ResponseHeadersPolicy
    Properties:
      ResponseHeadersPolicyConfig:
        Name: strict
        SecurityHeadersConfig:
          ContentSecurityPolicy:
            ContentSecurityPolicy: connect-src wss://abcdefghij.execute-api.us-east-1.amazonaws.com
            Override: true
          ContentTypeOptions: { Override: true }
          FrameOptions: { FrameOption: DENY, Override: true }
          ReferrerPolicy: { ReferrerPolicy: no-referrer, Override: true }
          StrictTransportSecurity: { AccessControlMaxAgeSec: 9, Preload: true, Override: true }
          XSSProtection: { Protection: true, ModeBlock: true, Override: true }
        CustomHeadersConfig:
          Items: [{ Header: Permissions-Policy, Value: camera=(), Override: true }]
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        DefaultRootObject: home.html
        DefaultCacheBehavior: { ResponseHeadersPolicyId: !Ref Headers }
`;
  const here = { webSocketEndpoint: 'ws://127.0.0.1:3000/chat' };
  const { site } = planOf({ 'front/template.yaml': front }, here);
  expect(site.folder).toMatch(/\/front\/src$/);
  expect(site.index).toBe('home.html');
  expect(site.headers).toEqual({
    'content-security-policy': 'connect-src ws://127.0.0.1:3000',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'strict-transport-security': 'max-age=9; preload',
    'x-xss-protection': '1; mode=block',
    'permissions-policy': 'camera=()',
  });
});
