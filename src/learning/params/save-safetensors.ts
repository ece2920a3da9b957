import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import type { ParamSet } from './param-set.js';
import { safetensorsStart } from './safetensors.js';

/** Bytes that are written at once; the system takes at most 2 GB. */
const mostBytes = 1 << 28;

/**
 * Writes a set as a safetensors file without a copy of its values in memory. A reader finds the old file or the
 * whole new one.
 */
export function saveSafetensors(path: string, set: ParamSet): void {
  const fresh = `${path}.new`;
  try {
    const file = openSync(fresh, 'w');
    try {
      writeFully(file, safetensorsStart([set]));
      const { buffer, byteOffset, byteLength } = set.values;
      writeFully(file, new Uint8Array(buffer, byteOffset, byteLength));
    } finally {
      closeSync(file);
    }
    renameSync(fresh, path);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}

function writeFully(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) {
    done += writeSync(file, bytes, done, Math.min(mostBytes, bytes.length - done));
  }
}
