import { openExecutor } from '../run/executors.js';
import { loadBase } from './base.js';
import type { Computing, Plan } from './plan.js';

/**
 * Waits for what computes the runs of a study, before the first of them begins; resolves where `signal` is aborted
 * meanwhile. UserError where it is not to be had: each run would fail with that.
 */
export async function reachExecutor(
  { base, runs }: Plan,
  { executor, backend }: Computing,
  signal: AbortSignal,
  say: (note: string) => void,
): Promise<void> {
  if (executor === undefined || executor.name === 'pool') return;
  const { scenario } = await loadBase(base, { set: runs[0]!.set, option: 'study' });
  if (scenario.learning === 'stub') return;
  const settings = { workers: 1, backend, fleet: scenario.limits.fleet, say, signal };
  const opened = await openExecutor(executor, settings);
  try {
    await opened.fingerprint();
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await opened.close();
  }
}

/** Passes on what is not what was passed on last. */
export function withoutEchoes(onNote: (note: string) => void): (note: string) => void {
  let last = '';
  return (note) => {
    if (note !== last) onNote(note);
    last = note;
  };
}
