// Every intrinsic in every form that a template may write it in.
import { describe, expect, test } from '@jest/globals';
import { answerOf, outputOf, planOf, refusalOf } from '../testing/templates.ts';

const SECTIONS = `
Parameters:
  Stage: { Type: String }
  Count: { Type: Number, Default: 3 }
  Names: { Type: CommaDelimitedList, Default: 'a, b' }
Mappings:
  Sizes: { dev: { memory: 128 } }
Conditions:
  IsDev: !Equals [!Ref Stage, dev]
  IsProd: !Equals [!Ref Stage, prod]
  Either: !Or [!Condition IsProd, !Condition IsDev]
  Both: !And [{ Condition: IsProd }, !Condition IsDev]
  Neither: !Not [!Condition Either]
Resources:
  Letters: { Type: AWS::SQS::Queue, Properties: { QueueName: letters } }
  Bus: { Type: AWS::Events::EventBus, Properties: { Name: !Sub 'bus-\${Stage}' } }
`;

const LETTERS = 'arn:aws:sqs:us-east-1:000000000000:letters';

const CASES: [string, string][] = [
  ['!Ref Stage', 'dev'],
  ['{ Ref: Count }', '3'],
  ['!Ref Letters', 'https://sqs.us-east-1.amazonaws.com/000000000000/letters'],
  ['!Ref AWS::Region', 'us-east-1'],
  ['!Ref AWS::AccountId', '000000000000'],
  ['!Ref AWS::Partition', 'aws'],
  ['!Ref AWS::URLSuffix', 'amazonaws.com'],
  ['!Ref AWS::StackName', 'hubbub-dev-shared'],
  ['!GetAtt Letters.Arn', LETTERS],
  ['!GetAtt [Letters, Arn]', LETTERS],
  ['{ Fn::GetAtt: [Letters, Arn] }', LETTERS],
  ['{ Fn::GetAtt: Letters.Arn }', LETTERS],
  [`!Sub "\${Stage}/\${Letters.QueueName}/\${AWS::Region}"`, 'dev/letters/us-east-1'],
  [`!Sub ["\${Own}-\${Stage}", { Own: !Ref Count }]`, '3-dev'],
  [`{ Fn::Sub: ["\${Own}", { Own: !GetAtt Bus.Name }] }`, 'bus-dev'],
  [`{ Fn::Sub: "\${!Stage}=\${Stage}" }`, `\${Stage}=dev`],
  ['!Join [",", [!Ref Stage, x, 1]]', 'dev,x,1'],
  ['!Join ["+", !Ref Names]', 'a+b'],
  ['{ Fn::Join: ["", [!Ref Stage, !If [IsDev, !Ref AWS::NoValue, x]]] }', 'dev'],
  ['!Select [1, !Split ["/", "a/b/c"]]', 'b'],
  ['{ Fn::Select: ["0", { Fn::Split: [",", "x,y"] }] }', 'x'],
  ['!Select [1, !Ref Names]', 'b'],
  ['!If [IsDev, yes-dev, !Ref Missing]', 'yes-dev'],
  ['{ Fn::If: [IsProd, a, !If [Either, !If [Both, b, !If [Neither, c, d]], e]] }', 'd'],
  ['!FindInMap [Sizes, !Ref Stage, memory]', '128'],
  ['{ Fn::FindInMap: [Sizes, dev, memory] }', '128'],
  ['!Base64 hello', 'aGVsbG8='],
  ['{ Fn::Base64: !Ref Stage }', 'ZGV2'],
];

describe('an intrinsic', () => {
  test.each(CASES)('%s is %s', (expression, expected) => {
    expect(answerOf(expression, SECTIONS)).toBe(expected);
  });

  test.each([
    ['!Length [a, b]', '2'],
    ['{ Fn::Length: !Ref Names }', '2'],
    ['!ToJsonString { a: !Ref Stage }', '{"a":"dev"}'],
  ])('%s is %s with the language extensions', (expression, expected) => {
    expect(answerOf(expression, `Transform: AWS::LanguageExtensions${SECTIONS}`)).toBe(expected);
  });

  test('has a map form as a block, over several lines', () => {
    const block = `!Sub\n      - \${A}\${B}\n      - A: 1\n        B: !Ref Stage`;
    expect(answerOf(block, SECTIONS)).toBe('1dev');
  });
});

