// AWS::Events::EventBus and AWS::Events::Rule: the bus, and what listens on it.
import { noted } from '../allow-list.ts';
import { readRule, readTarget, TARGET } from '../event-rule.ts';
import { arn, type Kind, type Naming } from './kind.ts';

export const BUS: Kind = {
  type: 'AWS::Events::EventBus',
  nameProperty: 'Name',
  allow: { Name: 'read', ...noted('Description KmsKeyIdentifier LogConfig Policy Tags') },
  attributes: { Arn: arn('events', 'event-bus/*'), Name: ({ name }) => name },
  read({ name, attribute, properties }, { plan }) {
    plan.buses.push({ name, arn: attribute('Arn'), origin: properties.origin });
  },
};

/** `name` of a bus that may be given as an ARN. */
export function busNameOf(nameOrArn: string): string {
  return nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1);
}

function ruleArn(naming: Naming): string {
  const bus = busNameOf(naming.property('EventBusName') ?? 'default');
  return arn('events', `rule/${bus === 'default' ? '' : `${bus}/`}*`)(naming);
}

export const RULE: Kind = {
  type: 'AWS::Events::Rule',
  nameProperty: 'Name',
  allow: {
    Name: 'read',
    EventBusName: 'read',
    EventPattern: 'read',
    State: 'read',
    Targets: [{ Arn: 'read', Id: 'read', ...TARGET, ...noted('RoleArn') }],
    ...noted('Description RoleArn Tags'),
  },
  attributes: { Arn: ruleArn },
  read({ name, attribute, properties }, { plan }) {
    const targets = properties.at('Targets').items();
    plan.rules.push({
      ...readRule(properties, properties.at('EventPattern')),
      name,
      arn: attribute('Arn'),
      busName: busNameOf(properties.at('EventBusName').text('default')),
      targets: targets.map((it) => readTarget(it, it.at('Id').text(), it.at('Arn').text())),
    });
  },
};
