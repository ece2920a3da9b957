import type { Progress } from '../records/progress.js';
import type { Scenario } from '../scenario/schema.js';

export interface RunOptions {
  readonly scenario: Scenario;
  /** Folder of the scenario file: paths in the scenario are relative to it. */
  readonly folder: string;
  /** Where the records go. */
  readonly outFolder: string;
  /** Worker threads. The result does not depend on their number. */
  readonly workers: number;
  readonly backend: 'auto' | 'native' | 'wasm';
  /**
   * Write some held-out prompts with the responses to them into records and report, real data too (default:
   * synthetic data only). It changes nothing else.
   */
  readonly showSamples?: boolean;
  /** Aborting ends the run as "interrupted"; what was recorded until then is kept. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}
