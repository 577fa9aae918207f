// AWS::CloudFront::Distribution and ResponseHeadersPolicy: the page's folder, its first document, its headers.
import { join } from 'node:path';
import { checkAllowed, noted } from '../allow-list.ts';
import { toThisMachine } from '../execute-api.ts';
import { RESPONSE_HEADERS, readHeaders } from '../response-headers.ts';
import { type Kind, mintedId } from './kind.ts';

const distributionId = (naming: { stackName: string; logicalId: string }) =>
  `E${mintedId(13)(naming).toUpperCase()}`;

const BEHAVIOR = {
  ResponseHeadersPolicyId: 'read',
  ...noted(
    'AllowedMethods CachedMethods CachePolicyId Compress FunctionAssociations OriginRequestPolicyId PathPattern TargetOriginId ViewerProtocolPolicy',
  ),
} as const;

const DISTRIBUTION_CONFIG = {
  DefaultRootObject: 'read',
  DefaultCacheBehavior: BEHAVIOR,
  CacheBehaviors: [BEHAVIOR],
  ...noted(
    'Aliases Comment CustomErrorResponses Enabled HttpVersion IPV6Enabled Logging Origins PriceClass Restrictions ViewerCertificate WebACLId',
  ),
} as const;

export const RESPONSE_HEADERS_POLICY: Kind = {
  type: 'AWS::CloudFront::ResponseHeadersPolicy',
  allow: { ResponseHeadersPolicyConfig: RESPONSE_HEADERS },
  ref: mintedId(20),
  attributes: { Id: mintedId(20) },
  read({ ref, properties }, { headers, endpoints }) {
    const entries = readHeaders(properties.at('ResponseHeadersPolicyConfig'));
    headers.set(
      ref,
      Object.fromEntries(entries.map(([name, value]) => [name, toThisMachine(value, endpoints)])),
    );
  },
};

export const DISTRIBUTION: Kind = {
  type: 'AWS::CloudFront::Distribution',
  allow: { DistributionConfig: 'read', ...noted('Tags') },
  ref: distributionId,
  attributes: {
    Id: distributionId,
    DomainName: (naming) => `d${mintedId(13)(naming)}.cloudfront.net`,
  },
  read({ properties }, { plan, root, headers }) {
    const config = properties.at('DistributionConfig');
    checkAllowed(config, DISTRIBUTION_CONFIG);
    if (plan.site.folder !== '')
      throw properties.refuse('is a second distribution: one site is served');
    const policy = config.at('DefaultCacheBehavior').at('ResponseHeadersPolicyId');
    for (const behavior of config.at('CacheBehaviors').items()) {
      const own = behavior.at('ResponseHeadersPolicyId');
      if (own.value !== policy.value) throw own.refuse('differs from DefaultCacheBehavior');
    }
    const known = policy.present ? headers.get(policy.text()) : {};
    if (!known) throw policy.refuse('is no ResponseHeadersPolicy of these templates');
    plan.site = {
      folder: join(root, 'front', 'src'),
      headers: known,
      index: config.at('DefaultRootObject').text(),
      origin: properties.origin,
    };
  },
};
