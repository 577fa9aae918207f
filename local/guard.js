// Before anything else loads: is this the Node that the templates' runtime names? Plain JavaScript, so that any Node can read it.
import { readFileSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const template = readFileSync(new URL('../api/template.yaml', import.meta.url), 'utf8');
const wanted = /Runtime: nodejs(\d+)\.x/.exec(template)?.[1];
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
