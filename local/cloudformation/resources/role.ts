// AWS::IAM::Role and AWS::IAM::ManagedPolicy: their statements, for the functions and state machines that take them.
import { noted } from '../allow-list.ts';
import { managedPolicy, readDocument } from '../policies.ts';
import { type Kind, mintedId, type Naming } from './kind.ts';

const iamArn = (resource: string) => (naming: Naming) =>
  `arn:aws:iam::${naming.account}:${resource}/${naming.name}`;

export const MANAGED_POLICY: Kind = {
  type: 'AWS::IAM::ManagedPolicy',
  nameProperty: 'ManagedPolicyName',
  allow: { ManagedPolicyName: 'read', PolicyDocument: 'read', ...noted('Description Path') },
  ref: iamArn('policy'),
  attributes: { PolicyArn: iamArn('policy') },
  read({ ref, properties }, { policies }) {
    policies.set(ref, readDocument(properties.at('PolicyDocument')));
  },
};

export const ROLE: Kind = {
  type: 'AWS::IAM::Role',
  nameProperty: 'RoleName',
  allow: {
    RoleName: 'read',
    Policies: [{ PolicyDocument: 'read', ...noted('PolicyName') }],
    ManagedPolicyArns: 'read',
    ...noted('AssumeRolePolicyDocument Description MaxSessionDuration Tags'),
  },
  attributes: {
    Arn: iamArn('role'),
    RoleId: (naming) => `AROA${mintedId(17)(naming).toUpperCase()}`,
  },
  read({ attribute, properties }, { policies }) {
    // API Gateway's logging role is managed by AWS and grants nothing that exists here.
    const managed = properties
      .at('ManagedPolicyArns')
      .items()
      .filter((it) => !it.text().endsWith('/AmazonAPIGatewayPushToCloudWatchLogs'));
    policies.set(attribute('Arn'), [
      ...properties
        .at('Policies')
        .items()
        .flatMap((it) => readDocument(it.at('PolicyDocument'))),
      ...managed.flatMap((it) => managedPolicy(it, policies)),
    ]);
  },
};
