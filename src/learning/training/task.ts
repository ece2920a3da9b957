import type { Alignment } from './algorithms/settings.js';
import type { TokenTable } from '../data/token-table.js';
import type { AdapterConfig, LoraConfig, ModelConfig } from '../model/config.js';
import type { DistilBertConfig } from '../model/distilbert-config.js';
import type { ParamSet } from '../params/param-set.js';

/**
 * What each kind of task takes and gives (decision D5). A task is a pure function of its request: equal
 * requests give equal results on an equal backend. Parameter slots marked `| null` are empty where a method
 * has no such part.
 */
export interface Tasks {
  /** Step 1.3: tune adapters and LoRA on local instructions. */
  instruct: {
    hyper: {
      localSteps: number;
      batchSize: number;
      learningRate: number;
      loraLearningRateScale: number;
      maxGradientNorm: number;
    };
    params: { base: ParamSet; adapters: ParamSet | null; lora: ParamSet | null };
    data: { train: TokenTable; validation: TokenTable };
    output: { adapters: ParamSet | null; lora: ParamSet | null };
    /**
     * Mean negative log-likelihood of a response token (nats): while training, and after it on validation
     * rows.
     */
    metrics: { loss: number; validationLoss: number };
  };
  /** Teacher-forced next-token accuracy on the response, on own rows and on what only others were taught. */
  evaluate: {
    hyper: Record<string, never>;
    params: { base: ParamSet; adapters: ParamSet | null; lora: ParamSet | null };
    data: { test: TokenTable; shared: TokenTable };
    output: Record<string, never>;
    /**
     * `accuracy`: all response tokens of `test`; `sharedAccuracy`: content tokens of `shared`, NaN if it is
     * empty.
     */
    metrics: { loss: number; accuracy: number; sharedAccuracy: number };
  };
  /** Step 2.3: train both reward models on preference pairs. Tables hold chosen and rejected in turn. */
  reward: {
    hyper: {
      localSteps: number;
      batchSize: number;
      learningRate: number;
      weightDecay: number;
      centerCoefficient: number;
    };
    params: RewardParams;
    data: {
      helpfulTrain: TokenTable;
      helpfulTest: TokenTable;
      harmlessTrain: TokenTable;
      harmlessTest: TokenTable;
    };
    output: { helpful: ParamSet; harmless: ParamSet };
    /**
     * Bradley–Terry losses, and on held-out pairs the accuracy before (as received) and after local training.
     */
    metrics: {
      helpfulLoss: number;
      harmlessLoss: number;
      helpfulTestLoss: number;
      harmlessTestLoss: number;
    } & RankingMetrics;
  };
  /** The two reward models as received, on held-out pairs (measurement only). */
  rewardTest: {
    hyper: Record<string, never>;
    params: RewardParams;
    data: { helpfulTest: TokenTable; harmlessTest: TokenTable };
    output: Record<string, never>;
    metrics: { helpfulLoss: number; harmlessLoss: number } & RankingMetrics;
  };
  /**
   * Step 3.1: start critics from the frozen reward models; standardise scores on samples of the reference
   * policy.
   */
  freeze: {
    hyper: { prompts: number; sensitiveShare: number; maxNewTokens: number; temperature: number };
    params: RewardParams & { adapters: ParamSet | null; lora: ParamSet | null };
    data: { prompts: TokenTable; sensitivePrompts: TokenTable };
    output: { helpfulCritic: ParamSet; harmlessCritic: ParamSet };
    metrics: RewardScale;
  };
  /** Steps 3.2 and 3.3: combine rewards and values, PPO on adapters and LoRA, update the critics. */
  align: {
    hyper: AlignHyper;
    params: AlignParams;
    data: {
      prompts: TokenTable;
      sensitivePrompts: TokenTable;
      /** Own instructions that are not sensitive; read where `ptxCoefficient` is above 0. */
      instructions: TokenTable;
      /** Preference pairs as tokens of the policy, chosen and rejected in turn; read by "modpo" only. */
      helpfulPairs: TokenTable;
      harmlessPairs: TokenTable;
    };
    output: {
      adapters: ParamSet | null;
      lora: ParamSet | null;
      helpfulCritic: ParamSet;
      harmlessCritic: ParamSet;
    };
    /** TRL's names where TRL has one (`alignMetrics`); PPO maximises `objective/rlhf_reward`. */
    metrics: Record<string, number>;
  };
  /**
   * The client's policy on held-out prompts: sampled responses, their scores and divergence (measurement
   * only).
   */
  score: {
    hyper: {
      maxNewTokens: number;
      temperature: number;
      klCoefficient: number;
      missingEosPenalty: number;
      scale: RewardScale;
    };
    params: Omit<AlignParams, 'helpfulCritic' | 'harmlessCritic'>;
    data: { prompts: TokenTable };
    output: Record<string, never>;
    /** Means over prompts of the standardised scores, of the KL divergence (k1, k3) and of the length. */
    metrics: { helpful: number; harmless: number; klK1: number; klK3: number; length: number; ended: number };
  };
}

