// Refuses the paths, templates, functions and choice rules of a state that this machine cannot evaluate.
import { OPERATORS } from './choice.ts';
import { parseCall } from './intrinsics.ts';
import { isReferencePath, parsePath } from './paths.ts';
import type { Part, Report } from './refuse.ts';

/** Runs a parser; its SyntaxError becomes the refusal's reason. */
function parses(path: string, value: unknown, report: Report, parse: () => unknown): void {
  try {
    parse();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw report(path, value, error.message);
  }
}

const CONTEXT = /^\$\$(?:$|\.(?:Execution|State|StateMachine|Map)\b)/;

function checkPath(path: string, value: unknown, report: Report): void {
  if (typeof value !== 'string') throw report(path, value, 'must be a path');
  parses(path, value, report, () => parsePath(value));
  if (value.startsWith('$$') && !CONTEXT.test(value))
    throw report(path, value, 'is not in the context object here');
}

function checkReference(path: string, value: unknown, report: Report): void {
  checkPath(path, value, report);
  if (!isReferencePath(String(value))) throw report(path, value, 'must point at one place');
}

function checkExpression(path: string, value: unknown, report: Report): void {
  if (typeof value === 'string' && !value.startsWith('$'))
    parses(path, value, report, () => parseCall(value));
  else checkPath(path, value, report);
}

function checkTemplate(path: string, template: unknown, report: Report): void {
  if (typeof template !== 'object' || template === null) return;
  for (const [key, value] of Object.entries(template)) {
    const at = Array.isArray(template) ? `${path}[${key}]` : `${path}.${key}`;
    if (key.endsWith('.$')) checkExpression(at, value, report);
    else checkTemplate(at, value, report);
  }
}

function checkRule(rule: Part, path: string, isOuter: boolean, report: Report): void {
  if ('Next' in rule !== isOuter)
    throw report(path, rule, isOuter ? 'Next is missing' : 'only the outermost rule has Next');
  const { Next: _, Comment: __, Variable, ...rest } = rule;
  const [operator, ...more] = Object.keys(rest);
  if (operator === undefined || more.length > 0)
    throw report(path, rest, 'a rule has exactly one operator');
  const operand = rest[operator];
  const nested = operator === 'Not' ? [operand] : operand;
  if (['And', 'Or', 'Not'].includes(operator)) {
    if (!Array.isArray(nested) || nested.length === 0)
      throw report(`${path}.${operator}`, operand, 'must hold rules');
    for (const [i, inner] of nested.entries())
      checkRule(
        inner,
        operator === 'Not' ? `${path}.Not` : `${path}.${operator}[${i}]`,
        false,
        report,
      );
    return;
  }
  if (!OPERATORS.has(operator)) throw report(`${path}.${operator}`, operand, 'is no operator');
  checkReference(`${path}.Variable`, Variable, report);
  if (operator.endsWith('Path')) checkReference(`${path}.${operator}`, operand, report);
  else checkOperand(`${path}.${operator}`, operator, operand, report);
}

function checkOperand(path: string, operator: string, operand: unknown, report: Report): void {
  const type = /^Numeric/.test(operator)
    ? 'number'
    : /^(Is|Boolean)/.test(operator)
      ? 'boolean'
      : 'string';
  if (typeof operand !== type) throw report(path, operand, `must be a ${type}`);
}

const PATHS = ['InputPath', 'OutputPath', 'ItemsPath'];
const REFERENCES = ['TimeoutSecondsPath', 'SecondsPath', 'TimestampPath', 'MaxConcurrencyPath'];
const TEMPLATES = ['Parameters', 'ResultSelector', 'ItemSelector'];

/** Throws for the first expression of this state (not of those inside it) that is not supported. */
export function refuseExpressions(state: Part, path: string, report: Report): void {
  const with_ = (names: string[], run: (at: string, value: unknown, report: Report) => void) => {
    for (const name of names)
      if (name in state && state[name] !== null) run(`${path}.${name}`, state[name], report);
  };
  with_(PATHS, checkPath);
  with_(REFERENCES, checkReference);
  with_(TEMPLATES, checkTemplate);
  with_(['ErrorPath', 'CausePath'], checkExpression);
  const results: [string, unknown][] = [[`${path}.ResultPath`, state.ResultPath]];
  if (Array.isArray(state.Catch))
    for (const [i, catcher] of state.Catch.entries())
      results.push([`${path}.Catch[${i}].ResultPath`, catcher.ResultPath]);
  for (const [at, value] of results) {
    if (value === undefined || value === null) continue;
    checkReference(at, value, report);
    if (String(value).startsWith('$$'))
      throw report(at, value, 'a result cannot go into the context');
  }
  if (Array.isArray(state.Choices))
    for (const [i, rule] of state.Choices.entries())
      checkRule(rule, `${path}.Choices[${i}]`, true, report);
}
