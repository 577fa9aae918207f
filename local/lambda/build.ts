// Bundles the functions with esbuild, from the options that the template gives SAM.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, parse, relative, resolve } from 'node:path';
import { type BuildFailure, build, type Message, version } from 'esbuild';
import type { FunctionPlan } from '../cloudformation/plan.ts';
import { keptOr, type Made } from './build-cache.ts';

export interface Bundle {
  /** Absolute path of the module that holds the handler. */
  file: string;
  /** Changes with the code. */
  digest: string;
}

/** One line per fault: `file:line:column: text`. `files` are those to watch for the repair. */
export class BuildFailed extends Error {
  override name = 'BuildFailed';
  readonly files: string[];

  constructor(lines: string[], files: string[]) {
    super([...new Set(lines)].join('\n'));
    this.files = files;
  }
}

type Built = Made & { faults: Message[] };

const here = process.cwd();

const fileOf = ({ name, entry, build: { format } }: FunctionPlan, folder: string) =>
  join(folder, name, `${parse(entry).name}${format === 'esm' ? '.mjs' : '.cjs'}`);

/** Functions with the same options, in one run: what they share is read once. `kept`: the folder for what is built once. */
async function bundle(
  plans: FunctionPlan[],
  folder: string,
  kept: string | undefined,
): Promise<Built> {
  const [{ build: options } = { build: undefined }] = plans;
  if (options === undefined) return { outputs: [], inputs: [], faults: [] };
  const make = () => made(plans, options, folder);
  try {
    if (kept === undefined) return { ...(await make()), faults: [] };
    const entries = plans.map(({ name, entry }) => [name, entry]);
    const name = createHash('sha256').update(JSON.stringify(options)).digest('hex').slice(0, 16);
    // A source map names its sources by their way from the bundle.
    const asked = JSON.stringify([version, here, relative(folder, here), options, entries]);
    return { ...(await keptOr(join(kept, name), asked, make)), faults: [] };
  } catch (error) {
    const faults = (error as BuildFailure).errors;
    if (!Array.isArray(faults)) throw error;
    return { outputs: [], inputs: [], faults };
  }
}

async function made(
  plans: FunctionPlan[],
  options: FunctionPlan['build'],
  folder: string,
): Promise<Made> {
  const { format, target, minify, sourcemap, external, banner, mainFields } = options;
  const { outputFiles, metafile } = await build({
    absWorkingDir: here,
    entryPoints: plans.map(({ name, entry }) => ({
      in: entry,
      out: `${name}/${parse(entry).name}`,
    })),
    outdir: folder,
    outExtension: { '.js': format === 'esm' ? '.mjs' : '.cjs' },
    bundle: true,
    write: false,
    metafile: true,
    logLevel: 'silent',
    platform: 'node',
    format,
    target,
    minify,
    sourcemap,
    external,
    ...(banner === undefined ? {} : { banner: { js: banner } }),
    ...(mainFields === undefined ? {} : { mainFields }),
  });
  // What is left out is named as well.
  const inputs = Object.keys(metafile.inputs)
    .filter((input) => !input.startsWith('(disabled):'))
    .map((input) => resolve(here, input));
  const outputs = outputFiles.map(({ path, contents }) => ({
    path: relative(folder, path),
    contents,
  }));
  return { outputs, inputs };
}

/** esbuild names the entry itself where a fault has no place. */
function lineOf({ location, text }: Message): string {
  if (!location) return text;
  return `${location.file}:${location.line}:${location.column + 1}: ${text}`;
}

// What a bundle leaves out (`External`) is part of AWS's runtime; here it comes from the project's own packages.
async function linkPackages(plan: FunctionPlan, folder: string): Promise<void> {
  if (plan.build.external.length === 0 || existsSync(join(folder, 'node_modules'))) return;
  for (let above = dirname(plan.entry); above !== dirname(above); above = dirname(above)) {
    const packages = join(above, 'node_modules');
    if (existsSync(packages)) return symlink(packages, join(folder, 'node_modules'), 'junction');
  }
}

async function write(
  plan: FunctionPlan,
  outputs: Built['outputs'],
  folder: string,
): Promise<Bundle> {
  const file = fileOf(plan, folder);
  await mkdir(dirname(file), { recursive: true });
  await linkPackages(plan, folder);
  const hash = createHash('sha256');
  for (const { path, contents } of outputs) {
    if (dirname(path) !== plan.name) continue;
    hash.update(contents);
    const place = join(folder, path);
    // By rename, so that a sandbox that starts right now reads the one or the other.
    await writeFile(`${place}.new`, contents);
    await rename(`${place}.new`, place);
  }
  return { file, digest: hash.digest('hex') };
}

/**
 * All or nothing, like a deployment: the first fault leaves every bundle as it was.
 * `inputs` are the absolute paths of the project's own files that went in; packages are not among them.
 * `kept` is a folder for what need not be built again.
 */
export async function buildAll(
  plans: FunctionPlan[],
  folder: string,
  kept?: string,
): Promise<{ bundles: Map<string, Bundle>; inputs: string[] }> {
  const alike = Map.groupBy(plans, (plan) => JSON.stringify(plan.build));
  const built = await Promise.all([...alike.values()].map((group) => bundle(group, folder, kept)));
  const inputs = new Set(plans.map((plan) => plan.entry));
  for (const input of built.flatMap((one) => one.inputs))
    if (!/[\\/]node_modules[\\/]/.test(input)) inputs.add(input);

  const faults = built.flatMap((one) => one.faults);
  if (faults.length > 0) {
    for (const { location } of faults) if (location) inputs.add(resolve(here, location.file));
    throw new BuildFailed(faults.map(lineOf), [...inputs]);
  }
  const outputs = built.flatMap((one) => one.outputs);
  const bundles = new Map<string, Bundle>();
  for (const plan of plans) bundles.set(plan.name, await write(plan, outputs, folder));
  return { bundles, inputs: [...inputs] };
}
