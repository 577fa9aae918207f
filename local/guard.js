// Before anything else loads: is this the Node that the templates' runtime names? Plain JavaScript, so that any Node can read it.
import { existsSync, readFileSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const template = new URL('../api/template.yaml', import.meta.url);
// A template that is not there is refused by the reader of templates, in one line.
const text = existsSync(template) ? readFileSync(template, 'utf8') : '';
const wanted = /Runtime: nodejs(\d+)\.x/.exec(text)?.[1];
const found = process.versions.node.split('.')[0];
if (wanted !== undefined && wanted !== found) {
  console.error(
    `Hubbub runs on Node ${wanted}, the Lambda runtime of its templates; this is Node ${process.versions.node}.\n` +
      'npm brings that Node along as a package: run `npm ci` without --ignore-scripts and --omit=dev, then start through npm.',
  );
  process.exit(1);
}

// From the second start on, what Node made of our files is read instead of made again: a third of a second less.
module.enableCompileCache(fileURLToPath(new URL('../.hubbub/compiled', import.meta.url)));
