import { workerData as piscinaData } from 'piscina';
import { selectBackend, type Fingerprint } from '../model/backend.js';
import { runTask } from './run-task.js';
import type { TaskKind, TaskRequest, TaskResult } from './task.js';

/** What a worker thread is started with. */
export interface WorkerData {
  readonly backend: 'auto' | 'native' | 'wasm';
}

const selected = selectBackend((piscinaData as WorkerData).backend);

/** The entry point of a worker thread: one task in, its result out. */
export default async function work<K extends TaskKind>(request: TaskRequest<K>): Promise<TaskResult<K>> {
  await selected;
  return runTask(request);
}

export function fingerprint(): Promise<Fingerprint> {
  return selected;
}
