// stacks.sh reads the templates with awk, for there is no parser of YAML in a shell: here one reads the same.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseDocument } from 'yaml';

const ROOT = resolve(import.meta.dirname, '../..');
const BASH = process.env.BASH_UNDER_TEST ?? '/bin/bash';
const STACKS = ['budget', 'shared', 'api', 'workflows', 'front', 'identity'];

/** CloudFormation's short forms, as the long ones. */
const TAGS = [
  { tag: '!Ref', resolve: (text: string) => ({ Ref: text }) },
  ...['Equals', 'Not', 'And', 'Or'].map((name) => ({
    tag: `!${name}`,
    collection: 'seq' as const,
    resolve: (list: { toJSON(): unknown }) => ({ [name]: list.toJSON() }),
  })),
];
type Term = boolean | string | { Ref: string } | { [operator: string]: Term[] };
interface Template {
  Parameters: Record<string, Record<string, unknown>>;
  Rules?: Record<
    string,
    { RuleCondition: Term; Assertions: { Assert: Term; AssertDescription: string }[] }
  >;
}
/** Whether a rule's expression is true for values of the parameters. */
function holds(term: Term, values: Record<string, string>): unknown {
  if (typeof term !== 'object') return term;
  if (typeof term.Ref === 'string') return values[term.Ref];
  const [[operator = '', terms = []] = []] = Object.entries(term) as [string, Term[]][];
  const parts = terms.map((part) => holds(part, values));
  if (operator === 'Equals') return parts[0] === parts[1];
  if (operator === 'Not') return !parts[0];
  return operator === 'And' ? parts.every(Boolean) : parts.some(Boolean);
}

describe('the scripts read of a template what a parser of YAML reads', () => {
  const templates = STACKS.map((stack) => {
    const text = readFileSync(join(ROOT, stack, 'template.yaml'), 'utf8');
    return [stack, parseDocument(text, { logLevel: 'silent', customTags: TAGS }).toJS()] as [
      string,
      Template,
    ];
  });
  const shell = (script: string, input = '') =>
    spawnSync(BASH, ['-c', `. ./stacks.sh; ${script}`], { cwd: ROOT, encoding: 'utf8', input })
      .stdout;
  const PROPERTIES = [
    ...['Type', 'Default', 'AllowedValues', 'AllowedPattern', 'ConstraintDescription'],
    ...['MinValue', 'MaxValue', 'MaxLength'],
  ];

  test.each(templates)('the parameters of %s', (stack, { Parameters }) => {
    const names = Object.keys(Parameters);
    expect(shell(`declared ${stack}`)).toBe(names.map((name) => `${name}\n`).join(''));
    const read = shell(
      `for name in ${names.join(' ')}; do for key in ${PROPERTIES.join(' ')}; do printf '%s.%s %s\\n' $name $key "$(property_of ${stack} $name $key)"; done; done`,
    );
    const wanted = names.flatMap((name) =>
      PROPERTIES.map((key) => {
        const value = Parameters[name]?.[key];
        return `${name}.${key} ${Array.isArray(value) ? value.join(', ') : (value ?? '')}`;
      }),
    );
    const plain = (line: string) =>
      line.includes('.AllowedValues ') ? line.replace(/[[\]']/g, '') : line;
    expect(read.split('\n').slice(0, -1).map(plain)).toEqual(wanted);
  });

  test.each(templates)('the rules of %s', (stack, { Parameters, Rules = {} }) => {
    const used = [...new Set(JSON.stringify(Rules).match(/(?<="Ref":")\w+/g) ?? [])];
    /** The Default, what a rule compares with, and something else. */
    const values = (name: string) => {
      const literals = [...JSON.stringify(Rules).matchAll(/\{"Ref":"(\w+)"\},"(\w*)"/g)];
      const compared = literals.flatMap(([, of, literal = '']) => (of === name ? [literal] : []));
      return [...new Set([`${Parameters[name]?.Default}`, ...compared, 'https://a.example/b,c'])];
    };
    const all = used.reduce<Record<string, string>[]>(
      (before, name) =>
        before.flatMap((some) => values(name).map((value) => ({ ...some, [name]: value }))),
      [{}],
    );
    // One shell for all: each block of lines is one set of values.
    const input = all.map((some) =>
      Object.entries(some)
        .map(([name, value]) => `${name}\t${value}\n`)
        .join(''),
    );
    const script = `block=; while IFS= read -r line; do if [ "$line" = . ]; then printf '%s\\n' "$(printf %s "$block" | broken_rule ${stack})"; block=; else block+=$line$'\\n'; fi; done`;
    const said = shell(script, input.map((block) => `${block}.\n`).join(''));
    const wanted = all.map((some) => {
      const broken = Object.values(Rules).flatMap(({ RuleCondition, Assertions }) =>
        holds(RuleCondition, some) ? Assertions.filter(({ Assert }) => !holds(Assert, some)) : [],
      );
      return `${broken[0]?.AssertDescription ?? ''}\n`;
    });
    expect(said).toBe(wanted.join(''));
    if (used.length > 0) expect(new Set(wanted).size).toBeGreaterThan(3);
  });
});
