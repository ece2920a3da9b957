import { workerData as piscinaData } from 'piscina';
import { UserError } from '../../errors.js';
import { selectBackend, type Fingerprint } from '../model/backend.js';
import { usePython, type PythonTraits } from '../model/python/session.js';
import { poison } from './poison.js';
import { runTask } from './run-task.js';
import type { TaskKind, TaskRequest, TaskResult } from './task.js';

/** What a worker thread is started with. */
export interface WorkerData {
  readonly backend: 'auto' | 'native' | 'wasm';
  /** The interpreter whose process computes base models; absent: the backend does. */
  readonly python?: string;
}

/** What is wrong with the choice of the backend: an error's class does not survive the way between threads. */
export interface Refusal {
  readonly refused: string;
}

const { backend, python } = piscinaData as WorkerData;
const selected = selectBackend(backend).then((own) =>
  python === undefined ? own : withPython(own, usePython(python)),
);

/** Waited for from the start: a rejection that nobody waits for ends the thread. */
const answer: Promise<Fingerprint | Refusal> = selected.catch((error: unknown) => {
  if (error instanceof UserError) return { refused: error.message };
  throw error;
});

/** The entry point of a worker thread: one task in, its result out. */
export default async function work<K extends TaskKind>(request: TaskRequest<K>): Promise<TaskResult<K>> {
  await selected;
  poison();
  return runTask(request);
}

export function fingerprint(): Promise<Fingerprint | Refusal> {
  return answer;
}

/** Heads, losses and optimizers stay with TensorFlow.js, which the fingerprint therefore names as well. */
function withPython(
  own: Fingerprint,
  { torch, transformers, device, deviceName, capability, threads }: PythonTraits,
): Fingerprint {
  return {
    name: 'python',
    version: `torch-${torch}+transformers-${transformers}+tfjs-${own.version}`,
    cpuFeatures: [...own.cpuFeatures, `${device}:${deviceName}`, `torch:${capability}`, `threads:${threads}`],
    nodeMajor: own.nodeMajor,
    why: `PyTorch on ${device === 'cpu' ? 'the CPU' : deviceName}`,
  };
}
