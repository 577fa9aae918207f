// Queues with a delay and a redrive policy, and the mappings that hand their messages to functions.
import { describe, expect, test } from '@jest/globals';
import { api, FUNCTION, planOf, refusalOf } from '../../testing/templates.ts';

const MAY = 'sqs:ReceiveMessage, sqs:DeleteMessage, sqs:GetQueueAttributes';
const stack = ({ queue = '', source = '', may = MAY } = {}) =>
  api(
    FUNCTION(`      Timeout: 10
      Policies:
        - Statement: [{ Effect: Allow, Action: [${may}], Resource: !GetAtt Work.Arn }]
  Dead: { Type: AWS::SQS::Queue }
  Work:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: work
      DelaySeconds: 15
      RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 5 }
${queue}
  Source:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      EventSourceArn: !GetAtt Work.Arn
      FunctionName: !Ref Greet
${source}
`),
  );

describe('an event source mapping', () => {
  test('names queue and function, and has the batches of Lambda', () => {
    const { eventSources, queues, functions } = planOf(stack());
    expect(queues.find(({ name }) => name === 'work')).toMatchObject({
      ...{ delayS: 15, visibilityTimeoutS: 30 },
      redrive: {
        deadLetterArn: queues.find(({ name }) => name !== 'work')?.arn,
        maxReceiveCount: 5,
      },
    });
    expect(eventSources).toMatchObject([
      {
        queueArn: 'arn:aws:sqs:us-east-1:000000000000:work',
        functionArn: functions[0]?.arn,
        ...{ batchSize: 10, enabled: true, reportsFailures: false },
      },
    ]);
  });

  test('may report failures, be off, name the function by its ARN, and take fewer', () => {
    const source = `      Enabled: false
      BatchSize: 2
      FunctionResponseTypes: [ReportBatchItemFailures]`;
    const files = stack({ source });
    const byArn = { ...files };
    for (const [path, text] of Object.entries(files))
      byArn[path] = text.replace('FunctionName: !Ref Greet', 'FunctionName: !GetAtt Greet.Arn');
    const [one] = planOf(byArn).eventSources;
    expect(one).toMatchObject({ batchSize: 2, enabled: false, reportsFailures: true });
    expect(one?.functionArn).toBe(planOf(files).functions[0]?.arn);
  });

  test.each([
    [{ source: '      BatchSize: 11' }, '1 to 10'],
    [{ source: '      FunctionResponseTypes: [Other]' }, 'only ReportBatchItemFailures'],
    [{ source: '      ScalingConfig: { MaximumConcurrency: 2 }' }, 'ScalingConfig'],
    [{ queue: '      VisibilityTimeout: 9' }, 'is less than the 10 s of hubbub-dev-api-Greet'],
    [{ may: 'sqs:ReceiveMessage, sqs:DeleteMessage' }, 'sqs:GetQueueAttributes'],
    [{ queue: '      FifoQueue: true' }, 'FifoQueue'],
  ])('with %j is refused: %s', (what, why) => {
    expect(refusalOf(stack(what)).message).toContain(why);
  });

  test('of a stream, or of a queue or to a function that no template makes, is refused', () => {
    const changed = (from: string, to: string) =>
      refusalOf(
        Object.fromEntries(
          Object.entries(stack()).map(([path, text]) => [path, text.replace(from, to)]),
        ),
      ).message;
    const nowhere = 'arn:aws:sqs:us-east-1:1:x';
    expect(
      changed('!GetAtt Work.Arn\n      FunctionName', `${nowhere}\n      FunctionName`),
    ).toContain('is made by no template');
    expect(changed('!Ref Greet', 'greeter')).toContain('is made by no template');
    expect(changed('!GetAtt Dead.Arn', nowhere)).toContain('is made by no template');
    expect(
      changed('!GetAtt Work.Arn\n      FunctionName', 'arn:aws:kinesis:a:1:x\n      FunctionName'),
    ).toContain('only an SQS queue');
  });
});
