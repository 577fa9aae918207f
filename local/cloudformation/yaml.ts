// CloudFormation's YAML: YAML 1.1 with a short form (`!Sub`) for every intrinsic, each part with its line and column.
import { dirname, relative } from 'node:path';
import {
  type CollectionTag,
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  Pair,
  parseDocument,
  Scalar,
  type ScalarTag,
  type Tags,
  YAMLMap,
} from 'yaml';
import { Refusal } from '../refusal.ts';
import { isMapping, type Path, Source, type Value } from './source.ts';

const SHORT_FORMS =
  'And Base64 Cidr Equals FindInMap GetAtt GetAZs If ImportValue Join Length Not Or Select Split Sub ToJsonString Transform';

const TIMESTAMP = 'tag:yaml.org,2002:timestamp';
const INTEGER = 'tag:yaml.org,2002:int';
const FLOAT = 'tag:yaml.org,2002:float';
const EXPONENT = /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)[eE][-+][0-9]+$/;
const BOOLEAN = 'tag:yaml.org,2002:bool';

/**
 * The parser follows YAML 1.1 to the letter, CloudFormation and SAM read as PyYAML does: `2012-10-17`, `N` (an
 * AttributeType), `.` (a CodeUri), `1e3` and `089` stay text.
 */
function asCloudFormation(tag: Tags[number]): Tags {
  if (typeof tag === 'string' || tag.collection || !tag.test) return [tag];
  const test = (pattern: RegExp) => [{ ...tag, test: pattern }];
  switch (tag.tag) {
    case TIMESTAMP:
      return [];
    case BOOLEAN:
      return test(tag.test.test('true') ? /^(?:yes|true|on)$/i : /^(?:no|false|off)$/i);
    case INTEGER:
      return tag.format ? [tag] : test(/^[-+]?(?:0|[1-9][0-9_]*)$/);
    case FLOAT:
      if (tag.test.test('.nan') || tag.format === 'TIME') return [tag];
      return test(tag.format ? EXPONENT : /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)$/);
    default:
      return [tag];
  }
}

/** `!GetAtt Queue.Arn` splits at its first dot: nested attributes keep theirs. */
function scalarArgument(name: string, text: string): Value {
  if (name !== 'Fn::GetAtt') return text;
  const dot = text.indexOf('.');
  return dot < 0 ? text : [text.slice(0, dot), text.slice(dot + 1)];
}

function tagsOf(tag: string, name: string): (ScalarTag | CollectionTag)[] {
  const wrap = (node: unknown) => {
    const map = new YAMLMap();
    map.add(new Pair(new Scalar(name), node));
    return map;
  };
  return [
    { tag, resolve: (text: string) => new Scalar({ [name]: scalarArgument(name, text) }) },
    { tag, collection: 'seq', resolve: wrap },
    { tag, collection: 'map', resolve: wrap },
  ];
}

const CLOUDFORMATION_TAGS = [
  ...tagsOf('!Ref', 'Ref'),
  ...tagsOf('!Condition', 'Condition'),
  ...SHORT_FORMS.split(' ').flatMap((name) => tagsOf(`!${name}`, `Fn::${name}`)),
];

/** Goes as far along `path` as the document has nodes; answers the offset of the last key or item met. */
function offsetOf(document: Document, path: Path): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && item.key.value === step);
      if (!isPair(pair)) return offset;
      const at = isNode(pair.key) && pair.key.range ? pair.key : pair.value;
      if (isNode(at) && at.range) offset = at.range[0];
      node = pair.value;
    } else if (isSeq(node) && typeof step === 'number') {
      node = node.items[step];
      if (isNode(node) && node.range) offset = node.range[0];
    } else return offset;
  }
  return offset;
}

/** Aliases are only followed here, so only here one that leads nowhere comes to light. */
function toValue(document: Document, shown: string): Value {
  try {
    const value = document.toJS();
    JSON.stringify(value); // throws for aliases that go round in a circle
    return value;
  } catch (error) {
    throw new Refusal(
      shown,
      'YAML',
      undefined,
      error instanceof Error ? error.message : `${error}`,
    );
  }
}

/** @throws Refusal for a YAML error, its `file` as `file:line:column`. */
export function parseTemplate(text: string, file: string, root: string): Source {
  const shown = relative(root, file);
  const lines = new LineCounter();
  const document = parseDocument(text, {
    version: '1.1',
    merge: true,
    lineCounter: lines,
    prettyErrors: false,
    customTags: (tags) => [...tags.flatMap(asCloudFormation), ...CLOUDFORMATION_TAGS],
  });
  // An unknown tag is only a warning to the parser, but it means an intrinsic that would be lost.
  const [error] = [...document.errors, ...document.warnings];
  if (error) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw new Refusal(`${shown}:${line}:${col}`, 'YAML', undefined, error.message);
  }
  const data = toValue(document, shown);
  if (!isMapping(data)) throw new Refusal(shown, 'template', data, 'is not a mapping');
  return new Source(shown, dirname(file), data, (path) => {
    const { line, col } = lines.linePos(offsetOf(document, path));
    return { line, column: col };
  });
}
