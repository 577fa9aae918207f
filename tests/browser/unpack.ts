// Unpacks the Chromium that npm brought, once for all test files: two unpackers in one folder break each other.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const CACHE = resolve(import.meta.dirname, '../../node_modules/.cache');
const run = promisify(execFile);

/** Its own process: the package reads TMPDIR and changes the environment of whoever imports it. */
const UNPACK =
  "import('@sparticuz/chromium').then((chromium) => chromium.default.executablePath())";

/** Whether the packaged Chromium is the one to use: it is built for Linux on x64 only. */
export const usesPackage = () =>
  !process.env.CHROME_PATH && process.platform === 'linux' && process.arch === 'x64';

/** The folder with `chromium`, its libraries and its fonts, unpacked when needed. */
export async function unpackChromium(): Promise<string> {
  const folder = join(CACHE, `chromium-${version()}`);
  if (!existsSync(join(folder, 'chromium'))) await unpackInto(folder);
  // Without this no font is found: the package's own file names none of our folders.
  const conf = join(folder, 'fonts.conf');
  const wanted = fontsConf(folder);
  if (!existsSync(conf) || (await readFile(conf, 'utf8')) !== wanted) await writeFile(conf, wanted);
  return folder;
}

async function unpackInto(folder: string): Promise<void> {
  await mkdir(CACHE, { recursive: true });
  const TMPDIR = await mkdtemp(join(CACHE, 'unpacking-'));
  // Named as Lambda's runtime, the package unpacks the system libraries that a bare machine lacks, too.
  const env = { ...process.env, TMPDIR, HOME: TMPDIR, AWS_LAMBDA_JS_RUNTIME: 'nodejs24.x' };
  await run(process.execPath, ['--input-type=module', '-e', UNPACK], {
    env,
    cwd: import.meta.dirname,
  });
  try {
    await rename(TMPDIR, folder);
  } catch (error) {
    await rm(TMPDIR, { recursive: true, force: true });
    // Another run was quicker; what it unpacked is as good.
    if (!existsSync(join(folder, 'chromium'))) throw error;
  }
}

function version(): string {
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium');
  const manifest: unknown = createRequire(import.meta.url)(join(dirname(entry), '../package.json'));
  return String((manifest as { version: string }).version);
}

const fontsConf = (folder: string) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${folder}/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${folder}/fontconfig</cachedir>
</fontconfig>
`;
