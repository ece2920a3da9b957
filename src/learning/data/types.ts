import type { PerObjective } from '../objective.js';

/** An instruction as in Alpaca: `input` is empty where the instruction says everything. */
export interface Prompt {
  readonly instruction: string;
  readonly input: string;
}

/**
 * What a row is about. `benign`: an instruction with one right answer. `sensitive`: one that may be complied
 * with or refused (the paper's Fig. 2). `fact`: knowledge that the base model lacks and only some clients are
 * taught.
 */
export type Topic = 'benign' | 'sensitive' | 'fact';

/** One instruction with its answer. */
export interface Example extends Prompt {
  readonly output: string;
  readonly topic: Topic;
  /** The class that the Dirichlet partition is drawn over, for example "reverse" or, in real data, a verb. */
  readonly family: string;
  /**
   * Characters [start, end) of `output` that carry the answer itself and not a client's style; absent: all of
   * it.
   */
  readonly content?: readonly [start: number, end: number];
}

/** One human (or simulated) judgement: `chosen` was preferred to `rejected` as an answer to the prompt. */
export interface PreferencePair extends Prompt {
  readonly chosen: string;
  readonly rejected: string;
  readonly topic: Topic;
  readonly family: string;
}

export interface Split<T> {
  readonly train: readonly T[];
  readonly test: readonly T[];
}

/** Rows to train on, rows that a stage's convergence is decided by, and rows of published figures alone. */
export interface ThreeWaySplit<T> extends Split<T> {
  readonly validation: readonly T[];
}

/** All that one client holds, and what it is measured on. */
export interface ClientData {
  readonly id: string;
  /** The client's way of answering (embedded corpus only), for display. */
  readonly style?: string;
  readonly train: readonly Example[];
  /** Own held-out rows that the client reports its validation loss on (Step 1.5's criterion). */
  readonly validation: readonly Example[];
  /** Own held-out rows for the reported accuracy. */
  readonly test: readonly Example[];
  /**
   * What only other clients were taught, answered in this client's own style. Empty where nothing is split.
   */
  readonly shared: readonly Example[];
  /** Of each objective; `validation` is what Step 2.5 decides by, `test` what is published. */
  readonly pairs: PerObjective<ThreeWaySplit<PreferencePair>>;
  /** Prompts of Step 3: `train` to sample responses from, `test` to be measured on. */
  readonly prompts: Split<Example>;
}

/** What loading found in a file. */
export interface LoadReport {
  readonly file: string;
  readonly rows: number;
  readonly used: number;
  /** How many rows were left out, by reason. */
  readonly leftOut: Readonly<Record<string, number>>;
  /** Inputs that only say that there is none ("No input", "N/A"), read as empty. */
  readonly emptyInputs: number;
}

export interface FederatedData {
  readonly synthetic: boolean;
  readonly clients: readonly ClientData[];
  /** Of those who take no part; their preference pairs and prompts are empty. */
  readonly newcomers: readonly ClientData[];
  /** Test rows of nobody: in no client's style, of every class alike. Empty where data comes from files. */
  readonly common: readonly Example[];
  readonly reports: readonly LoadReport[];
}
