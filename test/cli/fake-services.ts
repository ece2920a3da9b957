import type { Services } from '../../src/cli/services.js';
import type { Progress } from '../../src/records/progress.js';
import { openRecords } from '../../src/records/records.js';
import type { Ended } from '../../src/records/rows.js';
import type { Summary } from '../../src/records/summary.js';
import type { RunOptions } from '../../src/run/options.js';
import type { RunResult } from '../../src/run/run.js';
import { madeUpRun } from '../records/report/made-up-run.js';

/** A progress in Step 1.3 of the given round, with the round before it closed. */
export function progress(round: number, clients = 2): Progress {
  return {
    stage: round > 1 ? 'instruction' : null,
    step: '1.3',
    round,
    closedRound: round > 1 ? round - 1 : null,
    virtualSeconds: 10 * round,
    closedVirtualSeconds: round > 1 ? 10 * round - 1 : null,
    wallSeconds: 5,
    clients: Array.from({ length: clients }, (_, index) => ({
      id: `client-${index + 1}`,
      doing: index === 0 ? 'tuning' : 'waiting',
    })),
    accuracy: 0.5 + round / 100,
    helpfulAccuracy: null,
    harmlessAccuracy: null,
    reward: null,
    measured: clients,
    reportedLoss: 2 / round,
    updates: round > 1 ? clients : null,
    cohort: round > 1 ? clients : null,
    closedBy: round > 1 ? 'answers' : null,
    delaySeconds: 1.5,
    messages: 4 * round,
    tasks: 2 * round,
  };
}

/** A summary of the given scenario that ended so. */
export function summaryOf({ scenario }: RunOptions, ended: Ended): Summary {
  return { ...madeUpRun(2).summary, scenario: scenario.name, seed: scenario.seed, ended };
}

/** A run that comes to its end with this summary. */
export function ending({ onSummary }: RunOptions, summary: Summary): Promise<RunResult> {
  onSummary?.(summary);
  return Promise.resolve({ ...summary, unwritten: [] });
}

/** Stands where the simulator does: tells three progresses, writes records and ends as it is told to. */
export function fakeServices(overrides: Partial<Services> = {}): Services {
  return {
    runScenario: (options) => {
      const records = openRecords(options.outFolder);
      const begun = { type: 'manifest', manifest: madeUpRun(2).manifest } as const;
      for (const observer of [records, ...(options.observers ?? [])]) observer.next(begun);
      for (const round of [1, 2, 2, 3]) options.onProgress?.(progress(round));
      const summary = summaryOf(options, madeUpRun(2).summary.ended);
      records.summary(summary);
      records.close();
      return ending(options, summary);
    },
    checkInputs: () => Promise.resolve([]),
    pretrainEmbedded: () => Promise.resolve(),
    installNative: () => Promise.reject(new Error('nothing is installed in tests')),
    selectBackend: () =>
      Promise.resolve({ name: 'wasm', version: '4.22.0', cpuFeatures: [], nodeMajor: 20, why: 'asked for' }),
    writeReport: (folder) => Promise.resolve(`${folder}/report.html`),
    ...overrides,
  };
}
