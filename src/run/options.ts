import type { Executor } from '../learning/training/executor.js';
import type { InspectionChoice } from '../records/inspection-choice.js';
import type { Progress } from '../records/progress.js';
import type { Summary } from '../records/summary.js';
import type { Inspect, RunObserver } from '../records/run-event.js';
import type { OwnStrategies } from '../strategies/strategies.js';
import type { Script } from '../scenario/script.js';
import type { Scenario } from '../scenario/schema.js';
import type { RunEstimate } from './estimate.js';

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
  /**
   * Which actors inspection.jsonl tells of: "all" (default), "thin" for all but the links, "none" for no such
   * file. It changes nothing else.
   */
  readonly inspection?: InspectionChoice;
  /**
   * Goes on with the run in `outFolder` that was killed, interrupted or failed: it runs again from its start, and
   * its journal answers what was computed already, so that its trace is that of a run never stopped. "must"
   * (UserError where that run is another one or over), or "may", which begins anew then. Absent: begins anew.
   */
  readonly resume?: 'must' | 'may';
  /**
   * Where finished tasks are kept: "run" (default), the folder of the run, which removes them at its end; "none";
   * or a folder that runs share, as a cache whose tasks answer those of later ones.
   */
  readonly journal?: 'run' | 'none' | { readonly folder: string };
  /** Aborting ends the run as "interrupted"; what was recorded until then is kept. */
  readonly signal?: AbortSignal;
  /** Hears the summary once, before it and what else a run leaves at its end is written. */
  readonly onSummary?: (summary: Summary) => void;
  /** Awaited before every event of the virtual clock, which is due then: a run that waits is the same run. */
  readonly before?: (dueSeconds: number) => Promise<void>;
  /** Hears what the run will take on this machine, before it begins; not asked for where `learning` is "stub". */
  readonly onEstimate?: (estimate: RunEstimate) => void;
  /** Hears how the run stands: after each closed round, and in between as often as somebody could see. */
  readonly onProgress?: (progress: Progress) => void;
  /** What the scenario names beside the strategies of the tables: what `loadScenario` was given. */
  readonly strategies?: OwnStrategies;
  /** What a scenario in TypeScript brings along: what `loadScenario` gave. */
  readonly script?: Script;
  /** Hear all that the run tells, in one order. A run with and without them has one trace hash. */
  readonly observers?: readonly RunObserver[];
  /**
   * Hears what XState tells of the run's actors, as its own inspectors do. Like an observer it only reads, and
   * what it throws ends the run as failed.
   */
  readonly inspect?: Inspect;
  /**
   * Runs the tasks in place of worker threads of the run's own: `workers` then only goes into the manifest and
   * `backend` is not read. It is not asked where the scenario's `learning` is "stub". Whoever made it closes it, so
   * that it can serve several runs. A function makes one for this run, which closes it.
   */
  readonly executor?: Executor | (() => Promise<Executor>);
}
