import { sizeOf, type TensorSpec } from '../../src/learning/params/param-set.js';
import { openSafetensors } from '../../src/learning/params/safetensors.js';

/** A tensor of a file, with its own copy of the values. */
export type NamedTensor = TensorSpec & { readonly values: Float32Array };

/**
 * All tensors of a safetensors file by name, in the order of their data.
 *
 * @throws UserError as {@link openSafetensors} and {@link SafetensorsFile.read}.
 */
export async function readSafetensors(file: string): Promise<ReadonlyMap<string, NamedTensor>> {
  const source = await openSafetensors(file);
  try {
    const tensors = new Map<string, NamedTensor>();
    for (const entry of source.entries.values()) {
      const values = new Float32Array(sizeOf(entry.shape));
      await source.read(entry, values);
      tensors.set(entry.name, { name: entry.name, shape: entry.shape, values });
    }
    return tensors;
  } finally {
    await source.close();
  }
}
