// Builds the page as S3 serves it: one script and one style sheet, small, named by what is in them, and a script for what is
// loaded later. `npm start` serves the sources.
import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { extname, join, parse } from 'node:path';
import { build, type Plugin } from 'esbuild';

const SOURCE = join(import.meta.dirname, 'src');
const STYLES = /^ *<link rel="stylesheet" href="([^"]+)" \/>\n/gm;
const SCRIPT = 'src="app.js"';
/** What no bundler makes: copied under its own name. */
const AS_IT_IS = new Set(['.svg', '.png', '.webmanifest']);

/**
 * Writes the built page into `folder`, which is emptied first. Names with a hash may be cached for ever, the others not at all.
 * Throws when index.html names no style or no script: then nothing that is served would be what was written.
 */
export async function buildPage(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const html = await readFile(join(SOURCE, 'index.html'), 'utf8');
  const styles = [...html.matchAll(STYLES)].map(([, path = '']) => path);
  if (styles.length === 0 || !html.includes(SCRIPT))
    throw new Error('front/src/index.html names no style sheet, or not app.js.');
  const imports = styles.map((path) => `@import "./${path}";`).join('\n');
  const later = new Map<string, string>();
  const [css, js] = await Promise.all([
    bundle(imports, 'css'),
    bundle('import "./app.js";', 'js', [apart(later)]),
  ]);
  const names = { css: named('page', css, 'css'), js: named('app', js, 'js') };
  await Promise.all([
    writeFile(join(folder, names.css), css),
    writeFile(join(folder, names.js), js),
    writeFile(join(folder, 'index.html'), pageOf(html, names)),
    ...[...later].map(([name, script]) => writeFile(join(folder, name), script)),
    copyRest(folder),
  ]);
}

/** Into `scripts`: what is imported when it is wanted, by name. It shares no module with the others, so none may keep anything. */
const apart = (scripts: Map<string, string>): Plugin => ({
  name: 'apart',
  setup({ onResolve }) {
    onResolve({ filter: /^\./ }, async ({ kind, path, resolveDir }) => {
      if (kind !== 'dynamic-import') return undefined;
      const script = await bundle(`export * from ${JSON.stringify(path)};`, 'js', [], resolveDir);
      const name = named(`app-${parse(path).name}`, script, 'js');
      scripts.set(name, script);
      return { path: `./${name}`, external: true };
    });
  },
});

async function bundle(
  contents: string,
  loader: 'css' | 'js',
  plugins: Plugin[] = [],
  resolveDir = SOURCE,
): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, loader, resolveDir },
    plugins,
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2024',
    // Node's own modules stand behind an import that a browser never reaches.
    external: ['node:*'],
    // Escaped, Arabic would be three times as long.
    charset: 'utf8',
    legalComments: 'none',
  });
  return outputFiles[0]?.text ?? '';
}

const named = (name: string, content: string, type: string) =>
  `${name}-${createHash('sha256').update(content).digest('base64url').slice(0, 10)}.${type}`;

function pageOf(html: string, { css, js }: { css: string; js: string }): string {
  let isFirst = true;
  const page = html.replaceAll(STYLES, () => {
    const line = isFirst ? `    <link rel="stylesheet" href="${css}" />\n` : '';
    isFirst = false;
    return line;
  });
  return page.replace(SCRIPT, `src="${js}"`);
}

async function copyRest(folder: string): Promise<void> {
  const files = (await readdir(SOURCE)).filter((file) => AS_IT_IS.has(extname(file)));
  await Promise.all(files.map((file) => cp(join(SOURCE, file), join(folder, file))));
}

if (import.meta.main) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) throw new Error('Say where to: node front/build-page.ts FOLDER');
  await buildPage(folder);
}
