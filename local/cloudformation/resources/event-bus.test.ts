// Rules: their bus, their targets, and the names SAM gives to those of events.
import { describe, expect, test } from '@jest/globals';
import { api, FUNCTION, planOf, refusalOf } from '../../testing/templates.ts';

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
