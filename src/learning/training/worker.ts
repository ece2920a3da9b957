import { workerData as piscinaData } from 'piscina';
import { UserError } from '../../errors.js';
import { selectBackend, type Fingerprint } from '../model/backend.js';
import { runTask } from './run-task.js';
import type { TaskKind, TaskRequest, TaskResult } from './task.js';

/** What a worker thread is started with. */
export interface WorkerData {
  readonly backend: 'auto' | 'native' | 'wasm';
}

/** What the first task meets; a backend that is not there must not end the thread before it can say so. */
const selected = selectBackend((piscinaData as WorkerData).backend);
selected.catch(() => {});

/** The entry point of a worker thread: one task in, its result out. */
export default async function work<K extends TaskKind>(request: TaskRequest<K>): Promise<TaskResult<K>> {
  await selected;
  return runTask(request);
}

/** The backend of this thread, or why the one that was asked for cannot be had: an error loses its class. */
export async function fingerprint(): Promise<Fingerprint | { readonly refused: string }> {
  try {
    return await selected;
  } catch (error) {
    if (error instanceof UserError) return { refused: error.message };
    throw error;
  }
}
