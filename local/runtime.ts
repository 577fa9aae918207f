// The whole of Hubbub on this machine: the four templates' resources, started in order and stopped in reverse.
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { startGateway } from './apigateway/gateway.ts';
import { createMeter, type Usage } from './bill.ts';
import type { ApiPlan, Plan } from './cloudformation/plan.ts';
import { readPlan } from './cloudformation/read-plan.ts';
import { startTables } from './dynamodb/tables.ts';
import { createEndpoint } from './endpoint/endpoint.ts';
import { createSwitchboard } from './endpoint/router.ts';
import { startBus } from './eventbridge/event-bus.ts';
import { EVENTS } from './eventbridge/operations.ts';
import type { Flags } from './flags.ts';
import { originsOf } from './http/allowed-requests.ts';
import { hangUp, listen } from './http/listen.ts';
import { keyOf, refuseConditions } from './iam/iam.ts';
import { startEventSources } from './lambda/event-source-mappings.ts';
import { startFunctions } from './lambda/functions.ts';
import type { Log } from './log.ts';
import { startIssuer } from './oidc/start.ts';
import { Refusal } from './refusal.ts';
import { startReload } from './reload/reload.ts';
import { writeEnvironment } from './sam/environment.ts';
import { configOf } from './site/config.ts';
import { startSite } from './site/site.ts';
import { SQS } from './sqs/operations.ts';
import { startQueues } from './sqs/queues.ts';
import { STATES } from './stepfunctions/operations.ts';
import { startMachines } from './stepfunctions/state-machines.ts';
import { lockDataFolder } from './storage/data-folder.ts';

export const RUNTIME = 'nodejs24.x';

export interface Runtime {
  page: string;
  websocket: string;
  aws: string;
  /** Where people sign in, with `--auth oidc`. */
  issuer?: string;
  plan(): Plan;
  /** What AWS would have billed since the start. */
  usage(): Usage;
  /** Takes no more frames, lets what is under way finish for a moment, keeps the rest for the next start. */
  stop(): Promise<void>;
}

/** How long messages that are on their way may take to arrive once the runtime is asked to stop. */
const ON_THE_WAY_MS = 400;
/** How long `$disconnect` may take then; a row it leaves is forgotten at the first 410. With the waits above it fits into Ctrl-C's 2 s. */
const GOODBYES_MS = 700;

