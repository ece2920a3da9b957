import { Option } from 'commander';
import { executorNames, executors, type ExecutorName, type ExecutorSettings } from '../run/executors.js';
import type { RunOptions } from '../run/options.js';
import { oneOf } from './option-values.js';

/** Where the tasks of a run are computed. */
export interface ExecutorOptions {
  /** Absent: what the scenario brings along, else "pool". */
  readonly executor?: ExecutorName;
}

export function executorOption(): Option {
  return new Option(
    '--executor <name>',
    'where tasks run: pool, threads of this process (default); python, with PyTorch (docs/python.md)',
  )
    .choices(executorNames)
    .argParser(oneOf('--executor', executorNames));
}

/** The executor that was asked for, for the run to open and to close. */
export function executorFor(
  { executor }: ExecutorOptions,
  settings: ExecutorSettings,
): Pick<RunOptions, 'executor'> {
  return executor === undefined ? {} : { executor: () => executors[executor](settings) };
}
