// JSON from outside: as deep as AWS reads it, because what is deeper overflows the stack of the code that walks it.

/** "PutEvents will only process nested JSON up to 1000 levels deep"; Jackson, which AWS's services read JSON with, has the same limit. */
const MOST_LEVELS = 1_000;

/** Throws a SyntaxError for what is not JSON, and for what is nested deeper than 1,000 levels. */
export function parseJson(text: string): unknown {
  if (isDeep(text)) throw new SyntaxError(`nested deeper than ${MOST_LEVELS} levels`);
  return JSON.parse(text);
}

/** Reads the text and not its value, so that a deep value is never built. */
function isDeep(text: string): boolean {
  let level = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '\\':
        at++;
        break;
      case '"':
        inString = !inString;
        break;
      case '[':
      case '{':
        if (!inString && ++level > MOST_LEVELS) return true;
        break;
      case ']':
      case '}':
        if (!inString) level--;
        break;
    }
  }
  return false;
}
