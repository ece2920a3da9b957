import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isSystemError, UserError } from '../errors.js';
import { groupedBy } from '../grouped.js';
import { scalars } from '../records/export/scalars.js';
import type { MetricRow } from '../records/rows.js';
import type { Services } from './services.js';

/** What of tfjs-node writes event files. */
interface SummaryWriters {
  readonly node: { summaryFileWriter(folder: string): SummaryWriter };
}
interface SummaryWriter {
  scalar(tag: string, value: number, step: number): void;
  flush(): void;
}

/**
 * Writes event files for TensorBoard, a folder for the server and one for each client. Only TensorFlow's own library
 * writes them; UserError where it does not load, and where the folder holds anything or cannot be written.
 */
export async function writeTensorboard(
  folder: string,
  metrics: readonly MetricRow[],
  services: Services,
): Promise<void> {
  const { name, why } = await services.selectBackend('auto');
  if (name !== 'native') {
    throw new UserError(`--tensorboard: ${why}, expected TensorFlow's own library; pwff native builds it`);
  }
  const actors = groupedBy(scalars(metrics), (figure) => figure.actor);
  makeFolders(folder, [...actors.keys()]);
  const packageName = '@tensorflow/tfjs-node';
  const { node } = (await import(packageName)) as SummaryWriters;
  for (const [actor, figures] of actors) {
    const writer = node.summaryFileWriter(join(folder, actor));
    for (const { tag, value, step } of figures) writer.scalar(tag, value, step);
    writer.flush();
  }
}

/** TensorBoard reads all event files of a folder as one run, so an earlier export would be mixed with this one. */
function makeFolders(folder: string, actors: readonly string[]): void {
  try {
    mkdirSync(folder, { recursive: true });
    if (readdirSync(folder).length > 0) {
      throw new UserError(
        `--tensorboard: ${folder} holds something already, expected a new or an empty folder`,
      );
    }
    for (const actor of actors) mkdirSync(join(folder, actor));
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new UserError(`--tensorboard: ${folder} cannot be written (${error.message})`);
  }
}
