import { createActor, type ActorRefFrom, type AnyActorRef } from 'xstate';
import type { ClientContext, clientMachine } from '../../machines/client.js';
import type { Model } from '../../machines/events.js';
import type { serverMachine } from '../../machines/server.js';
import { Inspection } from '../actors/inspection.js';
import { hashesOf, tellKept } from '../actors/kept.js';
import { Repeats } from '../actors/repeats.js';
import { keepOwnTimers } from '../actors/own-timers.js';
import { provideSimulation, type Simulation } from '../actors/simulation.js';
import { measureNewcomers } from '../actors/overfitting/newcomers.js';
import { checkPhrases } from '../actors/phrases.js';
import { waiting } from '../actors/waiting.js';
import type { World } from '../actors/world.js';
import { noScript } from '../scenario/script.js';
import { startTimeline } from '../script/timeline.js';
import type { RunOptions } from './options.js';
import type { Inspect } from '../records/run-event.js';
import type { Ended } from '../records/rows.js';

/** How a run ended, and the models that it leaves. */
export interface Simulated {
  readonly ended: Ended;
  readonly global: Model;
  readonly clients: readonly ClientContext[];
}

/**
 * Drives the machines by the virtual clock until one of the ways in which a run can end; see
 * machines/simulation.ts. Aborting `signal` is one of them.
 */
export async function simulate(
  world: World,
  {
    signal,
    before,
    script = noScript,
    inspect,
  }: Pick<RunOptions, 'signal' | 'before' | 'script' | 'inspect'> = {},
): Promise<Simulated> {
  const { clock, scenario, failure, events } = world;
  const simulation: Simulation = createActor(provideSimulation(world), {
    clock,
    systemId: 'simulation',
    input: {
      clients: [...world.clients.keys()],
      global: world.start.global,
      stage: world.start.stage,
      rewards: world.method.rewards,
    },
    ...inspectionOf(world, inspect),
  });
  keepOwnTimers(simulation);
  simulation.subscribe({ error: (cause) => failure.report(cause) });
  tellStart(world);
  simulation.start();
  const repeats = new Repeats(simulation);
  const models = follow(simulation, world);
  let stoppedBy: string | null = null;
  startTimeline({
    world,
    code: script.code,
    isOver: () => simulation.getSnapshot().value !== 'running',
    stop: (pointer) => (stoppedBy ??= pointer),
  });

  const stop = () => {
    events.tell({ type: 'clock', virtualSeconds: clock.nowSeconds });
    return failure.happened || stoppedBy !== null;
  };
  const end = await clock
    .run({
      ...{ untilSeconds: scenario.limits.virtualSeconds, stop, before, signal },
      nearlyStuck: () => repeats.watch(),
    })
    .catch((cause: unknown) => {
      failure.report(cause);
      return 'stopped' as const;
    });
  if (!failure.happened && !signal?.aborted) {
    await checkPhrases(world)
      .then(() => measureNewcomers(world, models()))
      .catch((cause: unknown) => failure.report(cause));
  }
  const report = end === 'idle' ? waiting(simulation, world.presence) : [];
  // Has no effect on a simulation that an actor's error has stopped already.
  simulation.send(
    failure.happened
      ? { type: 'crash', cause: failure.message }
      : { type: stoppedBy === null ? endings[end] : 'stop' },
  );
  events.complete();
  const ended: Ended = failure.happened
    ? failed(world)
    : endOf(simulation, {
        ...{ waiting: report, stoppedBy },
        ...{ virtualSeconds: clock.nowSeconds, repeating: repeats.report },
      });
  return { ended, ...models() };
}

/** What everybody begins with. */
function tellStart(world: World): void {
  const { clock, events, start } = world;
  const { global, stage } = start;
  const { nowSeconds: virtualSeconds } = clock;
  events.tell({
    ...{ type: 'published', by: 'start', stage, version: 0 },
    ...{ global: hashesOf(global), virtualSeconds },
  });
  for (const [id, { model, held }] of start.clients) {
    tellKept(world, { id, model, frozen: null, memory: {}, residuals: {} }, { by: 'start', held });
  }
}

function failed({ failure: { message, lastEvents } }: World): Ended {
  return { reason: 'failed', cause: message, ...(lastEvents.length > 0 && { lastEvents }) };
}

/** Who hears what XState tells of the actors; where nobody does, it tells nothing. */
function inspectionOf(world: World, inspect?: Inspect): { inspect?: Inspect } {
  const recorded = world.events.actorsObserved ? new Inspection(world) : null;
  if (recorded === null && inspect === undefined) return {};
  return {
    inspect: (event) => {
      world.failure.guard(() => recorded?.next(event));
      if (inspect) world.failure.guard(() => named('inspect', () => inspect(event)));
    },
  };
}

function named(name: string, action: () => void): void {
  try {
    action();
  } catch (cause) {
    throw new Error(`${name} failed`, { cause });
  }
}

const endings = {
  idle: 'clock.idle',
  until: 'clock.horizon',
  stuck: 'clock.stuck',
  stopped: 'interrupt',
} as const;

/**
 * Keeps each actor's newest models, which outlive the actor: one that is done leaves the system. And hears of
 * their errors: an actor that throws stops in silence, and only tells those who ask.
 */
function follow(simulation: Simulation, world: World): () => Omit<Simulated, 'ended'> {
  const { system } = simulation;
  const error = (cause: unknown) => world.failure.report(cause);
  const clients = new Map<string, ClientContext>();
  let { global } = world.start;

  const server = system.get('server') as ActorRefFrom<typeof serverMachine>;
  server.subscribe({ next: ({ context }) => void (global = context.global), error });
  for (const id of world.clients.keys()) {
    const client = system.get(id) as ActorRefFrom<typeof clientMachine>;
    const next = ({ context }: ReturnType<typeof client.getSnapshot>) => void clients.set(id, context);
    next(client.getSnapshot());
    client.subscribe({ next, error });
  }
  for (const { id } of world.links.all) {
    (system.get(id) as AnyActorRef).subscribe({ error });
  }
  return () => ({ global, clients: [...clients.values()] });
}

interface Reports {
  readonly waiting: ReturnType<typeof waiting>;
  readonly stoppedBy: string | null;
  readonly virtualSeconds: number;
  readonly repeating: Repeats['report'];
}

function endOf(simulation: Simulation, { waiting, stoppedBy, virtualSeconds, repeating }: Reports): Ended {
  const { value, context } = simulation.getSnapshot();
  switch (value) {
    case 'finished':
      return { reason: 'finished', stages: context.verdicts };
    case 'outOfTime':
      return { reason: 'out-of-virtual-time' };
    case 'deadlocked':
      return { reason: 'deadlock', waiting };
    case 'livelocked':
      return { reason: 'livelock', virtualSeconds, repeating };
    case 'interrupted':
      return { reason: 'interrupted' };
    case 'failed':
      return { reason: 'failed', cause: context.cause ?? 'unknown' };
    case 'stopped':
      return { reason: 'stopped', by: stoppedBy! };
    case 'running':
    case 'draining':
      throw new Error(`the simulation ended in its state ${value}`);
  }
}
