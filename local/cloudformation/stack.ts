// One stack: its template read against its parameters and the exports of the stacks before it.
import { checkAllowed } from './allow-list.ts';
import { Cursor } from './cursor.ts';
import { type Declaration, readDeclarations } from './declarations.ts';
import { resolve, resolveText } from './intrinsics.ts';
import { readParameters } from './parameters.ts';
import { Names } from './references.ts';
import type { Draft, Resource } from './resources/kind.ts';
import { KINDS } from './resources/registry.ts';
import { checkRules } from './rules-section.ts';
import { checkSections } from './sections.ts';
import type { Source } from './source.ts';

export interface StackOptions {
  /** `hubbub-<stage>-<stack>` */
  stackName: string;
  parameters: Record<string, string>;
}

const OUTPUT = {
  Value: 'read',
  Export: { Name: 'read' },
  Condition: 'read',
  Description: 'noted',
} as const;

/** Adds the stack's resources to the draft's plan, and its outputs to the plan's exports. */
export function readStack(source: Source, options: StackOptions, draft: Draft): void {
  checkSections(source);
  const declared = readDeclarations(source);
  const { region, account, exports } = draft.plan;
  const parameters = readParameters(source, options.parameters);
  const { stackName } = options;
  const names = new Names({ source, stackName, region, account, parameters, declared, exports });

  checkRules(names);
  for (const [name, condition] of section(source, 'Conditions'))
    names.condition(name, condition.path);
  for (const kind of KINDS) {
    for (const declaration of declared.values()) {
      if (declaration.kind !== kind || declaration.generated || !names.exists(declaration))
        continue;
      // Read even where it adds nothing to the plan: what it says is checked all the same.
      const resource = readResource(declaration, names);
      kind.read?.(resource, draft);
    }
  }
  for (const [, output] of section(source, 'Outputs')) readOutput(output, names, exports);
}

function section(source: Source, name: string): [string, Cursor][] {
  return new Cursor(source, [name], source.data[name]).entries();
}

function readResource(declaration: Declaration, names: Names): Resource {
  const { logicalId, kind, path, metadata } = declaration;
  const below = [...path, 'Properties'];
  const resolved = resolve(declaration.properties, below, names);
  const properties = new Cursor(names.source, below, resolved);
  checkAllowed(properties, kind.allow);
  resolve(declaration.deletion, [...path, 'DeletionPolicy'], names);
  return {
    ...names.naming(declaration),
    ...names.named(logicalId, path),
    properties,
    metadata: new Cursor(names.source, [...path, 'Metadata'], metadata),
    named: (other) => names.named(other, path),
  };
}

function readOutput(output: Cursor, names: Names, exports: Record<string, string>): void {
  checkAllowed(output, OUTPUT);
  const text = ({ value, path }: Cursor) => resolveText(value, path, names);
  const condition = output.at('Condition');
  if (condition.present && !names.condition(condition.text(), condition.path)) return;
  const value = text(output.at('Value'));
  const name = output.at('Export').at('Name');
  if (!name.present) return;
  const exported = text(name);
  if (Object.hasOwn(exports, exported)) throw name.refuse(`exports ${exported} a second time`);
  exports[exported] = value;
}
