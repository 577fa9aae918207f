// The Conditions section: Fn::Equals, And, Or, Not and Condition, which stand nowhere else in a template.
import { resolveText, type Scope } from './intrinsics.ts';
import { isMapping, type Path, type Value } from './source.ts';

export function evaluateCondition(value: Value | undefined, path: Path, scope: Scope): boolean {
  const [name, ...others] = isMapping(value) ? Object.keys(value) : [];
  if (!isMapping(value) || name === undefined || others.length > 0)
    throw scope.source.refuse(path, value, 'is not a condition');
  const argument = value[name];
  const below = [...path, name];
  const several = (min: number, max: number): Value[] => {
    if (!Array.isArray(argument) || argument.length < min || argument.length > max)
      throw scope.source.refuse(below, argument, `takes a list of ${min} to ${max}`);
    return argument;
  };
  const holds = (item: Value, i: number) => evaluateCondition(item, [...below, i], scope);
  switch (name) {
    case 'Condition':
      if (typeof argument !== 'string') throw scope.source.refuse(below, argument, 'takes a name');
      return scope.condition(argument, below);
    case 'Fn::Equals': {
      const [left, right] = several(2, 2).map((side, i) => resolveText(side, [...below, i], scope));
      return left === right;
    }
    case 'Fn::And':
      return several(2, 10).map(holds).every(Boolean);
    case 'Fn::Or':
      return several(2, 10).map(holds).some(Boolean);
    case 'Fn::Not':
      return !several(1, 1).map(holds)[0];
    default:
      throw scope.source.refuse(below, argument, `${name} is not supported in a condition`);
  }
}
