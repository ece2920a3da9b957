import type { Base } from './base.js';
import type { Computing } from './plan.js';

/** What a process is told to run. */
export interface RunOrder extends Computing {
  readonly base: Base;
  readonly set: readonly string[];
  readonly seed: number;
  /** What the scenario has to be, where no file has changed meanwhile. */
  readonly id: string;
  readonly outFolder: string;
  readonly workers: number;
}

export type ToChild = { readonly type: 'run'; readonly order: RunOrder } | { readonly type: 'stop' };

/** What became of it, and the real seconds that it took, without the start of its process; null: nobody knows. */
export type RunAnswer =
  | { readonly outcome: 'done'; readonly seconds: number }
  | { readonly outcome: 'failed'; readonly seconds: number | null; readonly message: string }
  | { readonly outcome: 'interrupted' };

export type FromChild =
  { readonly type: 'note'; readonly note: string } | { readonly type: 'answer'; readonly answer: RunAnswer };
