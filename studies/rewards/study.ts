import { objectives, perObjective, type Objective, type PerObjective } from '../../src/learning/objective.js';
import { splitByConversation } from '../../src/learning/data/deal-pairs.js';
import { templates } from '../../src/learning/data/template.js';
import { loadTokenizer } from '../../src/learning/data/tokenizer.js';
import { pairTable } from '../../src/learning/data/tokenize.js';
import type { PreferencePair, Split } from '../../src/learning/data/types.js';
import { loadModel } from '../../src/learning/model/load.js';
import { featureWidth, initialRewardModel } from '../../src/learning/model/reward-model.js';
import { stream } from '../../src/simulation/random/stream.js';
import { resolveScenario } from '../../src/scenario/validate.js';
import { taskRequest } from '../../src/learning/training/request.js';
import { reward } from '../../src/learning/training/reward.js';
import { bagOfWords, lengthBaseline, rightOf } from './baselines.js';
import { wilsonInterval, type Share } from './wilson.js';

export interface StudyOptions {
  readonly seed: number;
  /** Steps of Adam; its learning rate, batch size and penalties are the defaults of a scenario. */
  readonly steps: number;
}

/** What held-out pairs say of the reward model of one objective and of what it has to beat. */
export interface ObjectiveStudy {
  readonly trainPairs: number;
  readonly testPairs: number;
  /** Pairs of which an answer did not fit into the base model's positions. */
  readonly cutPairs: number;
  readonly rewardModel: Share;
  readonly calibrationError: number;
  readonly brierScore: number;
  /** 0.5 by symmetry: a pair has no first answer that could be the majority. */
  readonly majority: number;
  readonly length: Share & { readonly prefers: 'longer' | 'shorter' };
  readonly bagOfWords: Share;
}

export type Study = PerObjective<ObjectiveStudy>;
type Pairs = PerObjective<readonly PreferencePair[]>;

/**
 * Trains the reward models of a scenario with `reward.model.kind` "features" on the embedded base model by
 * all training pairs together, one learner with everybody's data, and measures them on a third of the pairs,
 * held out by conversation. The backend must have been selected. RangeError where an objective has fewer than
 * three pairs.
 */
export async function studyPairs(pairs: Pairs, options: StudyOptions): Promise<Study> {
  for (const name of objectives) {
    if (pairs[name].length < 3) throw new RangeError(`${pairs[name].length} ${name} pairs, expected 3`);
  }
  const split = splitByConversation(pairs, (name) => Math.round(pairs[name].length / 3), options.seed);
  const { metrics, cutPairs, judged } = await trained(split, options);
  const studyOf = (name: Objective): ObjectiveStudy => {
    const { train, test } = split[name];
    const length = lengthBaseline(train);
    const share = (right: number) => wilsonInterval(right, test.length);
    return {
      trainPairs: train.length,
      testPairs: test.length,
      cutPairs: cutPairs[name],
      rewardModel: wilsonInterval(metrics[name].accuracy! * judged[name], judged[name]),
      calibrationError: metrics[name].calibrationError!,
      brierScore: metrics[name].brierScore!,
      majority: 0.5,
      length: { prefers: length.prefers, ...share(rightOf(test, length.margin)) },
      bagOfWords: share(rightOf(test, bagOfWords(train))),
    };
  };
  return perObjective(studyOf);
}

/** Step 2.3 by itself, on everybody's pairs. */
async function trained(split: PerObjective<Split<PreferencePair>>, { seed, steps }: StudyOptions) {
  const scenario = resolveScenario({ name: 'reward-pairs' });
  const { hidden, batchSize, learningRate, weightDecay, centerCoefficient } = scenario.reward;
  const { config, base } = await loadModel(null);
  const tokenizer = await loadTokenizer(null);
  const tables = perObjective((name) => {
    const [train, test] = [split[name].train, split[name].test].map((rows) =>
      pairTable(rows, tokenizer, templates.compact, config.n_positions),
    );
    return { train: train!.table, test: test!.table, cut: train!.truncated + test!.truncated };
  });
  const initial = perObjective((name) =>
    initialRewardModel(featureWidth(config), hidden, stream(seed, 'reward', name)),
  );
  const { metrics } = await reward(
    taskRequest<'reward'>({
      kind: 'reward',
      seed: `${seed}/reward-pairs`,
      model: { config, adapters: scenario.model.adapters, lora: scenario.model.lora },
      hyper: { localSteps: steps, batchSize, learningRate, weightDecay, centerCoefficient },
      params: { base, rewardModels: initial },
      data: perObjective((name) => ({ train: tables[name].train, validation: tables[name].test })),
    }),
  );
  return {
    metrics,
    cutPairs: perObjective((name) => tables[name].cut),
    judged: perObjective((name) => tables[name].test.count / 2),
  };
}
