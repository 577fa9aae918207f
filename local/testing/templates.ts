// A repository of templates in a temporary folder, for the loader's tests.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Plan } from '../cloudformation/plan.ts';
import { type PlanOptions, readPlan } from '../cloudformation/read-plan.ts';
import { Refusal } from '../refusal.ts';

export const SAM = 'Transform: AWS::Serverless-2016-10-31';

/** The least a stack can be: CloudFormation wants one resource. */
const EMPTY = 'Resources: { Logs: { Type: AWS::Logs::LogGroup } }\n';

const FRONT = `Resources:
  Site:
    Type: AWS::CloudFront::Distribution
    Properties: { DistributionConfig: { Enabled: true, DefaultRootObject: index.html } }
`;

/** Files by path below the root; the four templates are there without being named. */
export type Files = Record<string, string>;

/** Plans the given files in a folder of their own, which is gone afterwards. */
export function planOf(files: Files, options: Partial<PlanOptions> = {}): Plan {
  const root = mkdtempSync(join(tmpdir(), 'hubbub-templates-'));
  const all: Files = {
    'shared/template.yaml': EMPTY,
    'api/template.yaml': EMPTY,
    'workflows/template.yaml': EMPTY,
    'front/template.yaml': FRONT,
    ...files,
  };
  try {
    for (const [path, text] of Object.entries(all)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return readPlan(root, { stage: 'dev', ...options });
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** The refusal that `files` meet. */
export function refusalOf(files: Files, options: Partial<PlanOptions> = {}): Refusal {
  try {
    planOf(files, options);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

/** What `expression` (YAML) resolves to, as the exported output of a stack with the given sections. */
export function answerOf(
  expression: string,
  sections = '',
  options: Partial<PlanOptions> = {},
): string {
  const plan = planOf({ 'shared/template.yaml': outputOf(expression, sections) }, options);
  const { answer } = plan.exports;
  if (answer === undefined) throw new Error('nothing was exported');
  return answer;
}

/** A template whose one output is `expression`, indented as it stands. */
export function outputOf(expression: string, sections = ''): string {
  const resources = sections.includes('Resources:') ? '' : EMPTY;
  return `${sections}\n${resources}Outputs:\n  Answer:\n    Value: ${expression}\n    Export: { Name: answer }\n`;
}

/** A function whose build is beyond doubt; `more` are further properties, indented by six. */
export const FUNCTION = (more = '', build = '') => `  Greet:
    Type: AWS::Serverless::Function
    Metadata:
      BuildMethod: esbuild
      BuildProperties: { EntryPoints: [src/greet.ts]${build} }
    Properties:
      Handler: greet.handler
      CodeUri: .
      Runtime: nodejs24.x
${more}`;

/** The api stack with these resources, and sections above them. */
export const api = (resources: string, sections = ''): Files => ({
  'api/template.yaml': `${SAM}\n${sections}Resources:\n${resources}`,
});
