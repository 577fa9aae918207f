// The wildcard filter: `*` stands for any run of characters, `\*` and `\\` for themselves.

/**
 * Compiles a wildcard to a predicate that reads each value once, without backtracking. `refuse` names what is wrong with it.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-wildcard-matching
 */
export function wildcard(
  pattern: string,
  refuse: (why: string) => Error,
): (value: unknown) => boolean {
  const literals: string[] = [];
  let literal = '';
  for (const token of pattern.match(/\\.?|./gs) ?? []) {
    if (token === '*') {
      literals.push(literal);
      literal = '';
    } else if (token.startsWith('\\') && token !== '\\*' && token !== '\\\\')
      throw refuse('"wildcard": only \\* and \\\\ may follow a backslash');
    else literal += token.at(-1);
  }
  const tail = literal;
  const head = literals.shift();
  if (head === undefined) return (value) => value === tail;
  if (literals.includes('')) throw refuse('"wildcard": consecutive * are not allowed');
  return (value) => {
    if (typeof value !== 'string' || !value.startsWith(head)) return false;
    let at = head.length;
    for (const middle of literals) {
      const found = value.indexOf(middle, at);
      if (found < 0) return false;
      at = found + middle.length;
    }
    return value.length - tail.length >= at && value.endsWith(tail);
  };
}
