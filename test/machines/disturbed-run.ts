import type { World } from '../../src/actors/world.js';
import type { Executor } from '../../src/learning/training/executor.js';
import type { RunEvent } from '../../src/records/run-event.js';
import type { Definition } from '../../src/script/define.js';
import { protocolRun, type ProtocolRun } from '../run/untrained.js';
import { Coverage } from './coverage.js';

/** What happens to a run as one of its actors comes into a state, for the first time or the first `times`. */
export interface Disturbance {
  readonly actor: RegExp;
  /** Outermost state first: "rewardLearning.training". */
  readonly state: string;
  readonly times?: number;
  readonly act: (run: Disturbed, actor: string) => void;
}

export interface Disturbed {
  readonly world: World;
  /** Interrupts the run. */
  interrupt(): void;
}

/** A run of the tiny scenario without training. */
export interface Situation {
  readonly set?: readonly string[];
  readonly definition?: Definition;
  readonly executor?: () => Executor;
  /** Before its machines start. */
  readonly prepare?: (world: World) => void;
  readonly disturbances?: readonly Disturbance[];
}

export interface CoveredRun extends ProtocolRun {
  readonly reached: ReadonlySet<string>;
  /** How often its disturbances struck. */
  readonly struck: number;
}

export async function disturbedRun(situation: Situation): Promise<CoveredRun> {
  const { set = [], definition, executor, prepare, disturbances = [] } = situation;
  const coverage = new Coverage();
  const controller = new AbortController();
  let world: World;
  let struck = 0;
  const strikes = disturbances.map((disturbance) => {
    let left = disturbance.times ?? 1;
    return (event: RunEvent) => {
      if (left === 0 || !comesInto(event, disturbance)) return;
      left--;
      struck++;
      disturbance.act({ world, interrupt: () => controller.abort() }, event.actor);
    };
  });
  const result = await protocolRun(set, {
    ...(definition && { definition }),
    ...(executor && { executor: executor() }),
    signal: controller.signal,
    observers: [coverage, { actors: true, next: (event) => strikes.forEach((strike) => strike(event)) }],
    prepare: (made) => {
      world = made;
      prepare?.(made);
    },
  });
  return { ...result, reached: coverage.reached, struck };
}

type OfActor = Extract<RunEvent, { type: 'actor' | 'actor-registered' }>;

/** Also where it leaves the state at once. */
function comesInto(event: RunEvent, { actor, state }: Disturbance): event is OfActor {
  if (event.type !== 'actor' && event.type !== 'actor-registered') return false;
  if (!actor.test(event.actor)) return false;
  const through = event.type === 'actor' ? event.microsteps.map((step) => step.state) : [event.state];
  return through.some((path) => path === state || path.startsWith(`${state}.`));
}
