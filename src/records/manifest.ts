import type { Objective } from '../learning/objective.js';
import type { Purpose } from '../learning/clients/population.js';
import type { RowCounts } from '../learning/data/tokenize.js';
import type { TokenizerSource } from '../learning/data/tokenizer.js';
import type { Overlap } from '../learning/data/overlap.js';
import type { LoadReport } from '../learning/data/types.js';
import type { InspectionChoice } from './inspection-choice.js';
import type { ParamsChoice } from './params-choice.js';
import type { Seam } from '../strategies/strategies.js';
import type { Choice } from '../settings/choice.js';
import type { Scenario } from '../scenario/schema.js';
import type { Method } from '../strategies/methods/method.js';

/** manifest.json: what a run was made of, written before it starts; enough to make the same run again. */
export interface Manifest {
  /** Marks a folder as a run's, and says how to read it. */
  readonly format: 'pwff-run-1';
  /** Version of pwff. */
  readonly version: string;
  /** With every default, and after --set and --seed. */
  readonly scenario: Scenario;
  /** Absolute folder that paths in the scenario are relative to. Absent in older folders. */
  readonly folder?: string;
  /** The TypeScript file that defined it; absent where it is data. */
  readonly script?: string;
  /** SHA-256 of the text of the TypeScript file that defined it; absent where it is data. */
  readonly scriptHash?: string;
  readonly seed: number;
  readonly workers: number;
  /** Which actors inspection.jsonl tells of. Absent in older folders, which have no such file. */
  readonly inspection?: InspectionChoice;
  /** Whose parameters it leaves; absent in older folders, which have all. */
  readonly params?: ParamsChoice;
  readonly synthetic: boolean;
  readonly backend: {
    /** "native" or "wasm". */
    readonly name: string;
    /** Why this one. */
    readonly reason: string;
    /** What bit-identity is promised for: library versions, CPU features, Node major. */
    readonly fingerprint: Readonly<Record<string, string>>;
  };
  /** What was used of each seam. Absent in older folders. */
  readonly strategies?: Readonly<Partial<Record<Seam, UsedStrategy>>>;
  /** The method as the caller brought it along; absent where it is one of the table, and in older folders. */
  readonly method?: Method;
  /** Versions of Node and of the packages that a figure could depend on. */
  readonly versions: Readonly<Record<string, string>>;
  /** The run that this one goes on from; absent where it begins anew. */
  readonly from?: { readonly folder: string; readonly traceHash: string };
  /** The LoRA of PEFT's that it begins with, and the SHA-256 of the modules made of it; absent where it is drawn. */
  readonly fromPeft?: { readonly folder: string; readonly hash: string };
  /** SHA-256 of the base model's parameters. */
  readonly modelHash: string | null;
  /** SHA-256 of the backbone of the pre-trained network that reward models start from; null for features. */
  readonly rewardModelHash: string | null;
  /** What the language model's tokenizer was made of. Absent in older folders, as what follows is. */
  readonly tokenizer?: TokenizerSource;
  /** What loading found in the data files; empty for the embedded corpus. */
  readonly data: readonly LoadReport[];
  /** What became of the clients' rows as they were made tokens. */
  readonly reading?: readonly ReadRows[];
  /** How many held-out rows are in training after all, by use and training, over all clients. Absent in older folders. */
  readonly overlap?: readonly Overlap[];
  /**
   * Objectives that the method has no reward model of: figures of them are of measurement's judge
   * (docs/alignment.md). Absent in older folders, where every method trained both.
   */
  readonly judges?: readonly Objective[];
  /** The same and more in words: what somebody should know about the inputs of the run. */
  readonly notes?: readonly string[];
  readonly clients: readonly ClientManifest[];
}

export interface UsedStrategy {
  readonly name: string;
  /** A value that the caller brought along. */
  readonly own: boolean;
  /** SHA-256 of the source of its functions; absent where it is one of the tables. */
  readonly sourceHash?: string;
  /** Its own options, with their defaults; absent where it has none, and in older folders. */
  readonly options?: Readonly<Record<string, unknown>>;
}

/** All clients' rows of one purpose. */
export interface ReadRows extends RowCounts {
  readonly purpose: Purpose;
  /** Null for the embedded corpus, and for prompts, which come from several files. */
  readonly file: string | null;
  /** Most tokens of a row: the context of the model that reads it, for prompts less the response's room. */
  readonly maxTokens: number;
}

export interface ClientManifest {
  readonly id: string;
  readonly trainingRows: number;
  readonly gigaflopsPerSecond: number;
  /** The slowdown of its device, as the scenario names it. Absent in older folders. */
  readonly slowdown?: Choice;
  /** Its attack, as the scenario names it; null where it is honest. Absent in older folders. */
  readonly poisoned?: Choice | null;
  readonly weightHelpful: number;
  readonly weightHarmless: number;
  /** The way of answering that the synthetic corpus gives the client; null for real data. */
  readonly style: string | null;
}

export const manifestFormat = 'pwff-run-1' satisfies Manifest['format'];

/** The backend to choose for the same run again. */
export function backendOf({ backend: { name } }: Manifest): 'auto' | 'native' | 'wasm' {
  return name === 'native' || name === 'wasm' ? name : 'auto';
}
