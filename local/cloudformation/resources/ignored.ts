// Resource types that exist only in an account: named and referred to, but nothing on this machine comes of them.
import { noted } from '../allow-list.ts';
import { arn, type Kind, mintedId, type Naming } from './kind.ts';

const id = mintedId(20);
const name = ({ name }: Naming) => name;

function notedKind(
  type: string,
  properties: string,
  names: Partial<Pick<Kind, 'nameProperty' | 'unnamed' | 'ref' | 'attributes'>> = {},
): Kind {
  return { type, allow: noted(properties), attributes: {}, ...names };
}

const logGroupArn = (naming: Naming) => `${arn('logs', 'log-group:*')(naming)}:*`;
const topicArn = arn('sns', '*');
const cloudFrontFunctionArn = ({ account, name }: Naming) =>
  `arn:aws:cloudfront::${account}:function/${name}`;

export const NOTED: Kind[] = [
  notedKind('AWS::ApiGateway::Account', 'CloudWatchRoleArn', { ref: id, attributes: { Id: id } }),
  notedKind('AWS::ApiGatewayV2::ApiMapping', 'ApiId ApiMappingKey DomainName Stage', {
    ref: id,
    attributes: { ApiMappingId: id },
  }),
  notedKind('AWS::ApiGatewayV2::DomainName', 'DomainName DomainNameConfigurations Tags', {
    nameProperty: 'DomainName',
    attributes: {
      RegionalDomainName: (naming) =>
        `d-${mintedId(10)(naming)}.execute-api.${naming.region}.amazonaws.com`,
      RegionalHostedZoneId: (naming) => `Z${mintedId(20)(naming).toUpperCase()}`,
    },
  }),
  notedKind('AWS::ApiGatewayV2::Integration', '', { ref: id, attributes: { IntegrationId: id } }),
  notedKind('AWS::ApiGatewayV2::Route', '', { ref: id, attributes: { RouteId: id } }),
  notedKind('AWS::ApiGatewayV2::Stage', '', { nameProperty: 'StageName' }),
  notedKind('AWS::CloudFront::Function', 'AutoPublish FunctionCode FunctionConfig Name', {
    nameProperty: 'Name',
    ref: cloudFrontFunctionArn,
    attributes: { FunctionARN: cloudFrontFunctionArn },
  }),
  notedKind('AWS::CloudFront::OriginAccessControl', 'OriginAccessControlConfig', {
    ref: id,
    attributes: { Id: id },
  }),
  notedKind(
    'AWS::CloudWatch::Alarm',
    'ActionsEnabled AlarmActions AlarmDescription AlarmName ComparisonOperator DatapointsToAlarm Dimensions EvaluationPeriods ExtendedStatistic InsufficientDataActions MetricName Metrics Namespace OKActions Period Statistic Tags Threshold TreatMissingData Unit',
    { nameProperty: 'AlarmName', attributes: { Arn: arn('cloudwatch', 'alarm:*') } },
  ),
  notedKind('AWS::CloudWatch::Dashboard', 'DashboardBody DashboardName', {
    nameProperty: 'DashboardName',
  }),
  notedKind(
    'AWS::Events::Archive',
    'ArchiveName Description EventPattern KmsKeyIdentifier RetentionDays SourceArn',
    {
      nameProperty: 'ArchiveName',
      attributes: { Arn: arn('events', 'archive/*'), ArchiveName: name },
    },
  ),
  notedKind('AWS::Lambda::EventInvokeConfig', '', { ref: id }),
  notedKind(
    'AWS::Lambda::Permission',
    'Action FunctionName Principal PrincipalOrgID SourceAccount SourceArn',
    { ref: id, attributes: { Id: id } },
  ),
  notedKind(
    'AWS::Logs::LogGroup',
    'DataProtectionPolicy DeletionProtectionEnabled FieldIndexPolicies KmsKeyId LogGroupClass LogGroupName RetentionInDays Tags',
    { nameProperty: 'LogGroupName', attributes: { Arn: logGroupArn } },
  ),
  notedKind(
    'AWS::Logs::MetricFilter',
    'ApplyOnTransformedLogs FilterName FilterPattern LogGroupName MetricTransformations',
    { nameProperty: 'FilterName' },
  ),
  notedKind(
    'AWS::S3::Bucket',
    'AccessControl BucketEncryption BucketName LifecycleConfiguration LoggingConfiguration OwnershipControls PublicAccessBlockConfiguration Tags VersioningConfiguration WebsiteConfiguration',
    {
      nameProperty: 'BucketName',
      unnamed: ({ stackName, logicalId }) => `${stackName}-${logicalId}`.toLowerCase(),
      attributes: {
        Arn: ({ name }) => `arn:aws:s3:::${name}`,
        DomainName: ({ name }) => `${name}.s3.amazonaws.com`,
        RegionalDomainName: ({ name, region }) => `${name}.s3.${region}.amazonaws.com`,
        WebsiteURL: ({ name, region }) => `http://${name}.s3-website-${region}.amazonaws.com`,
      },
    },
  ),
  notedKind('AWS::S3::BucketPolicy', 'Bucket PolicyDocument'),
  notedKind(
    'AWS::SNS::Topic',
    'DisplayName KmsMasterKeyId Subscription Tags TopicName TracingConfig',
    {
      nameProperty: 'TopicName',
      ref: topicArn,
      attributes: { TopicArn: topicArn, TopicName: name },
    },
  ),
  notedKind('AWS::SNS::TopicPolicy', 'PolicyDocument Topics', { ref: id, attributes: { Id: id } }),
  notedKind('AWS::SQS::QueuePolicy', 'PolicyDocument Queues', { ref: id, attributes: { Id: id } }),
];
