// A table as a CreateTable call.
import { describe, expect, test } from '@jest/globals';
import { planOf, refusalOf } from '../../testing/templates.ts';

const TABLE = `Resources:
  Rooms:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PROVISIONED
      ProvisionedThroughput: { ReadCapacityUnits: '5', WriteCapacityUnits: 1 }
      AttributeDefinitions: [{ AttributeName: seq, AttributeType: N }]
      KeySchema: [{ AttributeName: seq, KeyType: HASH }]
      TimeToLiveSpecification: { AttributeName: expiresAt, Enabled: true }
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true }
`;

describe('a table', () => {
  test('becomes a CreateTable call, typed as the API wants it', () => {
    expect(planOf({ 'shared/template.yaml': TABLE }).tables).toMatchObject([
      {
        name: 'hubbub-dev-shared-Rooms',
        create: {
          TableName: 'hubbub-dev-shared-Rooms',
          BillingMode: 'PROVISIONED',
          ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 1 },
          AttributeDefinitions: [{ AttributeName: 'seq', AttributeType: 'N' }],
          KeySchema: [{ AttributeName: 'seq', KeyType: 'HASH' }],
        },
        ttlAttribute: 'expiresAt',
      },
    ]);
  });

  test('with a stream is refused, as nothing here would read it', () => {
    const streamed = `${TABLE}      StreamSpecification: { StreamViewType: NEW_IMAGE }\n`;
    const refusal = refusalOf({ 'shared/template.yaml': streamed });
    expect(refusal.message).toMatch(/^shared\/template\.yaml:11:7: .*StreamSpecification/);
  });
});
