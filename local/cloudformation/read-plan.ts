// The template loader's door: the four stacks, in the order they deploy, become one plan.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Refusal } from '../refusal.ts';
import { checkPlan } from './consistency.ts';
import type { Plan } from './plan.ts';
import type { Draft } from './resources/kind.ts';
import type { Source } from './source.ts';
import { isMapping } from './source.ts';
import { readStack } from './stack.ts';
import { parseTemplate } from './yaml.ts';

/** In the order they are deployed: each may import what those before it export. */
export const STACKS = ['shared', 'api', 'workflows', 'front'] as const;

export interface PlanOptions {
  stage: string;
  /** Values for any template's parameters, by name; `Stage` is always `stage`. */
  parameters?: Record<string, string>;
  /** Default `us-east-1`. */
  region?: string;
  /** Default `000000000000`. */
  account?: string;
  /** Takes the place of `https://<apiId>.execute-api.<region>.amazonaws.com`: `http://127.0.0.1:4566`. */
  awsEndpoint?: string;
  /** Takes the place of `wss://<apiId>.execute-api.<region>.amazonaws.com`: `ws://127.0.0.1:3000`. */
  webSocketEndpoint?: string;
}

/**
 * Reads `<root>/{shared,api,workflows,front}/template.yaml`.
 * @param root absolute folder of the repository
 * @throws Refusal for whatever this machine does not support; its `file` is `file:line:column`
 */
export function readPlan(root: string, options: PlanOptions): Plan {
  const { stage, region = 'us-east-1', account = '000000000000' } = options;
  const parameters = { ...options.parameters, Stage: stage };
  const nowhere = { file: 'front/template.yaml', path: 'Resources' };
  const plan: Plan = {
    region,
    account,
    stage,
    tables: [],
    queues: [],
    buses: [],
    rules: [],
    functions: [],
    eventSources: [],
    machines: [],
    apis: [],
    site: { folder: '', headers: {}, index: '', origin: nowhere },
    exports: {},
    files: [],
  };
  const draft: Draft = {
    plan,
    root,
    endpoints: { aws: options.awsEndpoint, webSocket: options.webSocketEndpoint },
    policies: new Map(),
    headers: new Map(),
    routes: new Map(),
  };
  const sources = STACKS.map((stack) => {
    const file = join(root, stack, 'template.yaml');
    plan.files.push(file);
    return {
      stackName: `hubbub-${stage}-${stack}`,
      source: parseTemplate(read(file, stack), file, root),
    };
  });
  checkParameters(options.parameters ?? {}, sources);
  for (const { stackName, source } of sources) readStack(source, { stackName, parameters }, draft);
  if (plan.site.folder === '')
    throw new Refusal(
      nowhere.file,
      nowhere.path,
      undefined,
      'has no AWS::CloudFront::Distribution',
    );
  checkPlan(plan);
  return plan;
}

function read(file: string, stack: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : `${error}`;
    throw new Refusal(`${stack}/template.yaml`, 'file', undefined, `cannot be read: ${why}`);
  }
}

function checkParameters(given: Record<string, string>, sources: { source: Source }[]): void {
  for (const name of Object.keys(given)) {
    const declared = ({ source: { data } }: { source: Source }) =>
      isMapping(data.Parameters) && Object.hasOwn(data.Parameters, name);
    if (!sources.some(declared))
      throw new Refusal('parameters', name, given[name], 'is declared by no template');
  }
}
