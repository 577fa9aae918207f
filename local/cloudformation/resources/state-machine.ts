// AWS::Serverless::StateMachine: its definition with the substitutions filled in, its policy and its events.
import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { Refusal } from '../../refusal.ts';
import { noted } from '../allow-list.ts';
import type { Cursor } from '../cursor.ts';
import { readPolicyOf } from '../principal.ts';
import { isMapping, type Mapping, type Value } from '../source.ts';
import { arn, type Kind } from './kind.ts';
import { generatedRules, readEvents } from './sam-events.ts';

const PLACEHOLDER = /\$\{([^}]*)\}/g;

const stateMachineArn = arn('states', 'stateMachine:*');

function readText(file: string, uri: Cursor): string {
  if (!file.endsWith('.json')) throw uri.refuse('only definitions in JSON are supported');
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw uri.refuse(`cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

/** @param file relative to the root, for messages */
function readDefinition(text: string, file: string, substitutions: Cursor): Mapping {
  const unused = new Map(substitutions.entries());
  const filled = text.replace(PLACEHOLDER, (placeholder, name: string) => {
    const value = substitutions.at(name);
    if (!value.present)
      throw new Refusal(file, placeholder, undefined, 'is not in DefinitionSubstitutions');
    unused.delete(name);
    return JSON.stringify(value.text()).slice(1, -1);
  });
  for (const leftOver of unused.values()) throw leftOver.refuse(`is not used in ${file}`);
  let definition: Value;
  try {
    definition = JSON.parse(filled);
  } catch (error) {
    throw new Refusal(file, 'JSON', undefined, error instanceof Error ? error.message : `${error}`);
  }
  if (!isMapping(definition)) throw new Refusal(file, 'definition', definition, 'is not an object');
  return definition;
}

export const STATE_MACHINE: Kind = {
  type: 'AWS::Serverless::StateMachine',
  nameProperty: 'Name',
  allow: {
    Name: 'read',
    DefinitionUri: 'read',
    DefinitionSubstitutions: 'read',
    Type: 'read',
    Policies: 'read',
    Role: 'read',
    Events: 'read',
    ...noted('Logging PropagateTags Tags Tracing'),
  },
  ref: stateMachineArn,
  attributes: { Arn: stateMachineArn, Name: ({ name }) => name },
  generates: (logicalId, properties) => [
    ...(properties.Role === undefined
      ? [{ logicalId: `${logicalId}Role`, type: 'AWS::IAM::Role' }]
      : []),
    ...generatedRules(logicalId, properties).flatMap((rule) => [
      rule,
      { logicalId: `${rule.logicalId}Role`, type: 'AWS::IAM::Role' },
    ]),
  ],
  read(resource, draft) {
    const { name, ref, properties } = resource;
    const uri = properties.at('DefinitionUri');
    const file = resolve(properties.source.folder, uri.text());
    const definitionFile = relative(draft.root, file);
    const text = readText(file, uri);
    draft.plan.files.push(file);
    draft.plan.machines.push({
      name,
      arn: ref,
      type: properties.at('Type').oneOf(['EXPRESS', 'STANDARD'], 'STANDARD'),
      definition: readDefinition(text, definitionFile, properties.at('DefinitionSubstitutions')),
      definitionFile,
      policy: readPolicyOf(properties, draft.policies),
      origin: properties.origin,
    });
    readEvents(resource, ref, 'StepFunctionsTarget', draft);
  },
};
