// Another checkout of this repository, whose files may differ: changed by a test, or with the page as it is deployed.
import { cp, mkdtemp, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildPage } from '../../front/build-page.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const PARTS = ['shared', 'api', 'workflows', 'local', 'package.json', 'samconfig.toml'];

/** Answers its folder, which is the caller's to delete. `isBuilt`: its page is what S3 serves, not the sources. */
export async function copyCheckout({ isBuilt = false } = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hubbub-checkout-'));
  const parts = [...PARTS, isBuilt ? 'front/template.yaml' : 'front'];
  await Promise.all(
    parts.map((part) => cp(join(ROOT, part), join(folder, part), { recursive: true })),
  );
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  if (isBuilt) await buildPage(join(folder, 'front/src'));
  return folder;
}
