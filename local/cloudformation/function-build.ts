// How a function is built: Handler, CodeUri and the esbuild metadata that `sam build` reads.
import { parse, resolve } from 'node:path';
import { checkAllowed, noted } from './allow-list.ts';
import type { Cursor } from './cursor.ts';
import type { FunctionPlan } from './plan.ts';

/** Metadata of a function; what other tools leave there is theirs. */
const BUILD_METADATA = {
  BuildMethod: 'read',
  BuildProperties: {
    EntryPoints: 'read',
    Format: 'read',
    Target: 'read',
    Minify: 'read',
    Sourcemap: 'read',
    External: 'read',
    Banner: 'read',
    MainFields: 'read',
    OutExtension: 'read',
    ...noted('UseNpmCi'),
  },
  ...noted('cfn-lint cfn_nag guard'),
} as const;

/** Defaults are those of aws-lambda-builders: minified CommonJS for es2020. */
export function readBuild(
  properties: Cursor,
  metadata: Cursor,
): Pick<FunctionPlan, 'entry' | 'handler' | 'build'> {
  if (!metadata.present) throw properties.refuse('has no Metadata with BuildMethod: esbuild');
  checkAllowed(metadata, BUILD_METADATA);
  metadata.at('BuildMethod').oneOf(['esbuild']);
  const build = metadata.at('BuildProperties');
  const { file, handler } = readHandler(properties.at('Handler'));
  const banner = readKeyed(build.at('Banner'));
  const mainFields = build.at('MainFields');
  checkExtension(build.at('OutExtension'));
  return {
    entry: entryOf(file, properties, build),
    handler,
    build: {
      format: build.at('Format').oneOf(['esm', 'cjs'], 'cjs'),
      target: build.at('Target').text('es2020'),
      minify: build.at('Minify').flag(true),
      sourcemap: build.at('Sourcemap').flag(false),
      external: build.at('External').texts(),
      ...(banner === undefined ? {} : { banner }),
      ...(mainFields.present ? { mainFields: mainFields.text().split(',') } : {}),
    },
  };
}

/** `sendmessage.handler`: the built file, and the name it exports. */
function readHandler(handler: Cursor): { file: string; handler: string } {
  const text = handler.text();
  const dot = text.lastIndexOf('.');
  if (dot < 1 || dot === text.length - 1) throw handler.refuse('is not <file>.<exported name>');
  return { file: text.slice(0, dot), handler: text.slice(dot + 1) };
}

/** esbuild writes one entry point to the top of the bundle, so Handler names it without its folder. */
function entryOf(file: string, properties: Cursor, build: Cursor): string {
  const points = build.at('EntryPoints');
  const [point, ...others] = points.items();
  if (!point || others.length > 0)
    throw points.refuse('must be one entry point, as each function has its own bundle');
  if (parse(point.text()).name !== file)
    throw properties.at('Handler').refuse(`is not what the entry point ${point.text()} builds`);
  const codeUri = properties.at('CodeUri').text();
  return resolve(properties.source.folder, codeUri, point.text());
}

/** The builder passes `js=…` through to esbuild's `--banner:js=…`. */
function readKeyed(banner: Cursor): string | undefined {
  const [item, ...others] = banner.items();
  if (!item) return undefined;
  if (others.length > 0 || !item.text().startsWith('js='))
    throw banner.refuse('is not one js=… banner');
  return item.text().slice('js='.length);
}

/** The extension only decides how Node reads the bundle; here `Format` does. */
function checkExtension(extension: Cursor): void {
  for (const item of extension.items())
    if (!['.js=.mjs', '.js=.js', '.js=.cjs'].includes(item.text()))
      throw item.refuse('is not an extension Node runs');
}
