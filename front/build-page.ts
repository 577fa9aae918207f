// Builds the page as S3 serves it: one script and one style sheet, small, named by what is in them, and a script for what is
// loaded later. `npm start` serves the sources.
import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { extname, join, parse } from 'node:path';
import { build, type Plugin } from 'esbuild';

const SOURCE = join(import.meta.dirname, 'src');
const STYLES = /^ *<link rel="stylesheet" href="([^"]+)" \/>\n/gm;
const SCRIPT = 'src="app.js"';
const FIRST_LINE = '    <meta charset="utf-8" />\n';
/** What browsers ignore in a `<meta>`, and complain of: https://www.w3.org/TR/CSP3/#meta-element */
const ONLY_IN_HEADERS = ['frame-ancestors', 'report-uri', 'sandbox'];
/** What no bundler makes: copied under its own name. */
const AS_IT_IS = new Set(['.svg', '.png', '.webmanifest']);

/**
 * Writes the built page into `folder`, which is emptied first. Names with a hash may be cached for ever, the others not at all.
 * Throws when index.html names no style or no script: then nothing that is served would be what was written.
 * @param policy a Content-Security-Policy that the page shall carry itself, where no server sends it as a header
 */
export async function buildPage(folder: string, policy = ''): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const html = await readFile(join(SOURCE, 'index.html'), 'utf8');
  const styles = [...html.matchAll(STYLES)].map(([, path = '']) => path);
  if (styles.length === 0 || !html.includes(SCRIPT) || !html.includes(FIRST_LINE))
    throw new Error('front/src/index.html names no style sheet, not app.js, or no charset.');
  const imports = styles.map((path) => `@import "./${path}";`).join('\n');
  const later = new Map<string, string>();
  const [css, js] = await Promise.all([
    bundle(imports, 'css'),
    bundle('import "./app.js";', 'js', [apart(later), withoutFolders]),
  ]);
  const names = { css: named('page', css, 'css'), js: named('app', js, 'js') };
  await Promise.all([
    writeFile(join(folder, names.css), css),
    writeFile(join(folder, names.js), js),
    writeFile(join(folder, 'index.html'), withPolicy(pageOf(html, names), policy)),
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

/** A page has no folder: what keeps in one is Node's. What stands in for it is in the page already. */
const withoutFolders: Plugin = {
  name: 'without-folders',
  setup({ onLoad }) {
    onLoad({ filter: /\bports[\\/]file\.js$/ }, () => ({
      contents: `export { createMemoryKeep as createFileKeep, createMemoryStore as createFileStore } from './memory.js';`,
      resolveDir: join(SOURCE, 'ports'),
    }));
  },
};

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

/** Directly after the charset: a policy holds only for what comes after it. */
function withPolicy(html: string, policy: string): string {
  const directives = policy.split(';').map((directive) => directive.trim().replace(/\s+/g, ' '));
  const kept = directives.filter(
    (directive) => directive !== '' && !ONLY_IN_HEADERS.includes(directive.split(' ')[0] ?? ''),
  );
  if (kept.length === 0) return html;
  const content = kept.join('; ').replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  const meta = `    <meta http-equiv="Content-Security-Policy" content="${content}" />\n`;
  return html.replace(FIRST_LINE, () => FIRST_LINE + meta);
}

async function copyRest(folder: string): Promise<void> {
  const files = (await readdir(SOURCE)).filter((file) => AS_IT_IS.has(extname(file)));
  await Promise.all(files.map((file) => cp(join(SOURCE, file), join(folder, file))));
}

if (import.meta.main) {
  const [folder, policyFile] = process.argv.slice(2);
  if (folder === undefined)
    throw new Error('Say where to: node front/build-page.ts FOLDER [POLICY_FILE]');
  await buildPage(folder, policyFile && (await readFile(policyFile, 'utf8')));
}
