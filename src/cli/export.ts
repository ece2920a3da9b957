import { isSystemError, UserError } from '../errors.js';
import { activityRows } from '../records/activity/lanes.js';
import { traceEvents } from '../records/export/trace-events.js';
import { readRun, type RunRecords } from '../records/read.js';
import { writeWhole } from '../records/write-whole.js';
import type { ExportModelOptions } from './export-model.js';
import type { Services } from './services.js';
import { writeTensorboard } from './tensorboard.js';
import { line, type Terminal } from './terminal.js';

export interface ExportCommandOptions extends ExportModelOptions {
  /** A file for Perfetto, Chrome and speedscope. */
  readonly traceEvents?: string;
  /** A folder for TensorBoard. */
  readonly tensorboard?: string;
}

/** `pwff export`: a run for other people's viewers, and its models for other people's libraries. */
export async function exportCommand(
  folder: string,
  options: ExportCommandOptions,
  services: Services,
  terminal: Terminal,
): Promise<void> {
  const { traceEvents: file, tensorboard, peft, merged, adapters } = options;
  const asksForModel = [peft, merged, adapters].some((each) => each !== undefined);
  if (!asksForModel && (options.client !== undefined || options.model !== undefined)) {
    throw new UserError(
      'pwff export: --client and --model choose a model, expected --peft, --merged or --adapters as well',
    );
  }
  if (!asksForModel && file === undefined && tensorboard === undefined) {
    throw new UserError(
      'pwff export: is given nothing to write, expected --trace-events, --tensorboard, --peft, --merged or --adapters',
    );
  }
  if (asksForModel) await (await import('./export-model.js')).exportModel(folder, options, terminal);
  if (file === undefined && tensorboard === undefined) return;
  await exportRecords(folder, { file, tensorboard }, services, terminal);
}

async function exportRecords(
  folder: string,
  { file, tensorboard }: { readonly file: string | undefined; readonly tensorboard: string | undefined },
  services: Services,
  { out }: Terminal,
): Promise<void> {
  const run = await readRun(folder);
  if (file !== undefined) {
    writeTraceEvents(file, run);
    line(out, `Trace events: ${file}`);
  }
  if (tensorboard !== undefined) {
    await writeTensorboard(tensorboard, run.metrics, services);
    line(out, `TensorBoard: ${tensorboard}`);
  }
}

/** UserError where the file cannot be written. */
export function writeTraceEvents(file: string, run: RunRecords): void {
  const { scenario, seed } = run.summary;
  try {
    writeWhole(file, `${JSON.stringify(traceEvents(activityRows(run), { scenario, seed }))}\n`);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new UserError(`--trace-events: ${file} cannot be written (${error.message})`);
  }
}
