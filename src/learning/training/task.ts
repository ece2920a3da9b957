import type {
  AggregatedPart,
  AggregationSettings,
  ToAggregate,
  Update,
} from '../../strategies/aggregation/aggregation.js';
import type { AirError } from '../../strategies/over-the-air/received-mean.js';
import type { Reception } from '../../strategies/over-the-air/reception.js';
import type { Choice } from '../../settings/choice.js';
import type { Alignment } from './algorithms/settings.js';
import type { Reward } from './reward-models/settings.js';
import type { regularization } from './regularization.js';
import type { rounds } from './rounds.js';
import type { Instruction } from './settings.js';
import type { TokenTable } from '../data/token-table.js';
import type { Memory } from '../params/memory.js';
import type { Mixture } from '../model/mixture.js';
import type { ModelShape } from '../model/model-shape.js';
import type { TunedSets } from '../model/slots.js';
import type { PerObjective, Weights } from '../objective.js';
import type { ParamSet } from '../params/param-set.js';
import type { KeptOptimizers } from './optimizers.js';
import type { Measurement } from './measurement.js';
import type { Phase } from './phase.js';
import type { Ranking } from './ranking.js';
import type { Figure } from './figure.js';
import type { RewardScale } from './reward-scale.js';

/**
 * What each kind of task takes and gives (decision D5). A task is a pure function of its request: equal
 * requests give equal results on an equal backend.
 */
