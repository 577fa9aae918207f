// What a deployed stage says of its page: where it goes, and what its config.json and its policy are.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** `Outputs` of a stack, as `aws cloudformation describe-stacks` lists them. */
interface Answer {
  Stacks?: { Outputs?: { OutputKey?: string; OutputValue?: string }[] }[];
}

export interface DeployedStage {
  bucket: string;
  /** The CloudFront distribution; undefined where the bucket is a website. */
  distribution: string | undefined;
  url: string;
  /** The Content-Security-Policy that the page itself must carry; undefined where CloudFront sends it. */
  policy: string | undefined;
  config: Record<string, string>;
}

/**
 * Reads what `describe-stacks` answered for the stacks front and api.
 * @throws Error of one line where an output is missing or two stacks contradict one another
 */
export function readDeployedStage(stage: string, front: Answer, api: Answer): DeployedStage {
  const site = outputsOf(`hubbub-${stage}-front`, front);
  const gateway = outputsOf(`hubbub-${stage}-api`, api);
  const ownName = gateway.get('DomainWebSocketUrl');
  const websocket = ownName ?? gateway.need('WebSocketUrl');
  const auth = gateway.need('AuthMode');
  const policy = site.need('ContentPolicy');
  const distribution = site.get('SiteId');
  if (!sourcesOf(policy, 'connect-src').includes(websocket)) {
    const name = ownName === undefined ? '' : `SOCKET_DOMAIN=${new URL(ownName).host} `;
    throw new Error(
      `The page's policy does not allow ${websocket}; deploy the stage again: ${name}npm run deploy -- ${stage}`,
    );
  }
  if (auth === 'oidc' && distribution === undefined)
    throw new Error(
      'Hosting=website is for guests only: deploy front with Hosting=cloudfront, or api with AuthMode=guest.',
    );
  const signIn = () => ({
    issuer: gateway.need('OidcIssuer'),
    clientId: gateway.need('OidcAudience'),
  });
  return {
    bucket: site.need('SiteBucket'),
    distribution,
    url: site.need('SiteUrl'),
    policy: distribution === undefined ? policy : undefined,
    // Issuer and client are no secrets: every browser that signs in is sent there with them.
    config: { websocket, stage, auth, ...(auth === 'oidc' ? signIn() : {}) },
  };
}

function outputsOf(stack: string, { Stacks: [found] = [] }: Answer) {
  const outputs = new Map(
    (found?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
  );
  const get = (key: string) => outputs.get(key) || undefined;
  return {
    get,
    need(key: string): string {
      const value = get(key);
      if (value === undefined)
        throw new Error(`The stack ${stack} has no output ${key}: deploy it first.`);
      return value;
    },
  };
}

function sourcesOf(policy: string, directive: string): string[] {
  const parts = policy.split(';').map((part) => part.trim().split(/\s+/));
  return parts.find(([name]) => name === directive)?.slice(1) ?? [];
}

/** Reads front.json and api.json in `folder`, and writes config.json, policy and where (bucket, distribution, URL: a line each). */
async function writeSettings(folder: string, stage: string): Promise<void> {
  const read = async (name: string) =>
    JSON.parse(await readFile(join(folder, name), 'utf8')) as Answer;
  const deployed = readDeployedStage(stage, await read('front.json'), await read('api.json'));
  const { bucket, distribution = '', url, policy = '', config } = deployed;
  await writeFile(join(folder, 'config.json'), JSON.stringify(config));
  await writeFile(join(folder, 'policy'), policy);
  await writeFile(join(folder, 'where'), `${bucket}\n${distribution}\n${url}\n`);
}

if (import.meta.main) {
  const [folder, stage] = process.argv.slice(2);
  try {
    if (folder === undefined || stage === undefined)
      throw new Error('Say what of: node front/deployed-stage.ts FOLDER STAGE');
    await writeSettings(folder, stage);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
