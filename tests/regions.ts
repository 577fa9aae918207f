// The templates of the given stacks through cfn-lint for every Region that it knows; only what is listed here may be missing.
//   node tests/regions.ts STACK…
import { execFileSync, spawnSync } from 'node:child_process';

/** What cfn-lint finds in a template, as its `--format json` names it. */
export interface Finding {
  Level: string;
  Message: string;
  Rule: { Id: string };
  Location: { Start: { LineNumber: number } };
}

interface Lack {
  stack: string;
  /** A resource type, or the service whose types are missing. */
  missing: string;
  regions: readonly string[];
}

const CHINA = ['cn-north-1', 'cn-northwest-1'];
const GOVCLOUD = ['us-gov-east-1', 'us-gov-west-1'];

/**
 * The one list of what a Region lacks; docs/deploying.md says it in words. The budget stack does without: it is deployed to us-east-1.
 * cfn-lint has no data of its own for me-south-1, the European Sovereign Cloud and the isolated Regions, and takes them for us-east-1.
 */
export const LACKS: readonly Lack[] = [
  {
    stack: 'budget',
    missing: 'AWS::Budgets',
    regions: [
      ...['af-south-1', 'ap-east-1', 'ap-east-2', 'ap-northeast-3', 'ap-south-2', 'ap-southeast-3'],
      ...['ap-southeast-4', 'ap-southeast-5', 'ap-southeast-6', 'ap-southeast-7', 'ca-west-1'],
      ...['eu-central-2', 'eu-north-1', 'eu-south-1', 'eu-south-2', 'il-central-1'],
      ...['me-central-1', 'mx-central-1', ...GOVCLOUD],
    ],
  },
  { stack: 'front', missing: 'AWS::CloudFront', regions: GOVCLOUD },
  { stack: 'front', missing: 'AWS::CloudFront::OriginAccessControl', regions: CHINA },
  { stack: 'identity', missing: 'AWS::Cognito', regions: CHINA },
];

const ABSENT = /^Resource type '([\w:]+)' does not exist in '([\w-]+)'$/;

/** One line for each finding that `lacks` does not name, and for each Region of it in which nothing of that name is missing. */
export function faults(stack: string, findings: readonly Finding[], lacks = LACKS): string[] {
  const listed = lacks
    .filter((lack) => lack.stack === stack)
    .flatMap(({ missing, regions }) => regions.map((region) => ({ missing, region })));
  const absent = findings.flatMap(({ Rule, Message }) => {
    const [, type, region] = Rule.Id === 'E3006' ? (ABSENT.exec(Message) ?? []) : [];
    return type === undefined || region === undefined ? [] : [{ type, region, Message }];
  });
  const covers = (
    one: { missing: string; region: string },
    two: { type: string; region: string },
  ) =>
    one.region === two.region &&
    (two.type === one.missing || two.type.startsWith(`${one.missing}::`));
  const known = absent.filter((one) => listed.some((entry) => covers(entry, one)));
  const text = `${stack}/template.yaml`;
  return [
    ...findings
      .filter(({ Message }) => !known.some((one) => one.Message === Message))
      .map(
        ({ Rule, Message, Location }) =>
          `${text}:${Location.Start.LineNumber}: ${Rule.Id} ${Message}`,
      ),
    ...listed
      .filter((entry) => !absent.some((one) => covers(entry, one)))
      .map(
        ({ missing, region }) =>
          `${text}: ${region} has ${missing}; take it off the list in tests/regions.ts`,
      ),
  ];
}

/** @throws if cfn-lint does not run to its end. */
function lint(stack: string): Finding[] {
  const { status, stdout, stderr } = spawnSync(
    'cfn-lint',
    ['--format', 'json', '--regions', 'ALL_REGIONS', '--', `${stack}/template.yaml`],
    { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  // 2, 4, 8 and their sums: errors, warnings, informational findings. 1 and 32 are faults of the call.
  if (status === null || status === 1 || status >= 16)
    throw new Error(`cfn-lint failed on ${stack}: ${stderr}${stdout}`);
  return JSON.parse(stdout);
}

if (import.meta.main) {
  console.log(execFileSync('cfn-lint', ['--version'], { encoding: 'utf8' }).trim());
  const all = process.argv.slice(2).flatMap((stack) => faults(stack, lint(stack)));
  for (const fault of all) console.error(fault);
  if (all.length > 0) process.exitCode = 1;
  else
    console.log('every Region has what the templates need, but for the list in tests/regions.ts');
}
