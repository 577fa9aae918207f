// Fn::Sub: text with `${Name}`, `${LogicalId.Attribute}` and variables of its own put in; `${!Literal}` stays.
import { resolveText, type Scope } from './intrinsics.ts';
import { isMapping, type Mapping, type Path, type Value } from './source.ts';

const PLACEHOLDER = /\$\{([^}]*)\}/g;

export function substitute(argument: Value, path: Path, scope: Scope): string {
  const none: Mapping = {};
  const [text, variables, ...others] = Array.isArray(argument) ? argument : [argument, none];
  if (typeof text !== 'string' || !isMapping(variables) || others.length > 0)
    throw scope.source.refuse(path, argument, 'takes a string, or a string and its variables');
  return text.replace(PLACEHOLDER, (_, name: string) => {
    if (name.startsWith('!')) return `\${${name.slice(1)}}`;
    const own = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (own !== undefined) return resolveText(own, [...path, 1, name], scope);
    return resolveText(referenceTo(name), path, scope);
  });
}

function referenceTo(name: string): Value {
  const dot = name.indexOf('.');
  return dot < 0 ? { Ref: name } : { 'Fn::GetAtt': [name.slice(0, dot), name.slice(dot + 1)] };
}
