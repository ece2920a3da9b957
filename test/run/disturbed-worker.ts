import { workerData } from 'piscina';
import work, { fingerprint } from '../../src/learning/training/worker.js';
import type { WorkerData } from '../../src/learning/training/worker.js';
import type { TaskKind, TaskRequest, TaskResult } from '../../src/learning/training/task.js';
import { setsIn } from '../../src/learning/params/sets-in.js';
import { suffer, type Fate } from '../learning/training/dying-worker.js';

/** Which try of a kind suffers what, counted from 0 over all threads. "nan": it gives back a parameter that is NaN. */
export interface Disturbance {
  readonly kind: TaskKind;
  readonly nth: number;
  readonly fate: Fate | 'nan';
}

export interface DisturbedData extends WorkerData {
  readonly disturbances: readonly Disturbance[];
  readonly kinds: readonly TaskKind[];
  /** Tries of each of `kinds`, and of all others. */
  readonly tries: Int32Array;
}

const { disturbances, kinds, tries } = workerData as DisturbedData;

/** The worker of every run, but for the tries that suffer something. */
export default async function disturbed(request: TaskRequest): Promise<TaskResult> {
  const place = kinds.indexOf(request.kind);
  const nth = Atomics.add(tries, place < 0 ? kinds.length : place, 1);
  const fate = disturbances.find((each) => each.kind === request.kind && each.nth === nth)?.fate ?? 'result';
  if (fate !== 'nan') await suffer(fate, null);
  const result =
    typeof fate === 'object' && 'gives' in fate ? (fate.gives as TaskResult) : await work(request);
  if (fate === 'nan') setsIn(result.output)[0]!.values[0] = NaN;
  return result;
}

export { fingerprint };
