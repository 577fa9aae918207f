// Launches a real Chromium: the packaged one, one named by CHROME_PATH, or the machine's own Chrome.
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { unpackChromium, usesPackage } from './unpack.ts';

/** The package's own arguments switch web security off and put all in one process, which dies with the first context. */
const ARGS = ['--no-sandbox', '--disable-gpu'];

/** Headless, with `more` arguments on its command line. Close it when done. */
export async function launchChromium(more: string[] = []): Promise<Browser> {
  const args = [...ARGS, ...more];
  if (!usesPackage()) {
    const own = process.env.CHROME_PATH;
    return chromium.launch({
      args,
      ...(own ? { executablePath: own } : { channel: 'chrome' }),
    });
  }
  const folder = await unpackChromium();
  return chromium.launch({
    args,
    executablePath: join(folder, 'chromium'),
    env: {
      ...process.env,
      LD_LIBRARY_PATH: join(folder, 'al2023/lib'),
      FONTCONFIG_FILE: join(folder, 'fonts.conf'),
    },
  });
}
