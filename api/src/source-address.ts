// The block of addresses under which a handshake is counted: what one subscriber or one network shares.
import { isIPv6 } from 'node:net';

/** The /64 is what a provider gives to one subscriber at least (RFC 6177), so its other 64 bits are free to choose. */
const PREFIX_GROUPS = 4;

/**
 * `203.0.113.7` stays as it is, `::ffff:203.0.113.7` is the same, `2001:db8::1` is `2001:db8:0:0/64`. Anything else, which
 * API Gateway does not send, is a block of its own.
 * @param sourceIp `requestContext.identity.sourceIp`: the address of the TCP peer. A client cannot choose it, as it can
 *   `X-Forwarded-For`. Behind CloudFront it is CloudFront's.
 */
export function addressBlock(sourceIp: string): string {
  if (!isIPv6(sourceIp)) return sourceIp;
  const groups = groupsOf(sourceIp);
  const [a = 0, b = 0] = groups.slice(6);
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff)
    return [a >> 8, a & 255, b >> 8, b & 255].join('.');
  const prefix = groups.slice(0, PREFIX_GROUPS).map((group) => group.toString(16));
  return `${prefix.join(':')}/64`;
}

/** Its eight groups. A URL's host has one spelling: lower case, no dotted quad; it takes no zone. */
function groupsOf(address: string): number[] {
  const [withoutZone = ''] = address.split('%');
  const host = new URL(`http://[${withoutZone}]`).hostname.slice(1, -1);
  const [before = [], after = []] = host
    .split('::')
    .map((half) => (half === '' ? [] : half.split(':').map((group) => Number.parseInt(group, 16))));
  return [...before, ...Array(8 - before.length - after.length).fill(0), ...after];
}
