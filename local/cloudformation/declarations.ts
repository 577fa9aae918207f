// The resources of a template, with those that SAM's transform adds: everything a Ref may name.
import { checkAllowed } from './allow-list.ts';
import { Cursor } from './cursor.ts';
import { mergeGlobals, readFunctionGlobals } from './globals.ts';
import type { Kind } from './resources/kind.ts';
import { KINDS } from './resources/registry.ts';
import { usesLanguageExtensions, usesSam } from './sections.ts';
import { isMapping, type Mapping, type Path, type Source, type Value } from './source.ts';

export interface Declaration {
  logicalId: string;
  kind: Kind;
  /** As written, SAM's Globals merged. */
  properties: Mapping;
  metadata: Mapping | undefined;
  /** DeletionPolicy and UpdateReplacePolicy: without effect here, but what they refer to must exist. */
  deletion: Value;
  /** Of the resource, or of the one that generated it. */
  path: Path;
  condition: string | undefined;
  dependsOn: string[];
  generated: boolean;
}

const ATTRIBUTES = {
  Type: 'read',
  Properties: 'read',
  Metadata: 'read',
  Condition: 'read',
  DependsOn: 'read',
  DeletionPolicy: 'noted',
  UpdateReplacePolicy: 'noted',
} as const;

function kindOf(type: string): Kind | undefined {
  return KINDS.find((kind) => kind.type === type);
}

export function readDeclarations(source: Source): Map<string, Declaration> {
  const globals = readFunctionGlobals(source);
  const resources = new Cursor(source, ['Resources'], source.data.Resources);
  const declared = new Map<string, Declaration>();
  for (const [logicalId, cursor] of resources.entries())
    declared.set(logicalId, readDeclaration(logicalId, cursor, globals));
  for (const written of [...declared.values()]) {
    for (const generated of generatedBy(written)) {
      if (declared.has(generated.logicalId))
        throw source.refuse(
          ['Resources', generated.logicalId],
          undefined,
          `has the logical id that SAM gives to a resource of ${written.logicalId}`,
        );
      declared.set(generated.logicalId, generated);
    }
  }
  for (const { dependsOn, path } of declared.values())
    for (const other of dependsOn)
      if (!declared.has(other))
        throw source.refuse([...path, 'DependsOn'], other, 'is not a resource of this template');
  return declared;
}

function readDeclaration(logicalId: string, cursor: Cursor, globals: Mapping): Declaration {
  checkAllowed(cursor, ATTRIBUTES);
  const type = cursor.at('Type').text();
  const kind = kindOf(type);
  if (!kind) throw cursor.at('Type').refuse('is not a resource type this machine supports');
  if (type.startsWith('AWS::Serverless::') && !usesSam(cursor.source))
    throw cursor.at('Type').refuse('needs Transform: AWS::Serverless-2016-10-31');
  checkDeletion(cursor);
  const properties = cursor.at('Properties').present ? cursor.at('Properties').mapping() : {};
  const condition = cursor.at('Condition');
  return {
    logicalId,
    kind,
    properties:
      type === 'AWS::Serverless::Function' ? mergeGlobals(globals, properties) : properties,
    metadata: cursor.at('Metadata').present ? cursor.at('Metadata').mapping() : undefined,
    deletion: [
      cursor.at('DeletionPolicy').value ?? null,
      cursor.at('UpdateReplacePolicy').value ?? null,
    ],
    path: cursor.path,
    condition: condition.present ? condition.text() : undefined,
    dependsOn: cursor.at('DependsOn').texts(),
    generated: false,
  };
}

function checkDeletion(resource: Cursor): void {
  for (const key of ['DeletionPolicy', 'UpdateReplacePolicy']) {
    const policy = resource.at(key);
    if (isMapping(policy.value) && !usesLanguageExtensions(resource.source))
      throw policy.refuse('takes an intrinsic only with Transform: AWS::LanguageExtensions');
  }
}

function generatedBy(written: Declaration): Declaration[] {
  const generated = written.kind.generates?.(written.logicalId, written.properties) ?? [];
  return generated.flatMap(({ logicalId, type, properties = {} }) => {
    const kind = kindOf(type);
    const added = { logicalId, properties, metadata: undefined, dependsOn: [], generated: true };
    return kind ? [{ ...written, ...added, kind }] : [];
  });
}
