// A CloudFront ResponseHeadersPolicy as the headers a browser gets.
import { noted } from './allow-list.ts';
import type { Cursor } from './cursor.ts';

export const RESPONSE_HEADERS = {
  SecurityHeadersConfig: {
    ContentSecurityPolicy: { ContentSecurityPolicy: 'read', Override: 'noted' },
    ContentTypeOptions: { Override: 'noted' },
    FrameOptions: { FrameOption: 'read', Override: 'noted' },
    ReferrerPolicy: { ReferrerPolicy: 'read', Override: 'noted' },
    StrictTransportSecurity: {
      AccessControlMaxAgeSec: 'read',
      IncludeSubdomains: 'read',
      Preload: 'read',
      Override: 'noted',
    },
    XSSProtection: { Protection: 'read', ModeBlock: 'read', ReportUri: 'read', Override: 'noted' },
  },
  CustomHeadersConfig: { Items: [{ Header: 'read', Value: 'read', Override: 'noted' }] },
  ...noted('Comment Name RemoveHeadersConfig'),
} as const;

/** Names in lower case, values as CloudFront's developer guide writes them ("response headers policies"). */
export function readHeaders(config: Cursor): [string, string][] {
  const security = config.at('SecurityHeadersConfig');
  const headers: [string, string][] = security
    .entries()
    .map(([name, header]) => SECURITY[name]?.(header) ?? unknown(header));
  for (const item of config.at('CustomHeadersConfig').at('Items').items())
    headers.push([item.at('Header').text().toLowerCase(), item.at('Value').text()]);
  return headers;
}

function unknown(header: Cursor): never {
  throw header.refuse('is not supported on this machine');
}

const SECURITY: Record<string, (header: Cursor) => [string, string]> = {
  ContentSecurityPolicy: (it) => ['content-security-policy', it.at('ContentSecurityPolicy').text()],
  ContentTypeOptions: () => ['x-content-type-options', 'nosniff'],
  FrameOptions: (it) => ['x-frame-options', it.at('FrameOption').oneOf(['DENY', 'SAMEORIGIN'])],
  ReferrerPolicy: (it) => ['referrer-policy', it.at('ReferrerPolicy').text()],
  StrictTransportSecurity: (it) => [
    'strict-transport-security',
    [
      `max-age=${it.at('AccessControlMaxAgeSec').text()}`,
      ...(it.at('IncludeSubdomains').flag(false) ? ['includeSubDomains'] : []),
      ...(it.at('Preload').flag(false) ? ['preload'] : []),
    ].join('; '),
  ],
  XSSProtection: (it) => [
    'x-xss-protection',
    [
      it.at('Protection').flag(false) ? '1' : '0',
      ...(it.at('ModeBlock').flag(false) ? ['mode=block'] : []),
      ...(it.at('ReportUri').present ? [`report=${it.at('ReportUri').text()}`] : []),
    ].join('; '),
  ],
};