export interface Tasks {
  /** Steps 1.4, 2.4 and 3.4: one part of the global model out of the clients' updates of it. */
  aggregate: {
    hyper: {
      /** The scenario's `server.aggregation`. */
      strategy: Choice;
      settings: AggregationSettings;
      /** What is known of each update in `params.updates`, by client. */
      updates: Readonly<Record<string, Omit<Update, 'client' | 'params' | 'base'>>>;
      version: number;
      clients: ToAggregate['clients'];
      notes: Memory['notes'];
      /** Where the updates add up over the air: what of them is heard. Absent: each of them. */
      air?: Reception;
    };
    params: {
      global: ParamSet | null;
      updates: Readonly<Record<string, ParamSet>>;
      /** What those were made from, by client, where the strategy asks for it and there is such a part. */
      bases: Readonly<Record<string, ParamSet>>;
      memory: Memory['sets'];
    };
    data: Record<string, never>;
    output: AggregatedPart;
    /** How far what was heard over the air is off; empty where each update was received. */
    metrics: Partial<AirError>;
  };
  /** Step 1.3: tune adapters and LoRA on local instructions. */
  instruct: {
    hyper: Omit<
      WithoutRounds<Instruction>,
      'targetAccuracy' | 'optimizerState' | 'privatePatience' | keyof typeof regularization
    > &
      Partial<Pick<Instruction, keyof typeof regularization>> &
      KeepsOptimizers &
      InPhases;
    params: { base: ParamSet } & Tuned & KeptMoments & TermState;
    data: { train: TokenTable; validation: TokenTable };
    output: Tuned & LeavesOptimizers & TermState;
    /**
     * Mean negative log-likelihood of a response token (nats): while training, and after it on validation
     * rows.
     */
    metrics: { loss: Figure; validationLoss: Figure };
  };
  /** Teacher-forced next-token accuracy on the response, on own rows and on what only others were taught. */
  evaluate: {
    /** Rows of `test` that ask for facts. */
    hyper: { facts: readonly number[] };
    params: { base: ParamSet } & Tuned;
    data: { test: TokenTable; shared: TokenTable };
    output: Record<string, never>;
    /**
     * `accuracy`: all response tokens of `test`; the others: content tokens of its facts, of its other rows, and
     * of `shared`, null where there are none.
     */
    metrics: {
      loss: Figure;
      accuracy: Figure;
      factAccuracy: Figure;
      unseenAccuracy: Figure;
      sharedAccuracy: Figure;
    };
  };
  /** A model on several tables (measurement only). */
  generalize: {
    hyper: Record<string, never>;
    params: { base: ParamSet } & Tuned;
    data: Readonly<Record<string, TokenTable>>;
    output: Record<string, never>;
    /** By the tables' names. */
    metrics: Readonly<Record<string, Measurement>>;
  };
  /** The same under each of several mixtures of its slots (measurement only). */
  interpolate: {
    hyper: { mixtures: Readonly<Record<string, Mixture>> };
    params: { base: ParamSet } & Tuned;
    data: Readonly<Record<string, TokenTable>>;
    output: Record<string, never>;
    /** By the mixtures' names, then by the tables'. */
    metrics: Readonly<Record<string, Readonly<Record<string, Measurement>>>>;
  };
  /** How well a model predicts text that its base was pretrained on (measurement only). */
  perplexity: {
    hyper: Record<string, never>;
    params: { base: ParamSet } & Tuned;
    data: { text: TokenTable };
    output: Record<string, never>;
    /** Mean negative log-likelihood of a token (nats), and exp of it. */
    metrics: { textLoss: Figure; perplexity: Figure };
  };
  /** Step 2.3: train both reward models on preference pairs. Tables hold chosen and rejected in turn. */
  reward: {
    hyper: Omit<WithoutRounds<Reward>, 'model' | 'hidden'>;
    params: RewardParams;
    data: PerObjective<{ train: TokenTable; validation: TokenTable }>;
    output: { rewardModels: PerObjective<ParamSet> };
    /**
     * `loss` is the Bradley–Terry loss as a mean over the steps; all else tells how the trained model ranks
     * validation pairs, with `validationLoss` for the loss.
     */
    metrics: PerObjective<Ranking & { validationLoss: Figure }>;
  };
  /** The two reward models as received, on test pairs (measurement only). */
  rewardTest: {
    hyper: Record<string, never>;
    params: RewardParams;
    data: PerObjective<TokenTable>;
    output: Record<string, never>;
    metrics: PerObjective<Ranking>;
  };
  /**
   * Step 3.1: start critics from the frozen reward models; standardise scores on samples of the reference
   * policy, and warm the critics up on them.
   */
  freeze: {
    hyper: FreezeHyper;
    params: RewardParams & Tuned;
    data: { prompts: TokenTable; sensitivePrompts: TokenTable };
    output: { critics: PerObjective<ParamSet>; scale: PerObjective<RewardScale> };
    /** The scale again, as figures. */
    metrics: PerObjective<{ readonly mean: Figure; readonly std: Figure }>;
  };
  /** Steps 3.2 and 3.3: combine rewards and values, PPO on adapters and LoRA, update the critics. */
  align: {
    hyper: AlignHyper & KeepsOptimizers & InPhases;
    params: AlignParams & KeptMoments & TermState & PhaseStart;
    data: {
      prompts: TokenTable;
      sensitivePrompts: TokenTable;
      /** Own instructions that are not sensitive; read where `ptxCoefficient` is above 0. */
      instructions: TokenTable;
      /** Preference pairs as tokens of the policy, chosen and rejected in turn; read by "modpo" only. */
      pairs: PerObjective<TokenTable>;
    };
    output: Tuned & { critics: PerObjective<ParamSet> } & LeavesOptimizers & TermState;
    /** TRL's names where TRL has one (`alignMetrics`); PPO maximises `objective/rlhf_reward`. */
    metrics: Record<string, Figure>;
  };
  /**
   * The client's policy on held-out prompts: sampled responses, their scores and divergence (measurement
   * only).
   */
  score: {
    hyper: Pick<AlignHyper, 'maxNewTokens' | 'temperature' | 'klCoefficient' | 'missingEosPenalty' | 'scale'>;
    params: Omit<AlignParams, 'critics'>;
    data: { prompts: TokenTable };
    output: Record<string, never>;
    /** Means over prompts of the standardised scores, of the KL divergence (k1, k3) and of the length. */
    metrics: PerObjective<Figure> & { klK1: Figure; klK3: Figure; length: Figure; ended: Figure };
  };
  /** What the reward models say of given responses, as in `score` (measurement only). */
  rescore: {
    hyper: Pick<AlignHyper, 'missingEosPenalty' | 'scale'>;
    params: RewardParams;
    /** Prompts with responses; one that has reached its end has end-of-text as its last token. */
    data: { responses: TokenTable };
    output: Record<string, never>;
    metrics: Record<string, never>;
  };
}

