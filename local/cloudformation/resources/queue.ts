// AWS::SQS::Queue: standard queues.
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
    DelaySeconds: 'read',
    RedrivePolicy: { deadLetterTargetArn: 'read', maxReceiveCount: 'read' },
    ...noted(
      'KmsDataKeyReusePeriodSeconds KmsMasterKeyId RedriveAllowPolicy SqsManagedSseEnabled Tags',
    ),
  },
  ref: url,
  attributes: { Arn: arn('sqs', '*'), QueueName: ({ name }) => name, QueueUrl: url },
  read({ name, attribute, properties }, { plan }) {
    const redrive = properties.at('RedrivePolicy');
    plan.queues.push({
      name,
      arn: attribute('Arn'),
      visibilityTimeoutS: properties
        .at('VisibilityTimeout')
        .integer({ min: 0, max: 43_200, fallback: 30 }),
      retentionS: properties
        .at('MessageRetentionPeriod')
        .integer({ min: 60, max: 1_209_600, fallback: 345_600 }),
      delayS: properties.at('DelaySeconds').integer({ min: 0, max: 900, fallback: 0 }),
      ...(redrive.present
        ? {
            redrive: {
              deadLetterArn: redrive.at('deadLetterTargetArn').text(),
              maxReceiveCount: redrive.at('maxReceiveCount').integer({ min: 1, max: 1_000 }),
            },
          }
        : {}),
      origin: properties.origin,
    });
  },
};
