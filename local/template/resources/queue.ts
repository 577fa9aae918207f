// AWS::SQS::Queue: standard queues, as dead-letter queues are.
import { noted } from '../allow-list.ts';
import { arn, type Kind, type Naming } from './kind.ts';

const url = ({ region, account, name }: Naming) =>
  `https://sqs.${region}.amazonaws.com/${account}/${name}`;

export const QUEUE: Kind = {
  type: 'AWS::SQS::Queue',
  nameProperty: 'QueueName',
  allow: {
    QueueName: 'read',
    VisibilityTimeout: 'read',
    MessageRetentionPeriod: 'read',
    ...noted(
      'KmsDataKeyReusePeriodSeconds KmsMasterKeyId RedriveAllowPolicy SqsManagedSseEnabled Tags',
    ),
  },
  ref: url,
  attributes: { Arn: arn('sqs', '*'), QueueName: ({ name }) => name, QueueUrl: url },
  read({ name, attribute, properties }, { plan }) {
    plan.queues.push({
      name,
      arn: attribute('Arn'),
      visibilityTimeoutS: properties
        .at('VisibilityTimeout')
        .integer({ min: 0, max: 43_200, fallback: 30 }),
      retentionS: properties
        .at('MessageRetentionPeriod')
        .integer({ min: 60, max: 1_209_600, fallback: 345_600 }),
      origin: properties.origin,
    });
  },
};
