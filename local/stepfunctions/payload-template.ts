// Payload templates: Parameters, ItemSelector, ResultSelector, where a key that ends in `.$` takes its value from a path or a function.
import type { Json } from './asl.ts';
import { type Call, evaluate, parseCall } from './intrinsics.ts';
import { get } from './paths.ts';

const calls = new Map<string, Call>();

function callOf(source: string): Call {
  const known = calls.get(source) ?? parseCall(source);
  calls.set(source, known);
  return known;
}

/** A path or a `States.…` call, evaluated. `field` is for the error only. */
export function value(expression: string, input: Json, context: Json, field: string): Json {
  if (expression.startsWith('$')) return get(expression, input, context, field);
  return evaluate(callOf(expression), input, context);
}

/** The template filled in. Data is never read as a template: only keys of the template itself end in `.$`. */
export function fill(template: Json, input: Json, context: Json): Json {
  if (Array.isArray(template)) return template.map((item) => fill(item, input, context));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, item]) =>
      key.endsWith('.$') && typeof item === 'string'
        ? [key.slice(0, -2), value(item, input, context, key)]
        : [key, fill(item, input, context)],
    ),
  );
}
