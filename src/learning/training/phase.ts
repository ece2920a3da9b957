import { withoutChanges } from '../model/changes.js';
import type { Mixture } from '../model/mixture.js';
import type { ModelShape } from '../model/model-shape.js';
import type { TunedSets } from '../model/slots.js';
import type { Optimizers } from './optimizers.js';
import { policyOptimizer, type PolicyOptimizerOptions } from './policy-optimizer.js';
import { termOf } from './terms/index.js';
import type { TermSpec } from './terms/term.js';

/** A part of a client's work on an order (Steps 1.3 and 3.3). */
export interface Phase {
  /** Of the order's steps, or of its prompts. */
  readonly share: number;
  /** The slots in the model meanwhile; absent: those of the client's model. */
  readonly mixture?: Mixture;
  /** Parts that are trained. */
  readonly trains: readonly string[];
  readonly terms: readonly TermSpec[];
}

/** A phase as a task goes through it. */
export interface RunningPhase {
  readonly shape: ModelShape;
  readonly trains: readonly string[];
  /** One step down gradients of the parts that are trained, in place. */
  readonly optimize: ReturnType<typeof policyOptimizer>;
  /** What the terms leave; see `Term`. */
  end(): { readonly state: TunedSets; readonly sent: TunedSets };
}

/** What a task knows when a phase begins. */
export interface PhaseInputs {
  readonly shape: ModelShape;
  /** What is tuned: changed in place. */
  readonly now: TunedSets;
  /** The same as the whole work began with it. */
  readonly start: TunedSets;
  readonly state: TunedSets;
  readonly options: PolicyOptimizerOptions;
  readonly optimizers: Optimizers;
}

function beginPhase(phase: Phase, inputs: PhaseInputs): RunningPhase {
  const { shape, now, start, state, options, optimizers } = inputs;
  const { trains, mixture } = phase;
  const trained = Object.fromEntries(trains.map((part) => [part, now[part]!]));
  const terms = phase.terms.map((spec) => termOf(spec, { now, start, trains, state }));
  return {
    shape: mixture ? { ...shape, mixture } : shape,
    trains,
    optimize: policyOptimizer(trained, options, optimizers, terms),
    end() {
      const ends = terms.map((term) => term.end?.() ?? {});
      return {
        state: joined(ends.map(({ state = {} }) => state)),
        sent: joined(ends.map(({ sent = {} }) => sent)),
      };
    },
  };
}

/**
 * Goes through the phases of some work, one of everything where its method says nothing else. What its terms
 * remember is null where it has none.
 */
export function inPhases(
  phases: readonly Phase[] | undefined,
  inputs: PhaseInputs,
  work: (phase: RunningPhase, share: number, place: number) => void,
): { readonly state: TunedSets | null; readonly sent: TunedSets } {
  const everything = [{ share: 1, trains: Object.keys(withoutChanges(inputs.now)), terms: [] }];
  const ends = (phases ?? everything).map((phase, place) => {
    const running = beginPhase(phase, inputs);
    work(running, phase.share, place);
    return running.end();
  });
  const hasTerms = (phases ?? []).some(({ terms }) => terms.length > 0);
  return {
    state: hasTerms ? joined(ends.map(({ state }) => state)) : null,
    sent: joined(ends.map(({ sent }) => sent)),
  };
}

const joined = (sets: readonly TunedSets[]): TunedSets => Object.assign({}, ...sets) as TunedSets;