/** Throws a Refusal, and leaves nothing running, if a flag or a template asks for what this machine cannot give. */
export async function startRuntime(root: string, flags: Flags, log: Log): Promise<Runtime> {
  const running: (() => unknown)[] = [];
  const stop = async () => {
    const failures: unknown[] = [];
    for (const end of running.splice(0).reverse()) {
      try {
        await end();
      } catch (error) {
        // The others end all the same: a port or a lock left behind would trouble the next start.
        failures.push(error);
      }
    }
    for (const error of failures) log.warn(`stop: ${error instanceof Error ? error.stack : error}`);
  };
  try {
    return await start();
  } catch (error) {
    await stop();
    throw error;
  }

  async function start(): Promise<Runtime> {
    const folder = flags.data === undefined ? undefined : resolve(root, flags.data);
    if (folder !== undefined) running.push(lockDataFolder(folder));
    const inFolder = (name: string) => (folder === undefined ? undefined : join(folder, name));

    // Both ports first: a template's URLs name them.
    const front = await listen('--port', flags.port);
    running.push(() => hangUp(front.server));
    const back = await listen('--aws-port', flags.awsPort);
    running.push(() => hangUp(back.server));
    const page = `http://127.0.0.1:${front.port}`;
    const aws = `http://127.0.0.1:${back.port}`;
    const origins = originsOf(front.port);
    const issuing =
      flags.auth === 'oidc'
        ? await startIssuer(flags.issuerPort, { origins, folder: inFolder('issuer'), log })
        : undefined;
    running.push(() => issuing?.stop());

    const read = () => {
      const plan = readPlan(root, {
        stage: flags.stage,
        // What a second deploy of `api` says on AWS, where the page's address is known only after the first.
        parameters: {
          AllowedOrigins: origins.join(','),
          // A page of this machine may be told to speak to another runtime here.
          OtherWebSockets: 'ws://127.0.0.1:* ws://localhost:*',
          ...issuing?.parameters,
          ...flags.parameters,
        },
        awsEndpoint: aws,
        webSocketEndpoint: `ws://127.0.0.1:${front.port}`,
      });
      refuseConditions(plan);
      return { plan, api: onlyApi(plan) };
    };
    let { plan, api } = read();
    const { region, account } = plan;
    const websocket = `ws://127.0.0.1:${front.port}/${api.stage}`;
    const switchboard = createSwitchboard(plan);
    const meter = createMeter();
    const memoryMb = (name: string) =>
      plan.functions.find((each) => [each.arn, each.name].includes(name))?.memoryMb ?? 0;

    // Tables and queues: what is kept.
    const tables = await startTables(plan.tables, {
      folder: inFolder('tables'),
      log,
      faults: flags.faults.tables,
    });
    running.push(() => tables.stop());
    switchboard.connect('dynamodb', meter.metered('dynamodb', tables.call));
    const queues = await startQueues(plan.queues, {
      ...(folder === undefined ? {} : { folder }),
      log,
      region,
      account,
      endpoint: () => aws,
    });
    running.push(() => queues.stop());
    switchboard.connect('sqs', meter.metered('sqs', queues.call), SQS);

    // The bus, which waits with yesterday's events until everybody is there.
    const everybody = Promise.withResolvers<void>();
    const bus = startBus(plan, {
      aws: switchboard,
      log,
      folder,
      faults: flags.faults.bus,
      ready: everybody.promise,
    });
    running.push(() => bus.stop());
    switchboard.connect('events', meter.metered('events', bus.call), EVENTS);

    // State machines, then the functions they invoke.
    const machines = startMachines(plan.machines, {
      ...{ aws: switchboard, log, region, account, folder },
      ready: everybody.promise,
    });
    running.push(() => machines.stop());
    switchboard.connect('states', meter.metered('states', machines.call), STATES);
    const buildFolder = join(root, '.hubbub', 'build', String(back.port));
    running.push(() => rm(buildFolder, { recursive: true, force: true }));
    const functions = await startFunctions(plan.functions, {
      awsEndpoint: () => aws,
      principalKey: keyOf,
      aws: switchboard,
      log,
      buildFolder,
      keptFolder: join(root, '.hubbub', 'built'),
      runtime: RUNTIME,
    });
    running.push(() => functions.stop());
    switchboard.connect('lambda', meter.metered('lambda', functions.call, memoryMb));
    const eventSources = startEventSources(plan, {
      ...{ aws: switchboard, log },
      ready: everybody.promise,
    });
    running.push(() => eventSources.stop());

    // The gateway and the page: from here on, people can come.
    const gateway = startGateway(api, {
      aws: switchboard,
      log,
      region,
      limits: { stopMs: GOODBYES_MS },
      passed: meter.frame,
      ...(flags.faults.gateway ? { faults: flags.faults.gateway } : {}),
    });
    const site = startSite(plan.site, () => configOf(plan, websocket));
    const endpoint = createEndpoint({
      switchboard,
      functions: () => functions,
      gateway: () => gateway,
      api: () => api,
      log,
    });
    const environment = writeEnvironment(root, plan, { awsPort: back.port, awsEndpoint: aws });
    running.push(() => environment.remove());
    front.open({
      origins,
      linked: true,
      answer(req, res) {
        site.handle(req, res).catch((error: Error) => {
          log.detail(`site: ${req.url}: ${error.message}`);
          res.destroy();
        });
      },
      upgrade: gateway.upgrade,
    });
    back.open({ origins, linked: false, readByContainers: [], ...endpoint });
    issuing?.open();
    everybody.resolve();
    warm();

    const reload = startReload(root, update, log);
    /** All or nothing, like a deployment. */
    async function update() {
      const next = read();
      try {
        machines.update(next.plan.machines);
        bus.update(next.plan);
        await tables.update(next.plan.tables);
        await functions.update(next.plan.functions);
      } catch (error) {
        machines.update(plan.machines);
        bus.update(plan);
        await tables.update(plan.tables);
        throw error;
      }
      await queues.update(next.plan.queues);
      eventSources.update(next.plan);
      gateway.update(next.api);
      site.update(next.plan.site);
      switchboard.update(next.plan);
      environment.update(next.plan);
      ({ plan, api } = next);
      warm();
    }

    /** The first message should not wait for cold starts; the page need not wait for this. */
    function warm() {
      functions.warm().catch((error: Error) => log.warn(`functions: ${error.message}`));
    }

    running.push(
      async () => {
        await bus.settled(ON_THE_WAY_MS);
        await machines.settled(ON_THE_WAY_MS);
        // Before the functions end, which an execution would take for a failure.
        await machines.stop();
      },
      () => eventSources.stop(),
      () => gateway.stop(),
      () => reload.stop(),
    );
    const { issuer } = issuing ?? {};
    return {
      ...{ page, websocket, aws, ...(issuer && { issuer }), plan: () => plan },
      ...{ usage: meter.usage, stop },
    };
  }
}

function onlyApi({ apis }: Plan): ApiPlan {
  const [api, ...more] = apis;
  if (api !== undefined && more.length === 0) return api;
  throw new Refusal(
    'templates',
    'AWS::Serverless::WebSocketApi',
    apis.length,
    'exactly one is served',
  );
}
