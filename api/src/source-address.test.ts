// Which addresses are counted as one.
import { expect, test } from '@jest/globals';
import { addressBlock } from './source-address.ts';

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['::FFFF:203.0.113.7', '203.0.113.7'],
  ['::ffff:cb00:7107', '203.0.113.7'],
  ['0:0:0:0:0:ffff:203.0.113.7', '203.0.113.7'],
  ['2001:db8::1', '2001:db8:0:0/64'],
  ['2001:DB8:0:0:ffff:ffff:ffff:ffff', '2001:db8:0:0/64'],
  ['2001:db8:0:0:1::', '2001:db8:0:0/64'],
  ['2001:db8:0:1::1', '2001:db8:0:1/64'],
  ['fe80::1%eth0', 'fe80:0:0:0/64'],
  ['::1', '0:0:0:0/64'],
  ['::', '0:0:0:0/64'],
  ['1::', '1:0:0:0/64'],
  ['64:ff9b::203.0.113.7', '64:ff9b:0:0/64'],
  ['not an address', 'not an address'],
  ['', ''],
])('%s is counted as %s', (address, block) => {
  expect(addressBlock(address)).toBe(block);
});

test('no two addresses of one /64 differ, and no two neighbouring /64 are one', () => {
  const at = (network: number, host: number) =>
    addressBlock(`2001:db8:0:${network.toString(16)}::${host.toString(16)}`);
  const blocks = Array.from({ length: 200 }, (_, host) => at(host % 2, host * 251));
  expect(new Set(blocks)).toEqual(new Set([at(0, 0), at(1, 0)]));
});
