// What Ref, Fn::GetAtt and Fn::ImportValue stand for in one stack: parameters, resources, conditions, exports.
import { evaluateCondition } from './conditions.ts';
import { Cursor } from './cursor.ts';
import type { Declaration } from './declarations.ts';
import { resolve, type Scope } from './intrinsics.ts';
import type { Naming, Resource } from './resources/kind.ts';
import { isMapping, type Path, type Source, type Value } from './source.ts';

export interface StackFacts {
  source: Source;
  stackName: string;
  region: string;
  account: string;
  parameters: Map<string, Value>;
  declared: Map<string, Declaration>;
  /** Of the stacks deployed before this one. */
  exports: Readonly<Record<string, string>>;
}

export class Names implements Scope {
  readonly source: Source;
  readonly #facts: StackFacts;
  readonly #pseudoParameters: Record<string, string>;
  /** What is being worked out right now: meeting it again is a circle. */
  readonly #pending = new Set<string>();

  constructor(facts: StackFacts) {
    const { source, stackName, region, account } = facts;
    this.source = source;
    this.#facts = facts;
    this.#pseudoParameters = {
      'AWS::AccountId': account,
      'AWS::Partition': 'aws',
      'AWS::Region': region,
      'AWS::StackId': `arn:aws:cloudformation:${region}:${account}:stack/${stackName}/00000000-0000-0000-0000-000000000000`,
      'AWS::StackName': stackName,
      'AWS::URLSuffix': 'amazonaws.com',
    };
  }

  ref(name: string, path: Path): Value | undefined {
    if (name === 'AWS::NoValue') return undefined;
    const value = this.#pseudoParameters[name] ?? this.#facts.parameters.get(name);
    return value ?? this.named(name, path).ref;
  }

  getAtt(logicalId: string, attribute: string, path: Path): string {
    return this.named(logicalId, path).attribute(attribute);
  }

  importValue(name: string, path: Path): string {
    const { exports } = this.#facts;
    const value = Object.hasOwn(exports, name) ? exports[name] : undefined;
    if (value === undefined)
      throw this.source.refuse(path, name, 'is exported by no stack deployed before this one');
    return value;
  }

  condition(name: string, path: Path): boolean {
    const conditions = this.source.data.Conditions;
    const written =
      isMapping(conditions) && Object.hasOwn(conditions, name) ? conditions[name] : undefined;
    if (written === undefined) throw this.source.refuse(path, name, 'is not a condition');
    const work = () => evaluateCondition(written, ['Conditions', name], this);
    return this.#once(`condition ${name}`, path, work);
  }

  mapping(keys: [string, string, string], path: Path): Value {
    let value: Value | undefined = this.source.data.Mappings;
    for (const key of keys)
      value = isMapping(value) && Object.hasOwn(value, key) ? value[key] : undefined;
    if (value === undefined) throw this.source.refuse(path, keys, 'is not in Mappings');
    return value;
  }

  exists({ condition, path }: Declaration): boolean {
    return condition === undefined || this.condition(condition, [...path, 'Condition']);
  }

  named(logicalId: string, path: Path): Pick<Resource, 'ref' | 'attribute'> {
    const declaration = this.#facts.declared.get(logicalId);
    if (!declaration)
      throw this.source.refuse(path, logicalId, 'is no parameter or resource of this template');
    if (!this.exists(declaration))
      throw this.source.refuse(path, logicalId, 'does not exist: its condition is false');
    const { kind } = declaration;
    const naming = this.naming(declaration);
    return {
      ref: kind.ref ? kind.ref(naming) : naming.name,
      attribute: (name) => {
        const attribute = Object.hasOwn(kind.attributes, name) ? kind.attributes[name] : undefined;
        if (attribute) return attribute(naming);
        const why = `${kind.type} has no such attribute on this machine`;
        throw this.source.refuse(path, `${logicalId}.${name}`, why);
      },
    };
  }

  naming({ logicalId, kind, properties, path }: Declaration): Naming {
    const { stackName, region, account } = this.#facts;
    const property = (name: string): string | undefined => {
      const value = Object.hasOwn(properties, name) ? properties[name] : undefined;
      if (value === undefined) return undefined;
      const at = [...path, 'Properties', name];
      return this.#once(`${logicalId}.${name}`, at, () => {
        const resolved = resolve(value, at, this);
        return resolved === undefined ? undefined : new Cursor(this.source, at, resolved).text();
      });
    };
    return {
      logicalId,
      stackName,
      region,
      account,
      property,
      get name() {
        const given = kind.nameProperty && property(kind.nameProperty);
        return given || (kind.unnamed?.({ stackName, logicalId }) ?? `${stackName}-${logicalId}`);
      },
    };
  }

  #once<T>(key: string, path: Path, work: () => T): T {
    if (this.#pending.has(key)) throw this.source.refuse(path, key, 'refers to itself in a circle');
    this.#pending.add(key);
    try {
      return work();
    } finally {
      this.#pending.delete(key);
    }
  }
}
