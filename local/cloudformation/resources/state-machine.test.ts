// A state machine's definition with its substitutions, and the rules of its events.
import { describe, expect, test } from '@jest/globals';
import { planOf, refusalOf, SAM } from '../../testing/templates.ts';

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
