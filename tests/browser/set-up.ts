// Before all test files: what several of them share is made once.
import { copyCheckout } from './checkout.ts';
import { unpackChromium, usesPackage } from './unpack.ts';

export default async function setUp(): Promise<void> {
  if (usesPackage()) await unpackChromium();
  process.env.BUILT_CHECKOUT = await copyCheckout({ isBuilt: true });
}
