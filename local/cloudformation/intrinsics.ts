// CloudFormation's intrinsic functions: a template value with every reference replaced by what it stands for.
import { usesLanguageExtensions } from './sections.ts';
import { isMapping, type Path, type Source, type Value } from './source.ts';
import { substitute } from './sub.ts';

/** What the intrinsics may refer to. Each throws a Refusal for a name it does not know. */
export interface Scope {
  source: Source;
  /** A parameter, pseudo parameter or resource; undefined for AWS::NoValue. */
  ref(name: string, path: Path): Value | undefined;
  getAtt(logicalId: string, attribute: string, path: Path): Value;
  importValue(name: string, path: Path): string;
  condition(name: string, path: Path): boolean;
  mapping(keys: [string, string, string], path: Path): Value;
}

type Intrinsic = (argument: Value, path: Path, scope: Scope) => Value | undefined;

/** Undefined where the value is AWS::NoValue: the property or list item that holds it is left out. */
export function resolve(value: Value, path: Path, scope: Scope): Value | undefined {
  if (typeof value === 'string' && value.includes('{{resolve:'))
    throw scope.source.refuse(path, value, 'dynamic references are not supported on this machine');
  if (Array.isArray(value))
    return value.flatMap((item, index) => {
      const resolved = resolve(item, [...path, index], scope);
      return resolved === undefined ? [] : [resolved];
    });
  if (!isMapping(value)) return value;
  const keys = Object.keys(value);
  const name = keys.find((key) => key.startsWith('Fn::') || (key === 'Ref' && keys.length === 1));
  if (name === undefined) {
    const entries = Object.entries(value).flatMap(([key, below]) => {
      const resolved = resolve(below, [...path, key], scope);
      return resolved === undefined ? [] : [[key, resolved] as const];
    });
    return Object.fromEntries(entries);
  }
  if (keys.length > 1)
    throw scope.source.refuse(path, value, `${name} must stand alone in its mapping`);
  const intrinsic = INTRINSICS[name] ?? LANGUAGE_EXTENSIONS[name];
  if (name in LANGUAGE_EXTENSIONS && !usesLanguageExtensions(scope.source))
    throw scope.source.refuse(path, value, `${name} needs Transform: AWS::LanguageExtensions`);
  if (!intrinsic) throw scope.source.refuse(path, value, `${name} is not supported here`);
  return intrinsic(value[name] ?? null, [...path, name], scope);
}

/** A value that must be text once resolved: numbers and booleans become it. */
export function resolveText(value: Value | undefined, path: Path, scope: Scope): string {
  const resolved = value === undefined ? undefined : resolve(value, path, scope);
  if (resolved === undefined || resolved === null || typeof resolved === 'object')
    throw scope.source.refuse(path, value, 'does not resolve to a string');
  return String(resolved);
}

function listOf(value: Value, length: number | undefined, path: Path, scope: Scope): Value[] {
  if (!Array.isArray(value) || (length !== undefined && value.length !== length))
    throw scope.source.refuse(path, value, `takes a list${length ? ` of ${length}` : ''}`);
  return value;
}

function resolveList(value: Value | undefined, path: Path, scope: Scope): Value[] {
  const list = value === undefined ? undefined : resolve(value, path, scope);
  return listOf(list ?? null, undefined, path, scope);
}

const INTRINSICS: Record<string, Intrinsic> = {
  Ref(argument, path, scope) {
    if (typeof argument !== 'string') throw scope.source.refuse(path, argument, 'takes a name');
    return scope.ref(argument, path);
  },
  'Fn::GetAtt'(argument, path, scope) {
    const [logicalId, attribute] =
      typeof argument === 'string' ? splitOnce(argument) : listOf(argument, 2, path, scope);
    if (typeof logicalId !== 'string') throw scope.source.refuse(path, argument, 'takes a name');
    return scope.getAtt(logicalId, resolveText(attribute, path, scope), path);
  },
  'Fn::Sub': (argument, path, scope) => substitute(argument, path, scope),
  'Fn::Join'(argument, path, scope) {
    const [delimiter, parts] = listOf(argument, 2, path, scope);
    if (typeof delimiter !== 'string')
      throw scope.source.refuse(path, argument, 'takes a delimiter that is a string');
    const list = resolveList(parts, [...path, 1], scope);
    return list.map((part, i) => resolveText(part, [...path, 1, i], scope)).join(delimiter);
  },
  'Fn::Select'(argument, path, scope) {
    const [index, list] = listOf(argument, 2, path, scope);
    const chosen = resolveList(list, [...path, 1], scope)[
      Number(resolveText(index, [...path, 0], scope))
    ];
    if (chosen === undefined) throw scope.source.refuse(path, argument, 'selects beyond its list');
    return chosen;
  },
  'Fn::Split'(argument, path, scope) {
    const [delimiter, text] = listOf(argument, 2, path, scope);
    if (typeof delimiter !== 'string' || delimiter === '')
      throw scope.source.refuse(path, argument, 'takes a delimiter that is a string');
    return resolveText(text, [...path, 1], scope).split(delimiter);
  },
  'Fn::If'(argument, path, scope) {
    const [name, yes, no] = listOf(argument, 3, path, scope);
    if (typeof name !== 'string')
      throw scope.source.refuse(path, argument, 'takes the name of a condition');
    const holds = scope.condition(name, [...path, 0]);
    return resolve((holds ? yes : no) ?? null, [...path, holds ? 1 : 2], scope);
  },
  'Fn::FindInMap'(argument, path, scope) {
    const keys = listOf(argument, 3, path, scope);
    const [map, top, second] = keys.map((key, i) => resolveText(key, [...path, i], scope));
    return scope.mapping([map ?? '', top ?? '', second ?? ''], path);
  },
  'Fn::ImportValue': (argument, path, scope) =>
    scope.importValue(resolveText(argument, path, scope), path),
  'Fn::Base64': (argument, path, scope) =>
    Buffer.from(resolveText(argument, path, scope)).toString('base64'),
};

const LANGUAGE_EXTENSIONS: Record<string, Intrinsic> = {
  'Fn::Length': (argument, path, scope) => resolveList(argument, path, scope).length,
  'Fn::ToJsonString'(argument, path, scope) {
    if (typeof argument !== 'object')
      throw scope.source.refuse(path, argument, 'takes a mapping or a list');
    return JSON.stringify(resolve(argument, path, scope));
  },
};

function splitOnce(text: string): [string, string] {
  const dot = text.indexOf('.');
  return dot < 0 ? [text, ''] : [text.slice(0, dot), text.slice(dot + 1)];
}
