// The site's headers under their real names.
import { expect, test } from '@jest/globals';
import { planOf } from '../../testing/templates.ts';

test('the site has the headers of its policy under their real names', () => {
  const front = `Resources:
  Headers:
    Type: AWS::CloudFront::ResponseHeadersPolicy
    Properties:
      ResponseHeadersPolicyConfig:
        Name: strict
        SecurityHeadersConfig:
          ContentSecurityPolicy:
            ContentSecurityPolicy: connect-src wss://abcdefghij.execute-api.us-east-1.amazonaws.com
            Override: true
          ContentTypeOptions: { Override: true }
          FrameOptions: { FrameOption: DENY, Override: true }
          ReferrerPolicy: { ReferrerPolicy: no-referrer, Override: true }
          StrictTransportSecurity: { AccessControlMaxAgeSec: 9, Preload: true, Override: true }
          XSSProtection: { Protection: true, ModeBlock: true, Override: true }
        CustomHeadersConfig:
          Items: [{ Header: Permissions-Policy, Value: camera=(), Override: true }]
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        DefaultRootObject: home.html
        DefaultCacheBehavior: { ResponseHeadersPolicyId: !Ref Headers }
`;
  const here = { webSocketEndpoint: 'ws://127.0.0.1:3000' };
  const { site } = planOf({ 'front/template.yaml': front }, here);
  expect(site.folder).toMatch(/\/front\/src$/);
  expect(site.index).toBe('home.html');
  expect(site.headers).toEqual({
    'content-security-policy': 'connect-src ws://127.0.0.1:3000',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'strict-transport-security': 'max-age=9; preload',
    'x-xss-protection': '1; mode=block',
    'permissions-policy': 'camera=()',
  });
});
