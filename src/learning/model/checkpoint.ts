import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { messageOf, UserError } from '../../errors.js';
import { isJson, isThere, readJson, rejectKey, type Json } from '../json-file.js';
import { firstNonFinite } from '../params/finite.js';
import { parametersIn, sharedFloats, sizeOf } from '../params/param-set.js';
import type { ParamKind, ParamSet, TensorSpec } from '../params/param-set.js';
import { openSafetensors, type SafetensorsFile } from '../params/safetensors.js';
import type { TensorEntry } from '../params/safetensors-header.js';

/*
 * The weights of a model folder as Hugging Face writes them: `model.safetensors`, or several files ("shards")
 * and `model.safetensors.index.json`, whose /weight_map says which file has which tensor.
 */

/** A tensor and the open file that has it. */
export interface StoredTensor {
  readonly file: SafetensorsFile;
  readonly entry: TensorEntry;
}

/** The open weights of a folder, by names without the prefix of the architecture. */
export interface Checkpoint {
  /** The file to name where a tensor is missing. */
  readonly file: string;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/**
 * Opens the weights in `folder`, and closes them after `work`. `prefix` is left out of each tensor's name that
 * has it (as in "transformer.wte.weight"). `pythonClass` is the class of Python's transformers that can convert
 * the folder.
 *
 * @throws UserError where there are no weights in safetensors, a file is unsound, or a tensor is there twice.
 */
export async function withCheckpoint<T>(
  folder: string,
  prefix: string,
  pythonClass: string,
  work: (checkpoint: Checkpoint) => Promise<T>,
): Promise<T> {
  const { file, shards, weightMap } = await weightFiles(folder, pythonClass);
  const open: SafetensorsFile[] = [];
  try {
    for (const shard of shards) open.push(await openSafetensors(join(folder, shard)));
    const stored = open.flatMap((each) => [...each.entries.values()].map((entry) => ({ file: each, entry })));
    if (weightMap) checkWeightMap(file, weightMap, stored);
    return await work({ file, tensors: byName(stored, prefix) });
  } finally {
    for (const each of open) await each.close();
  }
}

interface WeightFiles {
  readonly file: string;
  readonly shards: readonly string[];
  /** File by tensor, where there are shards. */
  readonly weightMap: Json | null;
}

async function weightFiles(folder: string, pythonClass: string): Promise<WeightFiles> {
  const whole = join(folder, 'model.safetensors');
  if (await isThere(whole)) return { file: whole, shards: ['model.safetensors'], weightMap: null };
  const index = join(folder, 'model.safetensors.index.json');
  if (await isThere(index)) {
    const { weight_map: weightMap } = await readJson(index);
    if (!isJson(weightMap)) return rejectKey(index, 'weight_map', weightMap, 'an object of files');
    return { file: index, shards: [...new Set(Object.values(weightMap))].map(shardName(index)), weightMap };
  }
  const pickled = ['pytorch_model.bin', 'pytorch_model.bin.index.json'].map((name) => join(folder, name));
  if ((await isThere(pickled[0]!)) || (await isThere(pickled[1]!))) {
    throw new UserError(
      `${whole}: is missing, and pytorch_model.bin is for Python only; convert it: python -c "from ` +
        `transformers import ${pythonClass} as M; ` +
        `M.from_pretrained('${folder}').save_pretrained('${folder}')"`,
    );
  }
  throw new UserError(`${whole}: is missing, expected the model's weights in safetensors`);
}

/** A shard stands beside its index: a name with a path in it is refused. */
function shardName(index: string): (shard: unknown) => string {
  return (shard) =>
    typeof shard === 'string' && shard !== '' && basename(shard) === shard
      ? shard
      : rejectKey(index, 'weight_map', shard, 'names of files in the same folder');
}

function checkWeightMap(index: string, weightMap: Json, stored: readonly StoredTensor[]): void {
  const holders = new Map(stored.map(({ file, entry }) => [entry.name, basename(file.file)]));
  for (const [name, shard] of Object.entries(weightMap)) {
    if (holders.get(name) === shard) continue;
    rejectKey(index, `weight_map/${name}`, shard, `a file that has this tensor`);
  }
}

function byName(stored: readonly StoredTensor[], prefix: string): ReadonlyMap<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  for (const each of stored) {
    const full = each.entry.name;
    const name = full.startsWith(prefix) ? full.slice(prefix.length) : full;
    const other = tensors.get(name);
    if (other) {
      throw new UserError(
        `${each.file.file}: /${full}: stands there twice, also as ${other.entry.name} in ` +
          `${basename(other.file.file)}, expected one tensor`,
      );
    }
    tensors.set(name, each);
  }
  return tensors;
}

/** UserError where `folder` is no folder. */
export async function checkFolder(folder: string, expected: string): Promise<void> {
  let found = 'a file';
  try {
    if ((await stat(folder)).isDirectory()) return;
  } catch (thrown) {
    found = `not there (${messageOf(thrown)})`;
  }
  throw new UserError(`${folder}: is ${found}, expected a folder with ${expected}`);
}

/** How a tensor of a set is found in a checkpoint. */
export interface WantedTensor {
  /** Name and shape in the set. */
  readonly spec: TensorSpec;
  /** Name in the checkpoint. */
  readonly source: string;
  /** Whether the checkpoint has it as [out, in], the set as [in, out]. */
  readonly transposed: boolean;
}