const WRONG: [string, string][] = [
  ['!Ref Nobody', 'Nobody'],
  ['!GetAtt Nobody.Arn', 'Nobody'],
  ['!GetAtt Letters.Colour', 'Letters.Colour'],
  [`!Sub "\${Nobody}"`, 'Nobody'],
  [`!Sub "\${Letters.Colour}"`, 'Letters.Colour'],
  ['!Sub [a, {}, b]', 'takes a string'],
  ['!Join [",", notalist]', 'takes a list'],
  ['!Select [9, [a]]', 'beyond'],
  ['!If [Unknown, a, b]', 'is not a condition'],
  ['!If [IsDev, a]', 'list of 3'],
  ['!FindInMap [Sizes, prod, memory]', 'Mappings'],
  ['!ImportValue nowhere', 'nowhere'],
  ['!Length [a, b]', 'Fn::Length needs'],
  ['!GetAZs us-east-1', 'Fn::GetAZs'],
  ['{ Fn::Sub: a, Fn::Join: b }', 'must stand alone'],
  ['!Equals [a, a]', 'Fn::Equals'],
  ["'{{resolve:ssm:name}}'", 'dynamic references'],
  ['!Ref Names', 'does not resolve to a string'],
  ['!Ref AWS::NotificationARNs', 'AWS::NotificationARNs'],
];

test.each(WRONG)('%s is refused, naming file, line and path', (expression, named) => {
  const refusal = refusalOf({ 'shared/template.yaml': outputOf(expression, SECTIONS) });
  expect(refusal.message).toContain(named);
  const line = `${SECTIONS}\nOutputs:\n  Answer:\n    Value:`.split('\n').length;
  expect(refusal.file).toMatch(new RegExp(`^shared/template.yaml:${line}:\\d+$`));
  expect(refusal.path).toMatch(/^Outputs\.Answer\.Value/);
});

test('an unknown short form is refused at its line and column', () => {
  const refusal = refusalOf({ 'shared/template.yaml': outputOf('!Unheard x') });
  expect(refusal.message).toMatch(/^shared\/template\.yaml:5:12: YAML.*!Unheard/);
});

test('conditions that refer to one another in a circle are refused', () => {
  const circle = 'Conditions:\n  A: !Not [!Condition B]\n  B: !Not [!Condition A]\n';
  const refusal = refusalOf({ 'shared/template.yaml': outputOf('x', circle) });
  expect(refusal.message).toContain('circle');
});

describe('an export', () => {
  const later = (name: string) => ({
    'shared/template.yaml': outputOf('!Ref Letters', SECTIONS),
    'api/template.yaml': `Resources:
  Letters: { Type: AWS::SQS::Queue, Properties: { QueueName: !ImportValue '${name}' } }
`,
  });

  test('feeds ImportValue in a stack that is deployed later', () => {
    const url = 'https://sqs.us-east-1.amazonaws.com/000000000000/letters';
    expect(planOf(later('answer')).queues.map(({ name }) => name)).toEqual(['letters', url]);
  });

  test('that nobody exports is refused by its name', () => {
    const refusal = refusalOf(later('question'));
    expect(refusal.path).toBe('Resources.Letters.Properties.QueueName.Fn::ImportValue');
    expect(refusal.message).toContain('"question": is exported by no stack');
  });

  test('made twice is refused', () => {
    const same = outputOf('x');
    const refusal = refusalOf({ 'shared/template.yaml': same, 'api/template.yaml': same });
    expect(refusal.file).toMatch(/^api\/template\.yaml:/);
  });
});
