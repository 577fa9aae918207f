// The top level of a template: which sections and which transform this machine reads.
import type { Source } from './source.ts';

const SECTIONS = [
  'AWSTemplateFormatVersion',
  'Transform',
  'Description',
  'Metadata',
  'Parameters',
  'Mappings',
  'Conditions',
  'Globals',
  'Resources',
  'Outputs',
];

const SAM = 'AWS::Serverless-2016-10-31';

/** @throws Refusal for a section, format version or transform it does not know. */
export function checkSections(source: Source): void {
  for (const [section, value] of Object.entries(source.data))
    if (!SECTIONS.includes(section))
      throw source.refuse([section], value, 'is not a section this machine supports');
  const { Transform, AWSTemplateFormatVersion, Resources } = source.data;
  if (Transform !== undefined && Transform !== SAM)
    throw source.refuse(['Transform'], Transform, `is not supported: only ${SAM}`);
  if (AWSTemplateFormatVersion !== undefined && AWSTemplateFormatVersion !== '2010-09-09')
    throw source.refuse(
      ['AWSTemplateFormatVersion'],
      AWSTemplateFormatVersion,
      'is not a version of CloudFormation',
    );
  if (Resources === undefined) throw source.refuse([], undefined, 'the template has no Resources');
}
