// MiniStack, an emulator of AWS, as a process of its own: on a free port of 127.0.0.1 and nowhere else, with the roles of functions enforced.
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** What the stacks need. Only these start: some others open ports of their own. */
const SERVICES =
  'acm,apigateway,budgets,cloudformation,cloudfront,cloudwatch,cognito-idp,dynamodb,events,iam,lambda,logs,s3,sns,sqs,ssm,states,sts';

const READY_WITHIN_MS = 60_000;

export interface MiniStack {
  /** http://127.0.0.1:PORT */
  endpoint: string;
  /** What it has printed. */
  log(): Promise<string>;
  stop(): Promise<void>;
}

/** `program`: the path of `ministack`, in an environment of requirements.txt. */
export async function startMiniStack(program: string): Promise<MiniStack> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'ministack-'));
  const endpoint = `http://127.0.0.1:${port}`;
  const child = spawn(program, [], {
    cwd: folder,
    // A group of its own: its functions are processes, and end with it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      AUTH: 'true',
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      IOT_MTLS_ENABLED: '0',
      SERVICES,
      TMPDIR: folder,
    },
  });
  const printed: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => printed.push(chunk));
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const log = async () => Buffer.concat(printed).toString();
  const stop = async () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  // A run that is stopped leaves nothing behind.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void stop().finally(() => process.exit(1)));

  const until = Date.now() + READY_WITHIN_MS;
  while (!(await answers(endpoint))) {
    if (child.exitCode === null && Date.now() < until) await sleep(100);
    else {
      await stop();
      throw new Error(`MiniStack did not start: ${await log()}`);
    }
  }
  const elsewhere = (await listening(child.pid ?? 0)).filter(
    (address) => address !== `127.0.0.1:${port}`,
  );
  if (elsewhere.length > 0) {
    await stop();
    throw new Error(`MiniStack listens at ${elsewhere.join(', ')} besides 127.0.0.1:${port}`);
  }
  return { endpoint, log, stop };
}

const answers = (endpoint: string) =>
  fetch(`${endpoint}/_ministack/health`).then(
    ({ ok }) => ok,
    () => false,
  );

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

/** The addresses that this process listens at, as Linux tells them; elsewhere none. IPv6 addresses are in hexadecimal digits. */
async function listening(pid: number): Promise<string[]> {
  if (process.platform !== 'linux') return [];
  const descriptors = await readdir(`/proc/${pid}/fd`);
  const sockets = new Set(
    await Promise.all(
      descriptors.map((one) => readlink(`/proc/${pid}/fd/${one}`).catch(() => 'closed')),
    ),
  );
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((table) => readFile(`/proc/${pid}/net/${table}`, 'utf8').catch(() => '')),
  );
  return tables
    .flatMap((table) => table.trim().split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode]) => state === '0A' && sockets.has(`socket:[${inode}]`))
    .map(([, local = '']) => {
      const [address = '', port = ''] = local.split(':');
      const bytes = address.match(/../g) ?? [];
      const host =
        bytes.length === 4
          ? bytes
              .reverse()
              .map((byte) => Number.parseInt(byte, 16))
              .join('.')
          : address;
      return `${host}:${Number.parseInt(port, 16)}`;
    });
}
