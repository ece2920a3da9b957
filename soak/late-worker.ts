import { setTimeout as sleep } from 'node:timers/promises';
import { workerData } from 'piscina';
import { stubExecutor } from '../src/learning/training/stub-executor.js';
import type { TaskKind, TaskRequest, TaskResult } from '../src/learning/training/task.js';
import { stream } from '../src/simulation/random/stream.js';

/** What a late worker is started with. */
export interface LateData {
  readonly delaySeed: number;
  /** Starts and tasks of all threads of the pool so far. */
  readonly counts: Int32Array;
}

type Trouble = 'exits' | 'waits' | 'spins';

const { delaySeed, counts } = workerData as LateData;
const draw = stream(delaySeed, 'late worker');
/** Of half of the pools one start comes to nothing, which one is drawn. */
const failingStart = draw.below(8);
/** Under a task, by its number: its thread ends, or it never does, with its event loop free or held. */
const troubles: ReadonlyMap<number, Trouble> = new Map([
  [2, 'exits'],
  [5 + draw.below(40), draw.uniform() < 0.5 ? 'waits' : 'spins'],
]);
const longestMilliseconds = 10;

const start = Atomics.add(counts, 0, 1);
await sleep(longestMilliseconds * stream(delaySeed, 'late start', start).uniform());
if (start === failingStart) throw new Error('a start that was drawn to fail');

/** A worker without learning whose tasks take random real time. */
export default async function late<K extends TaskKind>(request: TaskRequest<K>): Promise<TaskResult<K>> {
  const trouble = troubles.get(Atomics.add(counts, 1, 1));
  if (trouble === 'exits') process.exit(3);
  if (trouble === 'waits') await new Promise(() => {});
  if (trouble === 'spins') for (;;);
  await sleep(longestMilliseconds * stream(delaySeed, 'late task', request.key).uniform());
  return stubExecutor().run(request);
}

export const fingerprint = () => stubExecutor().fingerprint();
