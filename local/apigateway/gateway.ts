// API Gateway's WebSocket API on this machine: clients come in, their messages find functions, and every leaving is told.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ApiPlan } from '../cloudformation/plan.ts';
import type { Aws } from '../endpoint/aws.ts';
import { type Log, messageIdIn } from '../log.ts';
import { type Connection, openConnection } from './connection.ts';
import { dice as diceOf, type GatewayFaults } from './faults.ts';
import { createUpgrader, refusalOf, refuse } from './handshake.ts';
import { newId } from './identifier.ts';
import { createWork } from './in-flight.ts';
import { askConnect, tellDisconnect } from './lifecycle.ts';
import { awsLimits, type Limits } from './limits.ts';
import { manage } from './management.ts';
import { answerMessage } from './message.ts';
import type { ConnectionFacts } from './request-event.ts';
import { createThrottles } from './throttle.ts';
import { tokenBucket } from './token-bucket.ts';

/** Bytes of a posted frame that are searched for its messageId. */
const MESSAGE_ID_WITHIN = 4096;

export interface GatewayDeps {
  aws: Aws;
  log: Log;
  region: string;
  /** `requestContext.domainName`; by default AWS's own, `<id>.execute-api.<region>.amazonaws.com`. */
  domainName?: string;
  limits?: Partial<Limits>;
  faults?: GatewayFaults;
  /** Called for each message in either direction, with its bytes. */
  passed?: (bytes: number) => void;
}

export interface Gateway {
  /** For an HTTP server's `upgrade` event. */
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** The management API: `path` is `/@connections/{id}`, after an optional `/{stage}`. */
  connections(req: IncomingMessage, res: ServerResponse, path: string): Promise<void>;
  /** Takes a new plan; sockets stay open. */
  update(api: ApiPlan): void;
  /** Closes every socket with 1001 and goes on serving. */
  closeAll(): void;
  /** Closes every socket with 1001, then waits for every `$disconnect`, at most `limits.stopMs`. */
  stop(): Promise<void>;
  /** How many connections can be posted to. */
  count(): number;
}

export function startGateway(firstApi: ApiPlan, deps: GatewayDeps): Gateway {
  const { aws, log, passed = () => undefined } = deps;
  const limits: Limits = { ...awsLimits, ...deps.limits };
  const throttles = createThrottles(firstApi, limits);
  const desk = { aws, log, limits, admits: throttles.admits };
  const dice = diceOf(deps.faults);
  const newConnections = tokenBucket({ perS: limits.connectsPerS, burst: limits.connectsPerS });
  const mayConnect = () => newConnections() && throttles.admits('$connect');
  const toWebSocket = createUpgrader(limits);
  const reachable = new Map<string, Connection>();
  const lines = new Set<Connection>();
  const work = createWork((error) => log.warn(`gateway: ${String(error)}`));
  let api = firstApi;
  let stopping = false;

  async function receive(req: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', (error) => log.detail(`gateway: a client's line broke: ${error.message}`));
    const refusal = refusalOf(req, api.stage) ?? (mayConnect() ? undefined : 429);
    if (refusal !== undefined || stopping) {
      const status = refusal ?? 503;
      log.hop({ service: 'gateway', what: 'handshake', status, failed: true });
      refuse(socket, status);
      return;
    }
    const facts = factsOf(req);
    const verdict = await askConnect(desk, api, facts, req);
    if (!verdict.admitted) {
      refuse(socket, verdict.status, { connectionId: facts.connectionId });
      return;
    }
    const ws = toWebSocket(req, socket, head, verdict.protocol);
    if (ws) admit(openConnection(facts, ws, socket, limits, { message, ended, trouble, passed }));
    // $connect has written its row by now, so its end must be told though the client never saw it begin.
    else leave(facts, 1006, 'Connection lost');
  }

  function factsOf(req: IncomingMessage): ConnectionFacts {
    const userAgent = req.headers['user-agent'];
    return {
      connectionId: newId(),
      apiId: api.id,
      stage: api.stage,
      domainName: deps.domainName ?? `${api.id}.execute-api.${deps.region}.amazonaws.com`,
      connectedAt: Date.now(),
      sourceIp: (req.socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
      ...(userAgent !== undefined && { userAgent }),
    };
  }

  function admit(connection: Connection): void {
    reachable.set(connection.facts.connectionId, connection);
    lines.add(connection);
    work.add(connection.closed.then(() => lines.delete(connection)));
    if (stopping) connection.close(1001, 'Going away');
  }

  function message(connection: Connection, text: string): void {
    if (dice.cut()) connection.cut();
    else work.add(answerMessage(desk, api, connection, text));
  }

  function ended({ facts }: Connection, code: number, reason: string): void {
    reachable.delete(facts.connectionId);
    leave(facts, code, reason);
  }

  function leave(facts: ConnectionFacts, code: number, reason: string): void {
    if (dice.losesDisconnect()) return;
    // AWS delivers $disconnect as best effort, and does not say that throttles spare it.
    if (throttles.admits('$disconnect')) work.add(tellDisconnect(desk, api, facts, code, reason));
    else log.warn(`gateway: $disconnect of ${facts.connectionId} is lost: Too Many Requests`);
  }

  function trouble({ facts }: Connection, why: string): void {
    log.warn(`gateway: connection ${facts.connectionId} ${why}`);
  }

  function closeAll(): void {
    for (const connection of [...reachable.values()]) connection.close(1001, 'Going away');
  }

  return {
    upgrade(req, socket, head) {
      const received = receive(req, socket, head).catch((error: unknown) => {
        socket.destroy();
        throw error;
      });
      work.add(received);
    },
    connections: (req, res, path) =>
      manage(
        {
          stage: () => api.stage,
          find: (connectionId) => reachable.get(connectionId),
          messageBytes: limits.messageBytes,
          dice,
          answered(method, status, body, ms) {
            const messageId = messageIdIn(body.toString('utf8', 0, MESSAGE_ID_WITHIN)) ?? '';
            log.detail(
              `gateway   ${method} @connections ${status} ${ms.toFixed(1)} ms ${messageId}`,
            );
          },
        },
        req,
        res,
        path,
      ),
    update(next) {
      api = next;
      throttles.update(next);
    },
    closeAll,
    async stop() {
      stopping = true;
      closeAll();
      if (await work.settled(limits.stopMs)) return;
      log.warn(`gateway: stopped before ${lines.size} sockets and their functions were done`);
      for (const line of lines) line.cut();
    },
    count: () => reachable.size,
  };
}
