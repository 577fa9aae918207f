// The JSON paths that EventBridge reads: dots, names, array indices, wildcards. No brackets with names, no filters.
import { AwsError } from '../endpoint/aws-error.ts';

/** The value at a path, an array of values for one with a wildcard, `undefined` where there is none. */
export type Select = (document: unknown) => unknown;

const PATH = /^\$(?:\.(?:[\w/-]+|\*)|\[(?:\d+|\*)\])*$/;
const STEP = /[\w/-]+|\*/g;

/**
 * Compiles one path; throws ValidationException for syntax EventBridge does not support.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
export function compilePath(path: string): Select {
  if (!PATH.test(path)) throw new AwsError('ValidationException', `Invalid JSON path ${path}`);
  const steps: string[] = path.slice(1).match(STEP) ?? [];
  const many = steps.includes('*');
  return (document) => {
    let nodes = [document];
    for (const step of steps) nodes = nodes.flatMap((node) => children(node, step));
    return many && nodes.length > 0 ? nodes : nodes[0];
  };
}

function children(node: unknown, step: string): unknown[] {
  if (typeof node !== 'object' || node === null) return [];
  if (step === '*') return Object.values(node);
  if (Array.isArray(node)) return step in node && /^\d+$/.test(step) ? [node[Number(step)]] : [];
  return Object.hasOwn(node, step) ? [(node as Record<string, unknown>)[step]] : [];
}
