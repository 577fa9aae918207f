// EventBridge on this machine: takes events over, finds the rules that want them, sends them to the targets.
import { randomUUID } from 'node:crypto';
import type { Aws } from '../endpoint/aws.ts';
import { AwsError, unsupportedOperation } from '../endpoint/aws-error.ts';
import { type Log, messageIdIn } from '../log.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Outcome } from './delivery.ts';
import { openRoad } from './delivery-queue.ts';
import { type Envelope, eventTime } from './envelope.ts';
import type { Faults } from './faults.ts';
import { putEvents, type TakenEvent } from './put-events.ts';
import { busNameFrom, QUESTIONS } from './read-actions.ts';
import { type BusesPlan, type CompiledRule, compileRules } from './rules.ts';
import { openUndelivered, type Undelivered, undelivered } from './undelivered.ts';

export interface BusDeps {
  aws: Aws;
  log: Log;
  faults?: Faults | undefined;
  /** Where undelivered events survive a restart and a kill; without it they are lost on `stop`. */
  folder?: string | undefined;
  /** Resolves when the targets can be called: events of the last run are delivered then. Default: at once. */
  ready?: Promise<unknown> | undefined;
  clock?: Clock;
  /** 0 to below 1, for the jitter of back-off. */
  random?: () => number;
  newId?: () => string;
}

export interface Bus {
  /** One action of the `events` service; rejects with an AwsError. PutEvents resolves once the events are taken over. */
  call(action: string, input: Record<string, unknown>): Promise<Record<string, unknown>>;
  /** Takes a new plan, whole or, with a Refusal, not at all. Deliveries under way keep the target they set out for. */
  update(plan: BusesPlan): void;
  /** True once every event taken over is delivered or given up; false if that takes longer than `withinMs`. */
  settled(withinMs: number): Promise<boolean>;
  /** Takes no more events; what is not delivered stays in `<folder>/undelivered-events.jsonl`. */
  stop(): Promise<void>;
}

type Target = CompiledRule['targets'][number];

/** How long a call to a target may take to finish once the bus stops: Ctrl-C ends everything within 2 s. */
const LAST_CALLS_MS = 1000;

/** Throws a Refusal for a rule it cannot run, or an unreadable file of undelivered events. */
export function startBus(plan: BusesPlan, deps: BusDeps): Bus {
  const { aws, log, faults, folder } = deps;
  const { clock = systemClock, random = Math.random, newId = randomUUID } = deps;
  let current = plan;
  let rules = compileRules(plan);
  let stopped = false;
  const road = openRoad({ aws, log, clock, random, newId }, faults);

  const journal = openUndelivered(folder);
  let left = journal.entries;
  inBackground(deps.ready === undefined ? resume() : deps.ready.then(resume));

  function inBackground(work: Promise<unknown>) {
    work.catch((error) => log.warn(`bus: ${error instanceof Error ? error.stack : error}`));
  }

  async function resume() {
    if (stopped || left.length === 0) return;
    log.say(`bus: delivering ${left.length} events of the last run`);
    const onTheRoad = left.map(async (one) => {
      const { id, event, takenAt, busName, ruleName, targetId } = one;
      const rule = rules.find(({ plan }) => plan.name === ruleName && plan.busName === busName);
      const target = rule?.targets.find(({ plan }) => plan.id === targetId);
      if (rule && target) return tell([target], event, takenAt, [await depart(rule, target, one)]);
      log.warn(`bus: rule ${ruleName}, target ${targetId} is gone; event ${event.id} is dropped`);
      return journal.forget(id);
    });
    left = [];
    await Promise.all(onTheRoad);
  }

  /** The delivery and its place in the journal, which it leaves when it is made or given up. */
  async function depart(rule: CompiledRule, target: Target, one: Undelivered): Promise<Outcome> {
    const { event, takenAt, retries } = one;
    const input = target.input(event, eventTime(takenAt));
    const delivery = { event, takenAt, rule: rule.plan, target: target.plan, input, retries };
    const outcome = await road.send(delivery);
    if (outcome !== 'kept') inBackground(journal.forget(one.id));
    return outcome;
  }

  function tell(targets: Target[], event: Envelope, takenAt: number, outcomes: Outcome[]) {
    const status = outcomes.find((outcome) => outcome !== 'delivered') ?? 'delivered';
    log.hop({
      service: 'bus',
      what: `${event['detail-type']} → ${targets.map(({ name }) => name).join(', ') || 'no target'}`,
      messageId: messageIdIn(JSON.stringify(event.detail)),
      ms: clock.now() - takenAt,
      status,
      failed: status !== 'delivered',
    });
  }

  /** Sends the event on its way; resolves when it cannot be lost any more, long before it arrives. */
  async function route({ busName: nameOrArn, event }: TakenEvent): Promise<void> {
    const busName = busNameFrom(nameOrArn);
    if (busName !== 'default' && !current.buses.some((bus) => bus.name === busName))
      log.warn(`bus: there is no bus ${busName}; event ${event.id} goes nowhere, as on AWS`);
    const takenAt = clock.now();
    const wanting = rules.filter(
      ({ plan, matches }) => plan.busName === busName && plan.enabled && matches(event),
    );
    if (wanting.length === 0)
      log.detail(`bus: no rule wants ${event.source} / ${event['detail-type']}`);
    const written = wanting.flatMap((rule) => {
      const { plan, targets } = rule;
      const list = targets.map((target) => ({
        target,
        one: undelivered({ event, takenAt, rule: plan, target: target.plan, retries: 0 }),
      }));
      const kept = list.map(({ one }) => journal.keep(one));
      const sent = list.map(({ target, one }) => depart(rule, target, one));
      inBackground(Promise.all(sent).then((outcomes) => tell(targets, event, takenAt, outcomes)));
      return kept;
    });
    await Promise.all(written);
  }

  return {
    async call(action, input) {
      if (stopped) throw new AwsError('ServiceUnavailable', 'The bus has stopped.', 503);
      const question = Object.hasOwn(QUESTIONS, action) ? QUESTIONS[action] : undefined;
      if (question) return question(input, current);
      if (action !== 'PutEvents') throw unsupportedOperation('events', action);
      const { account, region } = current;
      const { output, taken } = putEvents(input, { account, region, now: clock.now, newId });
      await Promise.all(taken.map(route));
      return output;
    },
    update(next) {
      rules = compileRules(next);
      current = next;
    },
    settled: async (withinMs) => (await road.settled(withinMs)) && left.length === 0,
    async stop() {
      if (stopped) return;
      stopped = true;
      const kept = await road.stop(LAST_CALLS_MS);
      if (!folder && kept.length > 0) log.warn(`bus: ${kept.length} events were not delivered`);
      // Once more, with their retries.
      await Promise.all(kept.map((delivery) => journal.keep(undelivered(delivery))));
      await journal.close();
    },
  };
}
