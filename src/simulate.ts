import { createActor, type ActorRefFrom, type AnyActorRef } from 'xstate';
import type { simulationMachine } from '../machines/simulation.js';
import { provideSimulation } from './actors/simulation.js';
import { waiting } from './actors/waiting.js';
import type { World } from './actors/world.js';
import type { Ended } from './records/rows.js';

export interface SimulateOptions {
  readonly signal?: AbortSignal;
  /** Called after every event of the run; cheap work only. */
  readonly onEvent?: (simulation: Simulation) => void;
}

export type Simulation = ActorRefFrom<typeof simulationMachine>;

/**
 * Drives the machines by the virtual clock until one of the ways in which a run can end; see
 * machines/simulation.ts.
 */
export async function simulate(world: World, { signal, onEvent }: SimulateOptions): Promise<Ended> {
  const { clock, scenario, failure } = world;
  const simulation: Simulation = createActor(provideSimulation(world), {
    clock,
    systemId: 'simulation',
    input: {
      clients: [...world.clients.keys()],
      global: { base: world.base, adapters: null, lora: null, helpful: null, harmless: null },
    },
  });
  simulation.subscribe({ error: (cause) => failure.report(cause) });
  simulation.start();
  watchForErrors(simulation, world);

  const stop = () => {
    onEvent?.(simulation);
    return failure.happened;
  };
  const end = await clock
    .run({ untilSeconds: scenario.limits.virtualSeconds, stop, ...(signal ? { signal } : {}) })
    .catch((cause: unknown) => {
      failure.report(cause);
      return 'stopped' as const;
    });
  world.ledger.finish();
  if (end === 'idle') failure.guard(() => world.checkers.finish());
  const report = end === 'idle' ? waiting(simulation) : [];
  simulation.send(failure.happened ? { type: 'crash', cause: failure.message } : { type: endings[end] });
  return ended(simulation, report);
}

const endings = { idle: 'clock.idle', until: 'clock.horizon', stopped: 'interrupt' } as const;

/** An actor that throws stops in silence: its error is only told to those who ask. */
function watchForErrors(simulation: Simulation, { failure }: World): void {
  for (const actor of Object.values(simulation.system.getAll()) as (AnyActorRef | undefined)[]) {
    actor?.subscribe({ error: (cause: unknown) => failure.report(cause) });
  }
}

function ended(simulation: Simulation, report: ReturnType<typeof waiting>): Ended {
  const { value, context } = simulation.getSnapshot();
  switch (value) {
    case 'finished':
      return { reason: 'finished', stages: context.verdicts };
    case 'outOfTime':
      return { reason: 'out-of-virtual-time' };
    case 'deadlocked':
      return { reason: 'deadlock', waiting: report };
    case 'interrupted':
      return { reason: 'interrupted' };
    case 'failed':
      return { reason: 'failed', cause: context.cause ?? 'unknown' };
    case 'running':
    case 'draining':
      throw new Error(`the simulation ended in its state ${value}`);
  }
}
