// AWS::Lambda::EventSourceMapping: a queue that Lambda polls for a function.
import { noted } from '../allow-list.ts';
import { type Kind, mintedId } from './kind.ts';

const id = mintedId(36);

export const EVENT_SOURCE: Kind = {
  type: 'AWS::Lambda::EventSourceMapping',
  allow: {
    EventSourceArn: 'read',
    FunctionName: 'read',
    BatchSize: 'read',
    Enabled: 'read',
    FunctionResponseTypes: 'read',
    ...noted('Tags'),
  },
  ref: id,
  attributes: { Id: id },
  read({ properties, region, account }, { plan }) {
    const source = properties.at('EventSourceArn');
    if (!source.text().startsWith('arn:aws:sqs:'))
      throw source.refuse('on this machine only an SQS queue can be an event source');
    const types = properties.at('FunctionResponseTypes');
    const reports = types.present ? types.items() : [];
    for (const type of reports) type.oneOf(['ReportBatchItemFailures']);
    const name = properties.at('FunctionName').text();
    plan.eventSources.push({
      queueArn: source.text(),
      functionArn: name.startsWith('arn:')
        ? name
        : `arn:aws:lambda:${region}:${account}:function:${name}`,
      // Above ten AWS asks for a batching window, which this machine does not have.
      batchSize: properties.at('BatchSize').integer({ min: 1, max: 10, fallback: 10 }),
      enabled: properties.at('Enabled').flag(true),
      reportsFailures: reports.length > 0,
      origin: properties.origin,
    });
  },
};
