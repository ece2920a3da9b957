import { UserError } from '../../../errors.js';
import { PythonProcess } from './process.js';

/** The interpreter whose process computes base models in this thread; null: TensorFlow.js does. */
let interpreter: string | null = null;
let open: PythonProcess | null = null;

/** What a process says of itself. */
export interface PythonTraits {
  readonly torch: string;
  readonly transformers: string;
  /** "cpu" or "cuda". */
  readonly device: string;
  /** The GPU by its name, or the machine's architecture. */
  readonly deviceName: string;
  /** The vector instructions that PyTorch takes. */
  readonly capability: string;
  readonly threads: number;
  readonly pid: number;
}

/**
 * Has a Python process compute the base models of this thread's tasks from here on.
 *
 * @throws UserError where the interpreter lacks what it needs.
 */
export function usePython(python: string): PythonTraits {
  interpreter = python;
  const { json } = pythonProcess().ask('hello');
  const { absent } = json;
  if (typeof absent === 'string') {
    throw new UserError(
      `--executor: is "python", but ${python} cannot import what it needs (${absent}); ` +
        'pip install torch transformers there, or name another Python in PWFF_PYTHON',
    );
  }
  return json as unknown as PythonTraits;
}

/** Ends this thread's process, if any: TensorFlow.js computes base models again. */
export async function leavePython(): Promise<void> {
  await open?.close();
  [interpreter, open] = [null, null];
}

/** Whether base models are computed by Python in this thread. */
export function isPythonUsed(): boolean {
  return interpreter !== null;
}

/** The process of this thread: another one where the last has ended. */
export function pythonProcess(): PythonProcess {
  if (interpreter === null) throw new Error('a model of Python in a thread without one');
  if (!open?.isAlive) open = new PythonProcess(interpreter);
  return open;
}
