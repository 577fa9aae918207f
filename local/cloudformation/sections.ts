// The top level of a template: which sections and which transform this machine reads.
import type { Source, Value } from './source.ts';

const SECTIONS = [
  'AWSTemplateFormatVersion',
  'Transform',
  'Description',
  'Metadata',
  'Parameters',
  'Mappings',
  'Rules',
  'Conditions',
  'Globals',
  'Resources',
  'Outputs',
];

const SAM = 'AWS::Serverless-2016-10-31';
const LANGUAGE_EXTENSIONS = 'AWS::LanguageExtensions';

/** @throws Refusal for a section, format version or transform it does not know. */
export function checkSections(source: Source): void {
  for (const [section, value] of Object.entries(source.data))
    if (!SECTIONS.includes(section))
      throw source.refuse([section], value, 'is not a section this machine supports');
  const { AWSTemplateFormatVersion, Resources, Globals } = source.data;
  for (const transform of transformsOf(source))
    if (transform !== SAM && transform !== LANGUAGE_EXTENSIONS) {
      const why = `is not supported: only ${SAM} and ${LANGUAGE_EXTENSIONS}`;
      throw source.refuse(['Transform'], transform, why);
    }
  if (AWSTemplateFormatVersion !== undefined && AWSTemplateFormatVersion !== '2010-09-09')
    throw source.refuse(
      ['AWSTemplateFormatVersion'],
      AWSTemplateFormatVersion,
      'is not a version of CloudFormation',
    );
  if (Resources === undefined) throw source.refuse([], undefined, 'the template has no Resources');
  if (Globals !== undefined && !usesSam(source))
    throw source.refuse(['Globals'], Globals, `needs Transform: ${SAM}`);
}

function transformsOf(source: Source): Value[] {
  const { Transform } = source.data;
  if (Transform === undefined) return [];
  return Array.isArray(Transform) ? Transform : [Transform];
}

/** Without SAM's transform CloudFormation knows no AWS::Serverless type and no Globals. */
export function usesSam(source: Source): boolean {
  return transformsOf(source).includes(SAM);
}

/** Fn::Length, Fn::ToJsonString, and intrinsics in DeletionPolicy: only with their transform. */
export function usesLanguageExtensions(source: Source): boolean {
  return transformsOf(source).includes(LANGUAGE_EXTENSIONS);
}
