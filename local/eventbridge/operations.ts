// The operations of EventBridge, with the shapes of their requests: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Operations.html
import type { Operations } from '../endpoint/request-shapes.ts';

const list = { NamePrefix: 'string', NextToken: 'string', Limit: 'integer' } as const;

export const EVENTS: Operations = {
  PutEvents: {
    EndpointId: 'string',
    Entries: [
      {
        Source: 'string',
        DetailType: 'string',
        Detail: 'string',
        EventBusName: 'string',
        Resources: ['string'],
        // Epoch seconds from SDKs, ISO 8601 from state machines and people.
        Time: 'any',
        TraceHeader: 'string',
      },
    ],
  },
  TestEventPattern: { EventPattern: 'string', Event: 'string' },
  ListEventBuses: list,
  DescribeEventBus: { Name: 'string' },
  ListRules: { ...list, EventBusName: 'string' },
  ListRuleNamesByTarget: {
    TargetArn: 'string',
    EventBusName: 'string',
    NextToken: 'string',
    Limit: 'integer',
  },
  ListTargetsByRule: {
    Rule: 'string',
    EventBusName: 'string',
    NextToken: 'string',
    Limit: 'integer',
  },
};
