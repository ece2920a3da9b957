import { join } from 'node:path';
import { UserError } from '../../errors.js';
import { isThere, readJson } from '../json-file.js';
import { baseTensors } from '../model/base.js';
import { checkFolder, readFinite } from '../model/checkpoint.js';
import type { LoraConfig, ModelConfig } from '../model/config.js';
import { loraSites } from '../model/lora.js';
import { paramSet, sizeOf, type ParamSet } from '../params/param-set.js';
import { openSafetensors, type SafetensorsFile } from '../params/safetensors.js';
import { modulesOfProjection, transposed, type Factors } from './lora-modules.js';
import { peftScaling } from './peft-config.js';
import { peftConfig, peftWeights } from './peft-files.js';
import { splitByParts } from './peft-parts.js';

/**
 * Reads a LoRA of a GPT-2 as PEFT leaves it (`adapter_config.json`, `adapter_model.safetensors`) as modules of the
 * scenario's form: of rank `lora.r`, for the projections of `lora.targets`. The change of every weight is the same: B
 * takes up what PEFT's scaling is more or less than alpha / r, and a module of c_attn becomes modules of q, k and v
 * (see `splitByParts`).
 *
 * @returns modules of the places that the folder has any for, in Step 1.2's order
 * @throws UserError naming the file and what of it is missing, of another kind, or does not fit `lora` or `model`.
 */
export async function readPeftLora(folder: string, lora: LoraConfig, model: ModelConfig): Promise<ParamSet> {
  await checkFolder(folder, `${peftConfig} and ${peftWeights} of a LoRA`);
  const stated = join(folder, peftConfig);
  const scalingOf = peftScaling(await readJson(stated), stated);
  const sites = loraSites(model, lora.targets);
  const places = new Set(sites.map(({ name }) => name));
  const modules = new Map<string, Factors>();
  const file = await openWeights(folder);
  try {
    for (const projection of projectionsIn(file, model)) {
      const whole = await readFactors(file, projection, model);
      const wanted = { names: modulesOfProjection(projection), places, r: lora.r };
      const scale = (scalingOf(`transformer.${projection}`, whole.rank) * lora.r) / lora.alpha;
      for (const [name, part] of splitByParts(whole, wanted, `${file.file}: /${projection}`)) {
        modules.set(name, { ...part, b: part.b.map((value) => value * scale) });
      }
    }
  } finally {
    await file.close();
  }
  if (modules.size === 0) throw new UserError(`${file.file}: has no LoRA, expected one module or more`);
  return paramSet(
    'lora',
    sites.flatMap(({ name }) => tensorsOfModule(name, modules.get(name))),
  );
}

async function openWeights(folder: string): Promise<SafetensorsFile> {
  const file = join(folder, peftWeights);
  const pickled = join(folder, 'adapter_model.bin');
  if (!(await isThere(file)) && (await isThere(pickled))) {
    throw new UserError(
      `${file}: is missing, and adapter_model.bin is for Python only; save it with PEFT's ` +
        'save_pretrained(folder, safe_serialization=True)',
    );
  }
  return openSafetensors(file);
}

const tensorName =
  /^base_model\.model\.(?:transformer\.)?(h\.\d+\.(?:attn|mlp)\.c_\w+)\.lora_([AB])\.weight$/;

/** Projections with a module, in the order of the file. */
function projectionsIn({ file, entries }: SafetensorsFile, model: ModelConfig): readonly string[] {
  const known = new Set(baseTensors(model).map(({ name }) => name));
  const projections = [...entries.keys()].map((name) => {
    const projection = tensorName.exec(name)?.[1];
    if (projection !== undefined && known.has(`${projection}.weight`)) return projection;
    throw new UserError(
      `${file}: /${name}: is no LoRA of a projection of a GPT-2 with ${model.n_layer} blocks, expected ` +
        'base_model.model.transformer.h.<block>.attn.c_attn.lora_A.weight and so on',
    );
  });
  return [...new Set(projections)];
}

/** PEFT's A is [r, in] and its B [out, r]. */
async function readFactors(file: SafetensorsFile, projection: string, model: ModelConfig): Promise<Factors> {
  const { shape } = baseTensors(model).find(({ name }) => name === `${projection}.weight`)!;
  const [inputs, outputs] = shape as [number, number];
  const a = await readMatrix(file, `${projection}.lora_A.weight`, (rows) => [rows, inputs]);
  const rank = a.length / inputs;
  const b = await readMatrix(file, `${projection}.lora_B.weight`, () => [outputs, rank]);
  return { inputs, rank, outputs, a: transposed(a, rank), b: transposed(b, outputs) };
}

async function readMatrix(
  file: SafetensorsFile,
  name: string,
  expectedFor: (rows: number) => readonly number[],
): Promise<Float32Array> {
  const entry = [...entriesOf(file, name)][0];
  const expected = expectedFor(entry?.shape[0] ?? 0);
  if (entry === undefined || String(entry.shape) !== String(expected) || sizeOf(expected) === 0) {
    const found = entry === undefined ? 'missing' : `[${entry.shape.join(', ')}]`;
    const rows = name.includes('lora_A') ? 'r' : expected[0];
    throw new UserError(
      `${file.file}: /${entry?.name ?? name}: is ${found}, expected a tensor of shape [${rows}, ${expected[1]}]`,
    );
  }
  const values = new Float32Array(sizeOf(entry.shape));
  await readFinite({ file, entry }, values);
  return values;
}

/** With and without "transformer.", as PEFT names a model with a head and a bare one. */
function entriesOf({ entries }: SafetensorsFile, name: string) {
  return ['base_model.model.transformer.', 'base_model.model.'].flatMap(
    (prefix) => entries.get(prefix + name) ?? [],
  );
}

function tensorsOfModule(name: string, module: Factors | undefined) {
  if (module === undefined) return [];
  const { inputs, rank, outputs, a, b } = module;
  return [
    { name: `${name}.lora_A`, shape: [inputs, rank], values: a },
    { name: `${name}.lora_B`, shape: [rank, outputs], values: b },
  ];
}
