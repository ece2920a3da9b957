import { objectives, type Objective } from '../../data/types.js';
import { sharedFloats, type ParamSet } from '../../params/param-set.js';
import type { Weights } from '../ppo/weighted.js';
import { perObjective } from '../rollout.js';
import type { AlignHyper, TaskFunction, TaskRequest, TaskResult } from '../task.js';
import { ppo } from './ppo.js';

/**
 * Rewarded soups (Ramé et al. 2023): the client aligns one policy by each reward alone, from the same
 * start, and interpolates adapters and LoRA of the two by its weights, θ = Σ w_k θ_k. Each critic is the one
 * of the branch that its reward aligned. An objective of weight 0 has no branch, so that the weights (1, 0)
 * and (0, 1) are plain PPO.
 *
 * The paper aligns each policy to the end and interpolates once. Here a client uploads every round, so the
 * soup is made every round and both branches of the next round start from the averaged soup: close to the
 * paper where a round moves the policy little, and never the paper's experiment.
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
  const { weightHelpful, weightHarmless } = request.hyper;
  const weights: Weights = { helpful: weightHelpful, harmless: weightHarmless };
  const [only, ...more] = objectives.filter((objective) => weights[objective] > 0);
  if (only === undefined) throw new RangeError('rewarded-soups: both weights are 0, expected a sum of 1');
  if (more.length === 0) return ppo(alignedBy(only, request));
  // One after the other: two policies at once are more than a small worker holds.
  const helpful = await ppo(alignedBy('helpful', request));
  const harmless = await ppo(alignedBy('harmless', request));
  return soupOf({ helpful, harmless }, weights);
};

type Branches = Readonly<Record<Objective, TaskResult<'align'>>>;

/** The same request by one reward alone. */
function alignedBy(objective: Objective, request: TaskRequest<'align'>): TaskRequest<'align'> {
  const alone = {
    helpful: { weightHelpful: 1, weightHarmless: 0 },
    harmless: { weightHelpful: 0, weightHarmless: 1 },
  } satisfies Record<Objective, Partial<AlignHyper>>;
  return { ...request, hyper: { ...request.hyper, ...alone[objective] } };
}

function soupOf(branches: Branches, weights: Weights): TaskResult<'align'> {
  const outputs = perObjective((objective) => branches[objective].output);
  return {
    output: {
      adapters: interpolated(outputs.helpful.adapters, outputs.harmless.adapters, weights),
      lora: interpolated(outputs.helpful.lora, outputs.harmless.lora, weights),
      helpfulCritic: outputs.helpful.helpfulCritic,
      harmlessCritic: outputs.harmless.harmlessCritic,
    },
    metrics: metricsOf(branches, weights),
  };
}

/**
 * w_helpful · a + w_harmless · b, number by number, in float64 and rounded to float32 once; null where both
 * are.
 *
 * @throws RangeError where the sets differ in their tensors.
 */
export function interpolated(
  helpful: ParamSet | null,
  harmless: ParamSet | null,
  weights: Weights,
): ParamSet | null {
  if (helpful === null && harmless === null) return null;
  if (helpful === null || harmless === null || layoutOf(helpful) !== layoutOf(harmless)) {
    throw new RangeError('rewarded-soups: the policies have different tensors, expected equal ones');
  }
  const values = sharedFloats(helpful.values.length);
  for (let i = 0; i < values.length; i++) {
    values[i] = weights.helpful * helpful.values[i]! + weights.harmless * harmless.values[i]!;
  }
  return { kind: helpful.kind, tensors: helpful.tensors, values };
}

const layoutOf = ({ kind, tensors }: ParamSet) => JSON.stringify([kind, tensors]);

/** Divergences that each branch is reported with by itself. */
const divergences = ['objective/kl', 'policy/approxkl_avg'];

function metricsOf(branches: Branches, weights: Weights): Record<string, number> {
  const metrics = perObjective((objective) => branches[objective].metrics);
  const metric = (objective: Objective, name: string) => metrics[objective][name] ?? NaN;
  const combined = Object.keys(metrics.helpful).map((name) => {
    const [helpful, harmless] = [metric('helpful', name), metric('harmless', name)];
    const about = objectives.find((objective) => name.includes(`_${objective}`));
    const mean = weights.helpful * helpful + weights.harmless * harmless;
    // What both branches have in common, as a count of samples, is not rounded.
    return [name, about ? metric(about, name) : helpful === harmless ? helpful : mean] as const;
  });
  const apart = divergences.flatMap((name) =>
    objectives.map((objective) => [`${name}_${objective}`, metric(objective, name)] as const),
  );
  return Object.fromEntries([...combined, ...apart]);
}