/** Mean and standard deviation of raw scores on samples of the reference policy. */
// A type and not an interface, so that it is a record of numbers as well.
export type RewardScale = {
  helpfulMean: number;
  helpfulStd: number;
  harmlessMean: number;
  harmlessStd: number;
};

/** Every number of a scenario's `alignment` that a client's round needs, and what is the client's own. */
export type AlignHyper = Omit<Alignment, 'maxRounds' | 'deadlineSeconds' | 'convergence' | 'collapse'> & {
  readonly weightHelpful: number;
  readonly weightHarmless: number;
  readonly scale: RewardScale;
};

/** How both reward models rank held-out pairs; what each figure is: `Ranking` in ranking.ts. */
export type RankingMetrics = {
  helpfulAccuracy: number;
  harmlessAccuracy: number;
  helpfulCalibrationError: number;
  harmlessCalibrationError: number;
  helpfulBrierScore: number;
  harmlessBrierScore: number;
  helpfulMeanScore: number;
  harmlessMeanScore: number;
  helpfulScoreStd: number;
  harmlessScoreStd: number;
};

/** The reward models and what they read. */
export interface RewardParams {
  base: ParamSet;
  /** Frozen: of a pre-trained network whose head alone is trained, and of no other reward model. */
  backbone?: ParamSet;
  helpful: ParamSet;
  harmless: ParamSet;
}

export interface AlignParams extends RewardParams {
  adapters: ParamSet | null;
  lora: ParamSet | null;
  referenceAdapters: ParamSet | null;
  referenceLora: ParamSet | null;
  helpfulCritic: ParamSet;
  harmlessCritic: ParamSet;
}

export type TaskKind = keyof Tasks;

/**
 * How the model is built around its parameters; the modules a client has follow from its LoRA set's names.
 */
export interface ModelShape {
  readonly config: ModelConfig;
  readonly adapters: AdapterConfig;
  readonly lora: LoraConfig;
  /** The pre-trained network that reward models are; absent where they are small ones on features. */
  readonly reward?: RewardShape;
}

export type RewardShape = DistilBertShape | GptRewardShape;

/** A causal GPT-2 with the language model's own tokens. */
export interface GptRewardShape {
  readonly kind: 'gpt2';
  readonly config: ModelConfig;
}

/** A DistilBERT that judges what a language model of another vocabulary wrote. */
export interface DistilBertShape {
  readonly kind: 'distilbert';
  readonly config: DistilBertConfig;
  /** Width of the critics' network (Step 3.1), which a DistilBERT cannot start. */
  readonly criticHidden: number;
  /** What turns tokens of the language model into text, and text into tokens of the DistilBERT. */
  readonly languageTokenizer: TokenizerFiles;
  readonly rewardTokenizer: TokenizerFiles;
}

/** A tokenizer as a worker opens it, once, by itself. */
export interface TokenizerFiles {
  /** Null: that of the embedded model. */
  readonly folder: string | null;
  /** SHA-256 of its files, so that a request says what its result depends on; a worker checks it. */
  readonly hash: string;
}

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
  readonly metrics: Tasks[K]['metrics'];
  /** Sampled response tokens by prompt row (`score` only), without end-of-text. */
  readonly responses?: readonly Int32Array[];
}

/** One kind of task; one file each in this folder. */
export type TaskFunction<K extends TaskKind> = (request: TaskRequest<K>) => Promise<TaskResult<K>>;
