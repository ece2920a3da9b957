import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { dirname, sep } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { BackendWasm, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { messageOf, UserError } from '../../errors.js';
import { mendUtil, nativeSettings, prepareNative } from './native.js';
import { speedUpWasm } from './wasm-matmul.js';
import { refuseExhaustedMemory } from './wasm-memory.js';

export type BackendChoice = 'auto' | 'native' | 'wasm';

/**
 * What decides whether two runs can agree bit for bit (decision D8); `why` is for people and decides nothing.
 * `version` is TensorFlow.js's and, on `native`, that of the library: "4.22.0+tensorflow-2.20.0".
 * `cpuFeatures` ends on `native` with the library's settings: "onednn:0", "threads:1".
 */
export interface Fingerprint {
  /** "python" where PyTorch computes base models, "mixed" where workers may be of any kind, "none" where `learning` is "stub". */
  readonly name: 'native' | 'wasm' | 'python' | 'mixed' | 'none';
  readonly version: string;
  readonly cpuFeatures: readonly string[];
  readonly nodeMajor: number;
  readonly why: string;
}

let selected: Fingerprint | null = null;

/**
 * Makes one TensorFlow.js backend the one of this thread: the native library where it loads, else WebAssembly
 * on one thread. Later calls answer with the first one's choice.
 *
 * @throws UserError where `native` is asked for and does not load, or where another backend was chosen
 * before.
 */
export async function selectBackend(choice: BackendChoice): Promise<Fingerprint> {
  if (selected !== null) return confirmed(selected, choice);
  if (choice === 'wasm') return (selected = await startWasm('asked for'));
  const failure = await startNative();
  if (failure === null) {
    return (selected = native(choice === 'native' ? 'asked for' : 'its library loads'));
  }
  if (choice === 'native') {
    throw new UserError(
      `--backend: is "native", but @tensorflow/tfjs-node does not load (${failure}); ` +
        'pwff native builds it; or use "wasm"',
    );
  }
  return (selected = await startWasm(`@tensorflow/tfjs-node does not load (${failure})`));
}

/**
 * The values of a float32 tensor, row-major, to be read at once: on the WebAssembly backend this is its
 * memory itself, which any later operation may move or reuse.
 */
export function valuesOf(tensor: tf.Tensor): Float32Array {
  const backend = tf.backend();
  if (backend instanceof BackendWasm) return backend.typedArrayFromHeap(tensor) as Float32Array;
  return tensor.dataSync<'float32'>();
}

/**
 * Plain data that `work` computes with tensors, all of which are freed. `tf.tidy` itself would search the
 * answer for tensors, number by number.
 */
export function computed<T>(work: () => T): T {
  let answer!: T;
  tf.tidy(() => {
    answer = work();
  });
  return answer;
}

function confirmed(fingerprint: Fingerprint, choice: BackendChoice): Fingerprint {
  if (choice === 'auto' || choice === fingerprint.name) return fingerprint;
  throw new UserError(`--backend: is "${choice}", but this process already uses "${fingerprint.name}"`);
}

/** Null, or in one line why the native library does not load. */
async function startNative(): Promise<string | null> {
  const packageName = '@tensorflow/tfjs-node';
  prepareNative();
  mendUtil();
  try {
    await import(packageName);
    return (await tf.setBackend('tensorflow')) ? null : 'its backend does not start';
  } catch (thrown) {
    const code = (thrown as { code?: unknown }).code;
    if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') return 'not installed';
    return messageOf(thrown)
      .split('\n', 1)[0]!
      .replace(/[.\s]+$/, '');
  }
}

function native(why: string): Fingerprint {
  const version = `${tf.version_core}+tensorflow-${tensorflowVersion()}`;
  const cpuFeatures = [process.arch, ...instructionSets(), ...nativeSettings()];
  return { name: 'native', version, cpuFeatures, nodeMajor: nodeMajor(), why };
}

async function startWasm(why: string): Promise<Fingerprint> {
  const main = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(dirname(main) + sep);
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  if (!(await tf.setBackend('wasm')))
    throw new Error('the WebAssembly backend of TensorFlow.js does not start');
  refuseExhaustedMemory(tf.backend() as BackendWasm);
  speedUpWasm();
  const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
  const cpuFeatures = [process.arch, simd ? 'wasm-simd' : 'wasm-scalar'];
  return { name: 'wasm', version: tf.version_core, cpuFeatures, nodeMajor: nodeMajor(), why };
}

/** The version of the TensorFlow library itself, which its binding tells. */
function tensorflowVersion(): string {
  const { binding } = tf.backend() as Partial<{ binding: { readonly TF_Version?: unknown } }>;
  if (typeof binding?.TF_Version !== 'string') {
    throw new Error('the binding of @tensorflow/tfjs-node does not tell the version of TensorFlow');
  }
  return binding.TF_Version;
}

/**
 * The vector instructions that native kernels choose between; the processor's name where the system lists
 * none.
 */
export function instructionSets(): readonly string[] {
  try {
    const flags = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? '';
    const found = flags.split(/\s+/).filter((flag) => /^(sse4|avx|fma|amx)/.test(flag));
    if (found.length > 0) return found.sort();
  } catch {
    // Not Linux.
  }
  return [cpus()[0]?.model ?? 'unknown'];
}

function nodeMajor(): number {
  return Number(process.versions.node.split('.', 1)[0]);
}
