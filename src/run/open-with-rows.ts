import { WrittenRows } from '../records/written-rows.js';
import { openRun, type OpenRun } from './open-run.js';

/** An open run whose rows all stay in memory. */
export interface OpenRunWithRows extends OpenRun {
  readonly written: WrittenRows;
}

/** Opens a run for those who look at single rows of it: studies, the soak and tests. */
export async function openRunWithRows(
  ...[options, mishaps]: Parameters<typeof openRun>
): Promise<OpenRunWithRows> {
  const written = new WrittenRows();
  const observers = [...(options.observers ?? []), written];
  return { ...(await openRun({ ...options, observers }, mishaps)), written };
}
