import {
  byName,
  objectives,
  perObjective,
  type Objective,
  type PerObjective,
  type Weights,
} from '../../objective.js';
import { mapValues } from '../../../map-values.js';
import type { Memory } from '../../params/memory.js';
import type { TunedSets } from '../../model/slots.js';
import { sharedFloats, type ParamSet } from '../../params/param-set.js';
import type { Figure } from '../figure.js';
import type { KeptOptimizers } from '../optimizers.js';
import { weightedFigure, weightedSums } from '../ppo/weighted.js';
import type { TaskFunction, TaskRequest, TaskResult } from '../task.js';
import { ppo } from './ppo.js';

/**
 * Rewarded soups (Ramé et al. 2023): the client aligns one policy by each reward alone, from the same
 * start, and interpolates adapters and LoRA of the two by its weights, θ = Σ w_k θ_k. Each critic is the one
 * of the branch that its reward aligned. An objective of weight 0 has no branch, so that the weights (1, 0)
 * and (0, 1) are plain PPO.
 *
 * The paper aligns each policy to the end and interpolates once. Here a client uploads every round, so the
 * soup is made every round and both branches of the next round start from the averaged soup: close to the
 * paper where a round moves the policy little, and never the paper's experiment. Each branch has optimizers of
 * its own, whose moments go on in the same branch of the next round where they are kept.
 *
 * Both branches draw from the streams of one seed: they answer the same prompts with the same responses in
 * the same order of minibatches and differ by the reward alone. A device that runs one after the other does
 * twice the work of PPO.
 *
 * Metrics are means of the branches' by the client's weights, and so speak of the weighted objective; those
 * about one objective, as its critic's loss, are of its own branch. Each branch's divergences stand beside
 * them, `objective/kl_helpful` and so on.
 */
export const rewardedSoups: TaskFunction<'align'> = async (request) => {
  const { weights } = request.hyper;
  const [only, ...more] = objectives.filter((objective) => weights[objective] > 0);
  if (only === undefined) throw new RangeError('rewarded-soups: both weights are 0, expected a sum of 1');
  if (more.length === 0) return alignedBy(only, request);
  // One after the other: two policies at once are more than a small worker holds.
  const helpful = await alignedBy('helpful', request);
  const harmless = await alignedBy('harmless', request);
  return soupOf({ helpful, harmless }, weights);
};

type Branches = PerObjective<TaskResult<'align'>>;

/** The same request by one reward alone, with the moments that the branch of this reward left. */
async function alignedBy(objective: Objective, request: TaskRequest<'align'>): Promise<TaskResult<'align'>> {
  const { hyper, params } = request;
  const weights = perObjective((other) => (other === objective ? 1 : 0));
  const { output, ...result } = await ppo({
    ...request,
    hyper: {
      ...hyper,
      weights,
      ...(hyper.optimizers && { optimizers: branchOf(objective, hyper.optimizers) }),
    },
    params: { ...params, ...(params.moments && { moments: named(objective, params.moments) }) },
  });
  const { optimizers } = output;
  const left = optimizers && { optimizers: prefixed(objective, optimizers) };
  return { ...result, output: { ...output, ...left } };
}

const branchOf = (objective: Objective, { parts, notes }: KeptOptimizers): KeptOptimizers => ({
  parts,
  notes: named(objective, notes),
});

/** Of the entries of both branches those of one, by their names within it. */
function named<V>(objective: Objective, entries: Readonly<Record<string, V>>): Record<string, V> {
  const prefix = `${objective}/`;
  return Object.fromEntries(
    Object.entries(entries).flatMap(([name, value]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
    ),
  );
}

function prefixed(objective: Objective, { sets, notes }: Memory): Memory {
  const renamed = <V>(entries: Readonly<Record<string, V>>) =>
    Object.fromEntries(Object.entries(entries).map(([name, value]) => [`${objective}/${name}`, value]));
  return { sets: renamed(sets), notes: renamed(notes) };
}

function soupOf(branches: Branches, weights: Weights): TaskResult<'align'> {
  const soup = (_: ParamSet, part: string) =>
    interpolated(
      perObjective((objective) => branches[objective].output.tuned[part]!),
      weights,
    );
  return {
    output: {
      tuned: mapValues(branches.helpful.output.tuned, soup),
      ...stateOf(branches, weights),
      critics: perObjective((objective) => branches[objective].output.critics[objective]),
      ...optimizersOf(branches),
    },
    metrics: metricsOf(branches, weights),
  };
}

/** What terms remember of a soup's steps is the soup of what they remember of the branches'. */
function stateOf({ helpful, harmless }: Branches, weights: Weights): { state?: TunedSets } {
  const [a, b] = [helpful.output.state, harmless.output.state];
  if (!a || !b) return {};
  const soup = (set: ParamSet, part: string) => interpolated({ helpful: set, harmless: b[part]! }, weights);
  return { state: mapValues(a, soup) };
}

function optimizersOf({ helpful, harmless }: Branches): { optimizers?: Memory } {
  const [a, b] = [helpful.output.optimizers, harmless.output.optimizers];
  if (!a || !b) return {};
  return { optimizers: { sets: { ...a.sets, ...b.sets }, notes: { ...a.notes, ...b.notes } } };
}

/**
 * Σ w_k θ_k, number by number, in float64 and rounded to float32 once.
 *
 * @throws RangeError where the sets differ in their tensors.
 */
export function interpolated({ helpful, harmless }: PerObjective<ParamSet>, weights: Weights): ParamSet {
  if (layoutOf(helpful) !== layoutOf(harmless)) {
    throw new RangeError('rewarded-soups: the policies have different tensors, expected equal ones');
  }
  const values = sharedFloats(helpful.values.length);
  values.set(weightedSums(weights, { helpful: helpful.values, harmless: harmless.values }));
  return { kind: helpful.kind, tensors: helpful.tensors, values };
}

const layoutOf = ({ kind, tensors }: ParamSet) => JSON.stringify([kind, tensors]);

function metricsOf(branches: Branches, weights: Weights): Record<string, Figure> {
  const metric = (name: string) => perObjective((objective) => branches[objective].metrics[name] ?? null);
  const combined = Object.keys(branches.helpful.metrics).map((name) => {
    const both = metric(name);
    const about = objectives.find((objective) => name.includes(`_${objective}`));
    if (about) return [name, both[about]] as const;
    // What both branches have in common, as a count of samples, is not rounded.
    return [name, both.helpful === both.harmless ? both.helpful : weightedFigure(weights, both)] as const;
  });
  return {
    ...Object.fromEntries(combined),
    ...byName('objective/kl_*', metric('objective/kl')),
    ...byName('policy/approxkl_avg_*', metric('policy/approxkl_avg')),
  };
}
