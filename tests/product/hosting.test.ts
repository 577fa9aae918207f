// Where page and socket live: what the templates of front and api make with each hosting, with a domain and without, and what they refuse.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readDeclarations } from '../../local/cloudformation/declarations.ts';
import { resolve as resolveValue } from '../../local/cloudformation/intrinsics.ts';
import { readParameters } from '../../local/cloudformation/parameters.ts';
import { Names } from '../../local/cloudformation/references.ts';
import { checkRules } from '../../local/cloudformation/rules-section.ts';
import { isMapping, type Value } from '../../local/cloudformation/source.ts';
import { parseTemplate } from '../../local/cloudformation/yaml.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const SOCKET = 'wss://abcdefghij.execute-api.eu-central-1.amazonaws.com/qa';
const REGION = 'eu-central-1';

interface Deployed {
  resources: Record<string, { type: string; properties: unknown }>;
  outputs: Record<string, string>;
}

/** What CloudFormation would make of the stack: the resources whose conditions hold, all resolved. */
function deploy(stack: string, given: Record<string, string> = {}): Deployed {
  const file = join(ROOT, stack, 'template.yaml');
  const source = parseTemplate(readFileSync(file, 'utf8'), file, ROOT);
  const declared = readDeclarations(source);
  const names = new Names({
    ...{ source, declared, region: REGION, account: '123456789012' },
    stackName: `hubbub-qa-${stack}`,
    parameters: readParameters(source, { ...given, Stage: 'qa' }),
    exports: { 'hubbub-qa-WebSocketUrl': SOCKET },
  });
  checkRules(names);
  const resources: Deployed['resources'] = {};
  for (const [logicalId, declaration] of declared) {
    const isOfHosting = /AWS::(S3|CloudFront|ApiGatewayV2::(DomainName|ApiMapping))/;
    if (!names.exists(declaration) || !isOfHosting.test(declaration.kind.type)) continue;
    const properties = resolveValue(declaration.properties, declaration.path, names);
    resources[logicalId] = { type: declaration.kind.type, properties };
  }
  const outputs: Record<string, string> = {};
  const written = source.data.Outputs;
  for (const [key, output] of Object.entries(isMapping(written) ? written : {})) {
    const { Condition, Value: value } = output as { Condition?: string; Value: Value };
    if (Condition !== undefined && !names.condition(Condition, ['Outputs', key])) continue;
    outputs[key] = String(resolveValue(value, ['Outputs', key, 'Value'], names));
  }
  return { resources, outputs };
}
const front = (given?: Record<string, string>) => deploy('front', given);

const CERTIFICATE = 'arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234';
const PAGE = { Domain: 'chat.example.com', CertificateArn: CERTIFICATE };
const WEBSITE = { Hosting: 'website' };

describe('front with CloudFront', () => {
  test('keeps the bucket private, and answers by the distribution alone', () => {
    const { resources, outputs } = front();
    expect(resources.SiteBucket?.properties).toMatchObject({
      PublicAccessBlockConfiguration: { BlockPublicPolicy: true, RestrictPublicBuckets: true },
    });
    expect(resources.SiteBucket?.properties).not.toHaveProperty('WebsiteConfiguration');
    expect(JSON.stringify(resources.SiteBucketPolicy)).toContain('cloudfront.amazonaws.com');
    expect(JSON.stringify(resources.SiteBucketPolicy)).not.toContain('"Principal":"*"');
    expect(outputs.SiteUrl).toMatch(/^https:\/\/d\w+\.cloudfront\.net$/);
    expect(outputs.SiteId).toMatch(/^E/);
    expect(outputs).not.toHaveProperty('DnsPage');
    expect(resources.Site?.properties).not.toHaveProperty('DistributionConfig.ViewerCertificate');
    expect(resources.Site?.properties).not.toHaveProperty('DistributionConfig.Aliases');
  });

  test('sends the same policy that the output has, with the socket’s own host name once it is given', () => {
    for (const given of [{}, { SocketDomain: 'ws.chat.example.com' }]) {
      const { resources, outputs } = front(given);
      const headers = resources.SiteHeaders?.properties;
      const sent = 'ResponseHeadersPolicyConfig.SecurityHeadersConfig.ContentSecurityPolicy';
      expect(headers).toHaveProperty(`${sent}.ContentSecurityPolicy`, outputs.ContentPolicy);
      const connect = /connect-src [^;]*/.exec(outputs.ContentPolicy ?? '')?.[0].trim();
      expect(connect).toBe(
        `connect-src 'self' ${SOCKET}${'SocketDomain' in given ? ' wss://ws.chat.example.com' : ''}`,
      );
    }
  });

  test('answers at its own domain by TLS 1.2 and up, and says the DNS record', () => {
    const { resources, outputs } = front(PAGE);
    expect(resources.Site?.properties).toMatchObject({
      DistributionConfig: {
        Aliases: ['chat.example.com'],
        ViewerCertificate: {
          AcmCertificateArn: CERTIFICATE,
          SslSupportMethod: 'sni-only',
          MinimumProtocolVersion: 'TLSv1.2_2025',
        },
      },
    });
    expect(outputs.SiteUrl).toBe('https://chat.example.com');
    expect(outputs.DnsPage).toMatch(/^CNAME chat\.example\.com -> d\w+\.cloudfront\.net .*Z2FDTN/);
  });
});

