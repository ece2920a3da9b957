import { readFileSync } from 'node:fs';

/**
 * The functions of kernels/*.ts, compiled by `npm run build`. Addresses and counts are bytes and elements;
 * see there for shapes.
 */
export interface KernelModule {
  attention(...args: number[]): void;
  attentionGradient(...args: number[]): void;
  attentionScratch(longest: number, size: number): number;
  attendToCache(...args: number[]): void;
  layerNorm(...args: number[]): void;
  layerNormGradient(...args: number[]): void;
  gelu(x: number, y: number, gate: number, count: number): void;
  geluGradient(dy: number, x: number, gate: number, dx: number, count: number): void;
  exactGelu(x: number, y: number, gate: number, count: number): void;
  exactGeluGradient(dy: number, x: number, gate: number, dx: number, count: number): void;
  reluGradient(dy: number, y: number, dx: number, count: number): void;
  packedProduct(...args: number[]): void;
  packedScratch(m: number, n: number, k: number): number;
  product(...args: number[]): void;
  gatherRows(table: number, ids: number, to: number, count: number, width: number): void;
  addToRows(rows: number, ids: number, table: number, count: number, width: number): void;
  columnSums(x: number, sums: number, rows: number, width: number): void;
  logSoftmaxAt(...args: number[]): void;
  logSoftmaxAtGradient(...args: number[]): void;
}

/** The compiled kernels over a memory that the caller owns; they keep nothing of their own in it. */
export function kernelModule(memory: WebAssembly.Memory): KernelModule {
  const file = new URL('../../../../kernels.wasm', import.meta.url);
  const compiled = new WebAssembly.Module(readFileSync(file));
  const instance = new WebAssembly.Instance(compiled, {
    env: { memory },
    memory: { logarithm: Math.log },
  });
  return instance.exports as unknown as KernelModule;
}
