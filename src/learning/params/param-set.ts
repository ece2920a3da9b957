import { createHash } from 'node:crypto';

/** What a set of parameters is for; it decides who may hold it and whether it may travel. */
export type ParamKind = 'base' | 'adapters' | 'lora' | 'reward' | 'critic' | 'moments' | 'change';

/** One named tensor of a set; `shape` in elements, row-major. */
export interface TensorSpec {
  readonly name: string;
  readonly shape: readonly number[];
}

/**
 * Named float32 tensors, concatenated in the order of `tensors`. The values stand in a SharedArrayBuffer, so
 * that handing a set to a worker copies nothing. A set is never written to after it was made.
 */
export interface ParamSet {
  readonly kind: ParamKind;
  readonly tensors: readonly TensorSpec[];
  readonly values: Float32Array;
  /** The content's hash where it travels along, so that a worker need not read all of a large set for it. */
  readonly hash?: string;
}

/** The handle that machines and messages carry instead of tensors (decision D4). */
export interface ParamRef {
  /** SHA-256 over kind, names, shapes and bytes, hexadecimal. */
  readonly hash: string;
  readonly kind: ParamKind;
  readonly tensors: readonly string[];
  readonly parameters: number;
  readonly bytes: number;
  /** Bits on the air, where it is what a codec made of a set. */
  readonly encodedBits?: number;
  /**
   * Bits on the air for a recipient that holds the set of this hash, where changes travel and are fewer: the newest
   * first. Of a set that is some versions older they are those of all changes since.
   */
  readonly reachedFrom?: readonly Reached[];
}

export interface Reached {
  readonly hash: string;
  readonly bits: number;
}

/** Number of elements of a shape; 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** Parameters of all these tensors together. */
export function parametersIn(tensors: readonly TensorSpec[]): number {
  return tensors.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** The tensors of a layer, `<name>.weight` and `<name>.bias`, which is as long as the last extent. */
export function weightAndBias(name: string, ...shape: readonly number[]): TensorSpec[] {
  return [
    { name: `${name}.weight`, shape },
    { name: `${name}.bias`, shape: shape.slice(-1) },
  ];
}

/**
 * A zeroed float32 array over shared memory. It begins 48 bytes into its buffer: before a large block
 * allocators put 16 bytes of their own, and memory that is then aligned to 64 the native library shares
 * instead of copying it.
 */
export function sharedFloats(length: number): Float32Array {
  return new Float32Array(new SharedArrayBuffer(length * 4 + lead), lead, length);
}

const lead = 48;

/** Joins named arrays into one set; every array must have the length its shape says. */
export function paramSet(
  kind: ParamKind,
  tensors: readonly (TensorSpec & { readonly values: ArrayLike<number> })[],
): ParamSet {
  const values = sharedFloats(parametersIn(tensors));
  let offset = 0;
  for (const tensor of tensors) {
    if (tensor.values.length !== sizeOf(tensor.shape)) {
      throw new RangeError(
        `tensor ${tensor.name}: has ${tensor.values.length} values, its shape [${tensor.shape.join(', ')}] ` +
          `takes ${sizeOf(tensor.shape)}`,
      );
    }
    values.set(tensor.values, offset);
    offset += tensor.values.length;
  }
  return { kind, tensors: tensors.map(({ name, shape }) => ({ name, shape })), values };
}

/** The tensors of a set one by one, each as a view on the set's memory. */
export function* tensorsOf(set: ParamSet): Generator<TensorSpec & { readonly values: Float32Array }> {
  let offset = 0;
  for (const { name, shape } of set.tensors) {
    const length = sizeOf(shape);
    yield { name, shape, values: set.values.subarray(offset, offset + length) };
    offset += length;
  }
}

/** A new set, its tensors drawn one after the other by what `drawOf` gives for each; null leaves one at 0. */
export function drawnSet(
  kind: ParamKind,
  tensors: readonly TensorSpec[],
  drawOf: (tensor: TensorSpec) => (() => number) | null,
): ParamSet {
  const set = { kind, tensors, values: sharedFloats(parametersIn(tensors)) };
  for (const tensor of tensorsOf(set)) {
    const draw = drawOf(tensor);
    if (draw) for (let i = 0; i < tensor.values.length; i++) tensor.values[i] = draw();
  }
  return set;
}

const hashes = new WeakMap<ParamSet, string>();

/**
 * The handle of a set; equal content gives an equal handle. To be asked for once nobody writes to the set.
 */
export function refOf(set: ParamSet): ParamRef {
  const hash = set.hash ?? hashes.get(set) ?? contentHash(set);
  hashes.set(set, hash);
  return {
    hash,
    kind: set.kind,
    tensors: set.tensors.map(({ name }) => name),
    parameters: set.values.length,
    bytes: set.values.byteLength,
  };
}

/** Bytes; Node hashes at most 2 GiB in one call. */
const hashedAtOnce = 2 ** 30;

/** What a set's hash is of, before its values: its kind, and its tensors' names and shapes. */
export function headOf({ kind, tensors }: ParamSet): string {
  return JSON.stringify([kind, tensors.map(({ name, shape }) => [name, shape])]);
}

function contentHash(set: ParamSet): string {
  const hash = createHash('sha256').update(headOf(set));
  const { buffer, byteOffset, byteLength } = set.values;
  for (let at = 0; at < byteLength; at += hashedAtOnce) {
    hash.update(new Uint8Array(buffer, byteOffset + at, Math.min(hashedAtOnce, byteLength - at)));
  }
  return hash.digest('hex');
}
