import { cpus } from 'node:os';
import { instructionSets } from '../src/learning/model/backend.js';

/** What figures were measured on; of a process that was measured, what it said of itself. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  /** What the processor has of vector instructions; a library may use fewer, see `limits`. */
  readonly instructions: string;
  readonly node: string;
  /** The limits that libraries were given, as environment variables. */
  readonly limits: Readonly<Record<string, string>>;
  /** What cases said of their libraries, by case. */
  readonly libraries: Readonly<Record<string, string>>;
}

/**
 * The most that libraries may use of the processor, by a name for `--instructions`: PyTorch's own kernels, MKL, and oneDNN, which
 * TensorFlow multiplies matrices by with its operations on or off.
 */
export const limitsOf: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  all: {},
  avx2: { ATEN_CPU_CAPABILITY: 'avx2', MKL_ENABLE_INSTRUCTIONS: 'AVX2', ONEDNN_MAX_CPU_ISA: 'AVX2' },
};

export function machineOf(limits: Machine['limits'], libraries: ReadonlyMap<string, string>): Machine {
  const all = cpus();
  return {
    processor: all[0]?.model ?? 'unknown',
    cores: all.length,
    instructions: instructionSets().join(' '),
    node: process.version,
    limits,
    libraries: Object.fromEntries(libraries),
  };
}

export function machineText({ processor, cores, instructions, node, limits, libraries }: Machine): string {
  const limited = Object.entries(limits).map(([name, value]) => `${name}=${value}`);
  return [
    `${processor}, ${cores} cores (${instructions}); Node ${node}`,
    ...(limited.length > 0 ? [`limited by ${limited.join(' ')}`] : []),
    ...Object.entries(libraries).map(([name, said]) => `${name}: ${said}`),
  ].join('\n');
}
