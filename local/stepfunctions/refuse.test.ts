// What is not supported is refused by name, with file, path and value.
import { expect, test } from '@jest/globals';
import { Refusal } from '../refusal.ts';
import { plan } from '../testing/state-machine.ts';
import { accept } from './refuse.ts';

const END = { Type: 'Succeed' };
const task = (fields: object) => ({
  A: { Type: 'Task', Resource: 'arn:aws:states:::dynamodb:getItem', End: true, ...fields },
});
const pass = (fields: object) => ({ A: { Type: 'Pass', End: true, ...fields } });
const choice = (rule: object) => ({
  A: { Type: 'Choice', Choices: [{ ...rule, Next: 'B' }] },
  B: END,
});

test.each<[string, unknown, string]>([
  [
    'JSONata for all',
    { QueryLanguage: 'JSONata', StartAt: 'A', States: { A: END } },
    'QueryLanguage',
  ],
  ['JSONata for one', pass({ QueryLanguage: 'JSONata' }), 'States.A.QueryLanguage'],
  ['an unknown field', pass({ Reslt: 1 }), 'States.A.Reslt'],
  ['variables', pass({ Assign: { x: 1 } }), 'States.A.Assign'],
  [
    'a task token',
    task({ Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken' }),
    'States.A.Resource',
  ],
  ['.sync', task({ Resource: 'arn:aws:states:::states:startExecution.sync' }), 'States.A.Resource'],
  ['another service', task({ Resource: 'arn:aws:states:::sns:publish' }), 'States.A.Resource'],
  ['a heartbeat', task({ HeartbeatSeconds: 5 }), 'States.A.HeartbeatSeconds'],
  ['a time-out beyond AWS', task({ TimeoutSeconds: 100_000_000 }), 'States.A.TimeoutSeconds'],
  ['Next to nowhere', { A: { Type: 'Pass', Next: 'B' } }, 'States.A.Next'],
  ['a state nobody reaches', { A: END, B: END }, 'States.B'],
  ['Next and End', pass({ Next: 'A' }), 'States.A'],
  ['a filter in a path', pass({ InputPath: '$.a[?(@.b)]' }), 'States.A.InputPath'],
  ['a slice', pass({ Parameters: { x: { 'y.$': '$.a[0:2]' } } }), 'States.A.Parameters.x.y.$'],
  [
    'an unknown function',
    pass({ Parameters: { 'y.$': 'States.Nope($.a)' } }),
    'States.A.Parameters.y.$',
  ],
  [
    'too many arguments',
    pass({ Parameters: { 'y.$': 'States.MathAdd(1, 2, 3)' } }),
    'States.A.Parameters.y.$',
  ],
  ['a word that is no path', pass({ Parameters: { 'y.$': 'a' } }), 'States.A.Parameters.y.$'],
  ['the task token', pass({ Parameters: { 'y.$': '$$.Task.Token' } }), 'States.A.Parameters.y.$'],
  ['a result into many places', pass({ ResultPath: '$.a[*]' }), 'States.A.ResultPath'],
  [
    'an unknown operator',
    choice({ Variable: '$.a', StringIs: 'x' }),
    'States.A.Choices[0].StringIs',
  ],
  [
    'two operators',
    choice({ Variable: '$.a', IsNull: true, IsString: true }),
    'States.A.Choices[0]',
  ],
  [
    'a wrong operand',
    choice({ Variable: '$.a', NumericEquals: '1' }),
    'States.A.Choices[0].NumericEquals',
  ],
  [
    'a made-up States. error',
    task({ Retry: [{ ErrorEquals: ['States.Nope'] }] }),
    'States.A.Retry[0].ErrorEquals',
  ],
  [
    'States.ALL in company',
    task({ Retry: [{ ErrorEquals: ['States.ALL', 'X'] }] }),
    'States.A.Retry[0].ErrorEquals',
  ],
  [
    'an unknown retry field',
    task({ Retry: [{ ErrorEquals: ['X'], Jitter: 1 }] }),
    'States.A.Retry[0].Jitter',
  ],
  [
    'a distributed Map',
    {
      A: {
        Type: 'Map',
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED' },
          StartAt: 'B',
          States: { B: END },
        },
        End: true,
      },
    },
    'States.A.ItemProcessor.ProcessorConfig.Mode',
  ],
  [
    'a name used twice',
    { A: { Type: 'Map', ItemProcessor: { StartAt: 'A', States: { A: END } }, End: true } },
    'States.A.ItemProcessor.States.A',
  ],
])('%s is refused', (_, states, path) => {
  const attempt = () => accept(plan(states));
  expect(attempt).toThrow(Refusal);
  expect(attempt).toThrow(expect.objectContaining({ file: 'trial.asl.json', path }));
});

test('a standard machine is refused where the template says so', () => {
  const refused = { file: 'template.yaml', path: 'Resources.Trial.Type' };
  const attempt = () => accept({ ...plan({ A: END }), type: 'STANDARD' });
  expect(attempt).toThrow(expect.objectContaining(refused));
});
