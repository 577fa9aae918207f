// SAM's Globals: merged into every function as SAM does it (mappings deep, lists appended, Architectures replaced).
import { Cursor } from './cursor.ts';
import { isMapping, type Mapping, type Source, type Value } from './source.ts';

const FUNCTION_GLOBALS =
  'Handler Runtime CodeUri DeadLetterQueue Description MemorySize Timeout Environment Tags PropagateTags Tracing ReservedConcurrentExecutions EventInvokeConfig Architectures EphemeralStorage LoggingConfig RecursiveLoop'.split(
    ' ',
  );

/** `Globals.Function`, as written. @throws Refusal for any other Globals section or property. */
export function readFunctionGlobals(source: Source): Mapping {
  const globals = new Cursor(source, ['Globals'], source.data.Globals);
  for (const [section, cursor] of globals.entries())
    if (section !== 'Function') throw cursor.refuse('is not supported on this machine');
  const properties = globals.at('Function');
  for (const [name, cursor] of properties.entries())
    if (!FUNCTION_GLOBALS.includes(name)) throw cursor.refuse('is not a supported global');
  return properties.present ? properties.mapping() : {};
}

/** The local value wins wherever the two are not both mappings or both lists; an intrinsic is a plain value. */
export function mergeGlobals(globals: Mapping, local: Mapping): Mapping {
  const merged: Mapping = { ...globals };
  for (const [key, value] of Object.entries(local)) merged[key] = merge(key, globals[key], value);
  return merged;
}

function merge(key: string, above: Value | undefined, own: Value): Value {
  if (Array.isArray(above) && Array.isArray(own) && key !== 'Architectures')
    return [...above, ...own];
  if (isMapping(above) && isMapping(own) && !isIntrinsic(above) && !isIntrinsic(own))
    return mergeGlobals(above, own);
  return own;
}

function isIntrinsic(value: Mapping): boolean {
  const [key, ...others] = Object.keys(value);
  return others.length === 0 && (key === 'Ref' || key === 'Condition' || /^Fn::/.test(key ?? ''));
}
