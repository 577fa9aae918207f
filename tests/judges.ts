// The judges (judges.txt): independent programs that tests hold Hubbub to, found in .judges or on the PATH.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, test } from '@jest/globals';

const folders = [
  join(import.meta.dirname, '..', '.judges', 'bin'),
  ...(process.env.PATH ?? '').split(delimiter),
];
/** Where the program is, the first that runs by its name first. */
export const found = (program: string) =>
  folders.map((folder) => join(folder, program)).filter((file) => existsSync(file));
const pythons = found('python3');

/** A Python that has this module; undefined where none has. */
export const pythonWith = (module: string): string | undefined =>
  pythons.find((python) => spawnSync(python, ['-c', `import ${module}`]).status === 0);

/** The folder of this npm package beside a folder of programs; undefined where it is not, or lacks the file. */
export const nodePackage = (name: string, file: string): string | undefined =>
  folders
    .map((folder) => join(folder, '..', 'node_modules', name))
    .find((folder) => existsSync(join(folder, file)));

/** The AWS CLI of this major version; undefined where there is none. */
export const awsCli = (major: 1 | 2): string | undefined =>
  found('aws').find((aws) => {
    // Old versions tell their version on stderr.
    const { stdout, stderr } = spawnSync(aws, ['--version'], { encoding: 'utf8' });
    return `${stdout}${stderr}`.startsWith(`aws-cli/${major}.`);
  });

/** .ci/run installs every judge whose installer (pip, apt) the machine has. So one that is missing there is a fault. */
export function withoutJudge(ci: string | undefined, hasInstaller: boolean): 'failed' | 'skipped' {
  return ci && ci !== 'false' && hasInstaller ? 'failed' : 'skipped';
}

/**
 * Describes what the judge `name` decides. Without the judge, the tests are skipped by name, or fail in CI.
 * `hasInstaller`: whether .ci/run can install the judge on this machine.
 */
export function judgedBy<Judge>(
  name: string,
  judge: Judge | undefined,
  title: string,
  tests: (judge: Judge) => void,
  hasInstaller = pythons.length > 0,
): void {
  const missing = `${name} is not on this machine`;
  if (judge !== undefined) describe(title, () => tests(judge));
  else if (withoutJudge(process.env.CI, hasInstaller) === 'failed')
    test(title, () => {
      throw new Error(`${missing}; .ci/run installs it`);
    });
  else {
    process.stderr.write(`skipped: ${title}: ${missing}\n`);
    test.skip(`${title} (${missing})`, () => undefined);
  }
}