/**
 * Reads tensors straight into one set in shared memory: each is held once, a transposed one twice while it is
 * turned. All are checked before anything is allocated. GPT-2 XL takes 5.8 GiB, which Node gives in one
 * buffer; only views of single bytes must stay below 4 GiB.
 *
 * @throws UserError naming the tensor that is missing, misshaped, of another dtype, or not of finite numbers.
 */
export async function readSet(
  kind: ParamKind,
  checkpoint: Checkpoint,
  wanted: readonly WantedTensor[],
): Promise<ParamSet> {
  const found = wanted.map((each) => storedOf(checkpoint, each));
  const values = allocate(checkpoint.file, wanted);
  let offset = 0;
  for (const [index, { spec, transposed }] of wanted.entries()) {
    const target = values.subarray(offset, offset + sizeOf(spec.shape));
    if (transposed) {
      const turned = new Float32Array(target.length);
      await readFinite(found[index]!, turned);
      transpose(turned, spec.shape[0]!, target);
    } else {
      await readFinite(found[index]!, target);
    }
    offset += target.length;
  }
  return { kind, tensors: wanted.map(({ spec }) => spec), values };
}

/**
 * Fills `into` with the elements of a tensor from `first` on. A model with one weight that is NaN computes NaN
 * everywhere.
 *
 * @throws UserError naming file, tensor and index of an element that is NaN or infinite.
 */
export async function readFinite(
  { file, entry }: StoredTensor,
  into: Float32Array,
  first = 0,
): Promise<void> {
  await file.read(entry, into, first);
  const at = firstNonFinite(into);
  if (at < 0) return;
  throw new UserError(
    `${file.file}: /${entry.name}: is ${into[at]} at index ${first + at}, expected finite numbers; the training ` +
      'that made it diverged or the file is damaged, take another copy',
  );
}

const widened = ['F32', 'F16', 'BF16'];

function storedOf({ file, tensors }: Checkpoint, { spec, source, transposed }: WantedTensor): StoredTensor {
  const stored = tensors.get(source);
  const expected = `[${(transposed ? spec.shape.toReversed() : spec.shape).join(', ')}]`;
  const found = stored === undefined ? 'missing' : `[${stored.entry.shape.join(', ')}]`;
  if (stored === undefined || found !== expected) {
    throw new UserError(
      `${stored?.file.file ?? file}: /${stored?.entry.name ?? source}: is ${found}, expected a tensor of ` +
        `shape ${expected}`,
    );
  }
  if (!widened.includes(stored.entry.dtype)) {
    throw new UserError(
      `${stored.file.file}: /${stored.entry.name}/dtype: is "${stored.entry.dtype}", expected "F32", "F16" ` +
        'or "BF16"',
    );
  }
  return stored;
}

function allocate(file: string, wanted: readonly WantedTensor[]): Float32Array {
  const length = parametersIn(wanted.map(({ spec }) => spec));
  try {
    return sharedFloats(length);
  } catch (thrown) {
    throw new UserError(
      `${file}: takes ${(length / 2 ** 28).toFixed(1)} GiB of shared memory as float32, which this machine ` +
        `does not give (${messageOf(thrown)}), expected a smaller model`,
    );
  }
}

/** Writes a row-major [columns, rows] matrix as [rows, columns]. */
function transpose(values: Float32Array, rows: number, into: Float32Array): void {
  const columns = values.length / rows;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      into[row * columns + column] = values[column * rows + row]!;
    }
  }
}

/** A set that a file may hold. */
export interface PartSpecs {
  readonly kind: ParamKind;
  readonly tensors: readonly TensorSpec[];
}

/**
 * Sets by their names out of one file, their tensors in its order: of a set all that `specsOf` the file's tensors has,
 * or none where the file has nothing of it.
 *
 * @throws UserError where the file is unsound, or a tensor is missing, of no set, misshaped, or not of finite
 *   numbers.
 */
export async function readParts(
  file: string,
  specsOf: (tensors: readonly TensorSpec[]) => Readonly<Record<string, PartSpecs>>,
): Promise<Readonly<Record<string, ParamSet>>> {
  const open = await openSafetensors(file);
  try {
    return await setsOf(open, specsOf);
  } finally {
    await open.close();
  }
}

/** The same out of a file that is open, and stays so. */
export async function setsOf(
  open: SafetensorsFile,
  specsOf: (tensors: readonly TensorSpec[]) => Readonly<Record<string, PartSpecs>>,
): Promise<Readonly<Record<string, ParamSet>>> {
  const { file } = open;
  const tensors = new Map([...open.entries].map(([name, entry]) => [name, { file: open, entry }]));
  const checkpoint = { file, tensors };
  const names = [...tensors.keys()];
  const sets: Record<string, ParamSet> = {};
  const found = [...open.entries.values()].map(({ name, shape }) => ({ name, shape }));
  const known = Object.entries(specsOf(found));
  for (const name of names) {
    if (!known.some(([, specs]) => specs.tensors.some((spec) => spec.name === name)))
      refuseUnknown(file, name);
  }
  for (const [part, specs] of known) {
    if (!specs.tensors.some(({ name }) => tensors.has(name))) continue;
    const inOrder = specs.tensors.toSorted((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
    const wanted = inOrder.map((spec) => ({ spec, source: spec.name, transposed: false }));
    sets[part] = await readSet(specs.kind, checkpoint, wanted);
  }
  return sets;
}

function refuseUnknown(file: string, name: string): never {
  throw new UserError(
    `${file}: /${name}: is a tensor that this model has no place for, expected it not there`,
  );
}
