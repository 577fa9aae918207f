// After all test files: takes away what was made for them.
import { rm } from 'node:fs/promises';

export default async function tearDown(): Promise<void> {
  const { BUILT_CHECKOUT } = process.env;
  if (BUILT_CHECKOUT) await rm(BUILT_CHECKOUT, { recursive: true, force: true });
}
