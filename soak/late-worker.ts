import { setTimeout as sleep } from 'node:timers/promises';
import { workerData } from 'piscina';
import { stubExecutor } from '../src/learning/training/stub-executor.js';
import type { TaskKind, TaskRequest, TaskResult } from '../src/learning/training/task.js';
import { stream } from '../src/simulation/random/stream.js';

/** What a late worker is started with. */
export interface LateData {
  readonly delaySeed: number;
  /** Counts starts and tasks of all threads; the third task ends its thread, and another one starts late. */
  readonly counts: Int32Array;
}

const { delaySeed, counts } = workerData as LateData;
const start = Atomics.add(counts, 0, 1);
const longestMilliseconds = 10;

await sleep(longestMilliseconds * stream(delaySeed, 'late start', start).uniform());

/** A worker without learning whose tasks take random real time. */
export default async function late<K extends TaskKind>(request: TaskRequest<K>): Promise<TaskResult<K>> {
  if (Atomics.add(counts, 1, 1) === 2) process.exit(3);
  await sleep(longestMilliseconds * stream(delaySeed, 'late task', request.key).uniform());
  return stubExecutor().run(request);
}

export const fingerprint = () => stubExecutor().fingerprint();