describe('front as a website', () => {
  test('makes nothing of CloudFront, and the same bucket, which anybody may read', () => {
    const { resources, outputs } = front(WEBSITE);
    expect(Object.keys(resources)).toEqual(['SiteBucket', 'SiteBucketPolicy']);
    expect(resources.SiteBucket?.properties).toMatchObject({
      WebsiteConfiguration: { IndexDocument: 'index.html', ErrorDocument: 'index.html' },
      PublicAccessBlockConfiguration: {
        ...{ BlockPublicAcls: true, IgnorePublicAcls: true },
        ...{ BlockPublicPolicy: false, RestrictPublicBuckets: false },
      },
    });
    expect(resources.SiteBucketPolicy?.properties).toHaveProperty('PolicyDocument.Statement', [
      {
        ...{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject' },
        Resource: 'arn:aws:s3:::hubbub-qa-front-sitebucket/*',
      },
    ]);
    // An Origin has no slash at its end; AllowedOrigins takes this value.
    expect(outputs.SiteUrl).toMatch(
      /^http:\/\/[\w.-]+\.s3-website[.-]eu-central-1\.amazonaws\.com$/,
    );
    expect(outputs).not.toHaveProperty('SiteId');
    expect(outputs.ContentPolicy).toBe(front().outputs.ContentPolicy);
  });

  test('the bucket has no name of its own and no condition, so that a switch of hosting keeps it', () => {
    const text = readFileSync(join(ROOT, 'front/template.yaml'), 'utf8');
    const [, bucket = ''] = /^ {2}SiteBucket:\n((?: {4}.*\n)+)/m.exec(text) ?? [];
    expect(bucket).toContain('Type: AWS::S3::Bucket\n');
    expect(bucket).not.toMatch(/BucketName|^ {4}Condition:/m);
  });
});

describe('api', () => {
  const certificate = CERTIFICATE.replace('us-east-1', REGION);
  const own = { Domain: 'ws.chat.example.com', CertificateArn: certificate };

  test('without a domain makes none', () => {
    const { resources, outputs } = deploy('api');
    expect(resources).toEqual({});
    expect(outputs).not.toHaveProperty('DomainWebSocketUrl');
    expect(outputs).not.toHaveProperty('DnsSocket');
  });

  test('answers at its own domain by TLS 1.2, without a path, and says the DNS record', () => {
    const { resources, outputs } = deploy('api', own);
    expect(resources.SocketDomain?.properties).toEqual({
      DomainName: 'ws.chat.example.com',
      DomainNameConfigurations: [
        { CertificateArn: certificate, EndpointType: 'REGIONAL', SecurityPolicy: 'TLS_1_2' },
      ],
    });
    expect(resources.SocketMapping?.properties).toMatchObject({
      DomainName: 'ws.chat.example.com',
      Stage: 'qa',
    });
    expect(resources.SocketMapping?.properties).not.toHaveProperty('ApiMappingKey');
    expect(outputs.DomainWebSocketUrl).toBe('wss://ws.chat.example.com');
    expect(outputs.DnsSocket).toMatch(
      /^CNAME ws\.chat\.example\.com -> d-\w+\.execute-api\.eu-central-1\.amazonaws\.com .*zone Z\w+\)$/,
    );
  });

  test('exports the same with a domain and without: CloudFormation refuses to change an export in use', () => {
    const exported = ({ outputs: { WebSocketUrl, CallbackUrl, ConnectionsArn } }: Deployed) => [
      ...[WebSocketUrl, CallbackUrl, ConnectionsArn],
    ];
    expect(exported(deploy('api', own))).toEqual(exported(deploy('api')));
    expect(readFileSync(join(ROOT, 'api/template.yaml'), 'utf8')).not.toContain(
      'DisableExecuteApiEndpoint',
    );
  });
});

describe('refused before anything is made', () => {
  const abroad = CERTIFICATE.replace('us-east-1', REGION);
  const said = (stack: string, given: Record<string, string>) => {
    try {
      deploy(stack, given);
    } catch (error) {
      return String(error);
    }
    return 'nothing';
  };

  test.each([
    ['sign-in on a website', 'front', { ...WEBSITE, SignInOrigins: 'https://i.example' }],
    ['a domain of a website', 'front', { ...WEBSITE, ...PAGE }],
    ['a page’s domain without a certificate', 'front', { Domain: PAGE.Domain }],
    ['a page’s certificate without a domain', 'front', { CertificateArn: CERTIFICATE }],
    ['a socket’s domain without a certificate', 'api', { Domain: 'ws.example.com' }],
    ['a socket’s certificate without a domain', 'api', { CertificateArn: CERTIFICATE }],
  ])('%s, by a rule with words of its own', (_, stack, given) => {
    expect(said(stack, given)).toMatch(/Rules\.\w+\.Assertions\[\d\].*\b(needs|guests)\b/);
  });

  test.each([
    ['a page’s certificate of another Region', 'front', { ...PAGE, CertificateArn: abroad }],
    ['a domain with a scheme', 'front', { ...PAGE, Domain: 'https://chat.example.com' }],
    ['a domain with a path', 'api', { Domain: 'a.example/b', CertificateArn: abroad }],
    ['a domain in capitals', 'api', { Domain: 'WS.example.com', CertificateArn: abroad }],
    ['a domain of one label', 'api', { Domain: 'localhost', CertificateArn: abroad }],
    ['another hosting', 'front', { Hosting: 's3' }],
    ['a socket’s domain with a scheme', 'front', { SocketDomain: 'wss://ws.example.com' }],
  ])('%s, by the parameter’s own pattern', (_, stack, given) => {
    expect(said(stack, given)).toContain('Parameters.');
  });
});
