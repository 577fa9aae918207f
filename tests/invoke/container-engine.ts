// A container engine for SAM: answers the part of Docker's API that `sam local invoke` asks, and runs the function without a container.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type ExecutionEnvironment, startExecution } from './execution-environment.ts';

/** What SAM asked for, in Docker's own words (https://docs.docker.com/reference/api/engine/version/v1.44/#tag/Container). */
export interface Container {
  Image: string;
  Env: string[];
  HostConfig: {
    Binds: string[];
    ExtraHosts: string[];
    NetworkMode: string;
    PortBindings: Record<string, { HostIp: string; HostPort: string }[]>;
  };
}

export interface ContainerEngine {
  /** For DOCKER_HOST. */
  host: string;
  created: Container[];
  stop(): Promise<void>;
}

const ID = 'c'.repeat(64);
const DIGEST = `sha256:${'d'.repeat(64)}`;
/** A container's port of the Runtime Interface Emulator. */
const EMULATOR = '8080/tcp';

export async function startEngine(settings: {
  /** The folder of aws-lambda-ric. */
  client: string;
  hostGateway: string;
}): Promise<ContainerEngine> {
  const created: Container[] = [];
  const running: (() => Promise<void>)[] = [];
  const endAll = async () => {
    for (const end of running.splice(0)) await end();
  };

  async function start({ Env, HostConfig }: Container): Promise<void> {
    const environment = Object.fromEntries(
      Env.map((each) => [each.slice(0, each.indexOf('=')), each.slice(each.indexOf('=') + 1)]),
    );
    const [bind = ''] = HostConfig.Binds;
    const [code = ''] = bind.split(':/var/task');
    const lambda: ExecutionEnvironment = await startExecution({
      ...{ ...settings, code, environment },
      handler: environment.AWS_LAMBDA_FUNCTION_HANDLER ?? '',
    });
    const emulator = createServer((req, res) => {
      text(req)
        .then((event) => lambda.invoke(JSON.parse(event)))
        .then(({ payload }) =>
          res.setHeader('content-type', 'application/json').end(JSON.stringify(payload)),
        )
        .catch((error: Error) => res.destroy(error));
    });
    const [port] = HostConfig.PortBindings[EMULATOR] ?? [];
    emulator.listen(Number(port?.HostPort), port?.HostIp);
    await once(emulator, 'listening');
    running.push(async () => {
      emulator.closeAllConnections();
      emulator.close();
      await lambda.stop();
    });
  }

  const answer = async (req: IncomingMessage, res: ServerResponse) => {
    const [, path = ''] = /^(?:\/v[\d.]+)?(\/[^?]*)/.exec(req.url ?? '') ?? [];
    const asked = `${req.method} ${path}`;
    const body = await text(req);
    const json = (value: unknown, status = 200) => {
      res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    };
    if (path === '/_ping') return void res.setHeader('api-version', '1.44').end('OK');
    if (path === '/version') return json({ Version: '28.0.0', ApiVersion: '1.44' });
    // Never ends: nothing happens to images here.
    if (path === '/events') return void res.writeHead(200).flushHeaders();
    if (/^GET \/images\/.+\/json$/.test(asked))
      return json({ Id: DIGEST, RepoTags: [], RepoDigests: [`image@${DIGEST}`] });
    if (/^GET \/distribution\/.+\/json$/.test(asked))
      return json({ Descriptor: { digest: DIGEST }, Platforms: [] });
    if (asked === 'POST /containers/create') {
      created.push(JSON.parse(body) as Container);
      return json({ Id: ID, Warnings: [] }, 201);
    }
    if (asked === `GET /containers/${ID}/json`)
      return json({
        ...{ Id: ID, Config: { Tty: false } },
        State: { Status: running.length > 0 ? 'running' : 'created' },
      });
    if (asked === `POST /containers/${ID}/start`) {
      const container = created.at(-1);
      if (container !== undefined) await start(container);
      return void res.writeHead(204).end();
    }
    if (asked === `POST /containers/${ID}/attach`)
      return void res.writeHead(200, { 'content-type': 'application/vnd.docker.raw-stream' }).end();
    if (asked === `POST /containers/${ID}/stop` || asked === `DELETE /containers/${ID}`) {
      await endAll();
      return void res.writeHead(204).end();
    }
    json({ message: `this engine does not know ${asked}` }, 404);
  };
  const server = createServer((req, res) => {
    answer(req, res).catch((error: Error) => res.destroy(error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    created,
    async stop() {
      await endAll();
      server.closeAllConnections();
      server.close();
    },
  };
}