/** What is tuned of the base model, by part. */
interface Tuned {
  tuned: TunedSets;
}

/** Of a method whose clients do not simply train everything at once. */
interface InPhases {
  phases?: readonly Phase[];
}

/** What the terms of a method remember of the client's earlier work, by part. */
interface TermState {
  state?: TunedSets;
}

/** What is tuned as the order's work began with it, where a phase goes on from another; absent: `tuned`. */
interface PhaseStart {
  start?: TunedSets;
}

/** Of optimizers that go on from task to task; without it all start anew and nothing is left. */
interface KeepsOptimizers {
  optimizers?: KeptOptimizers;
}

interface KeptMoments {
  moments?: Memory['sets'];
}

interface LeavesOptimizers {
  optimizers?: Memory;
}

/** What a stage's settings have besides those of its rounds. */
type WithoutRounds<Stage> = Omit<Stage, keyof ReturnType<typeof rounds>>;

/** What Step 3.1 needs of a scenario's `alignment`: to sample `prompts` responses, and to warm critics up on them. */
export type FreezeHyper = { readonly prompts: number } & Pick<
  Alignment,
  | 'sensitiveShare'
  | 'maxNewTokens'
  | 'temperature'
  | 'criticWarmupSteps'
  | 'minibatchSize'
  | 'criticLearningRate'
  | 'maxGradientNorm'
  | 'missingEosPenalty'
  | 'klCoefficient'
  | 'discount'
  | 'whitenRewards'
>;

/** Every number of a scenario's `alignment` that a client's round needs, and what is the client's own. */
export type AlignHyper = Omit<
  WithoutRounds<Alignment>,
  'collapse' | 'criticWarmupSteps' | 'optimizerState'
> & {
  readonly weights: Weights;
  readonly scale: PerObjective<RewardScale>;
};

/** The reward models and what they read. */
export interface RewardParams {
  base: ParamSet;
  /** Frozen: of a pre-trained network whose head alone is trained, and of no other reward model. */
  backbone?: ParamSet;
  rewardModels: PerObjective<ParamSet>;
}

export interface AlignParams extends RewardParams, Tuned {
  /** What is tuned of the policy as it was before alignment. */
  reference: TunedSets;
  critics: PerObjective<ParamSet>;
}

export type TaskKind = keyof Tasks;

export interface TaskRequest<K extends TaskKind = TaskKind> {
  readonly kind: K;
  /** SHA-256 of everything below, with sets and tables by their hashes. */
  readonly key: string;
  /** Keys every random draw of the task, with the draw's own purpose. */
  readonly seed: string;
  readonly model: ModelShape;
  readonly hyper: Tasks[K]['hyper'];
  readonly params: Tasks[K]['params'];
  readonly data: Tasks[K]['data'];
}

export interface TaskResult<K extends TaskKind = TaskKind> {
  readonly output: Tasks[K]['output'];
  /** Null is what there was nothing to measure on; a number that is not finite ends the run. */
  readonly metrics: Tasks[K]['metrics'];
  /** Sampled response tokens by prompt row (`score` only), without end-of-text. */
  readonly responses?: readonly Int32Array[];
  /** Which of them reached their end (`score` only). */
  readonly ended?: readonly boolean[];
  /** Standardised scores by row (`score`, `rescore`). */
  readonly scores?: PerObjective<Float64Array>;
}

/** One kind of task; one file each in this folder. */
export type TaskFunction<K extends TaskKind> = (request: TaskRequest<K>) => Promise<TaskResult<K>>;
