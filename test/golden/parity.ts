import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AdapterConfig, LoraConfig } from '../../src/learning/model/config.js';
import type { SlotKind } from '../../src/learning/model/roles.js';
import type { TunedSets } from '../../src/learning/model/slots.js';
import { paramSet } from '../../src/learning/params/param-set.js';
import { readSafetensors, type NamedTensor } from './read-safetensors.js';
import { packageRoot } from '../../src/paths.js';

/** A folder for each small model that test/golden/parity/make.py built. */
export const parityFolder = join(packageRoot(), 'test/golden/parity');

/** What a case's JSON file holds, as make.py's docstring says. */
interface CaseFile {
  readonly rows: readonly (readonly number[])[];
  readonly firstTargets: readonly number[];
  readonly adapters: AdapterConfig;
  readonly lora: LoraConfig;
  readonly loss: number;
  readonly prompts: readonly (readonly number[])[];
  readonly maxNewTokens: number;
  readonly greedy: readonly (readonly number[])[];
}

/** What PyTorch computes with one model of `parityFolder`, tuned in one way; M targets in all rows. */
export interface ParityCase extends CaseFile {
  readonly name: string;
  readonly trained: TunedSets;
  /** (M · V) at the states that predict the targets. */
  readonly logits: Float32Array;
  /** (M) of the targets. */
  readonly logProbs: Float32Array;
  /** By tensor: of adapters and LoRA, or of the base where a case has neither. */
  readonly gradients: ReadonlyMap<string, Float32Array>;
}

export interface ParityModel {
  readonly folder: string;
  readonly name: string;
  readonly cases: readonly ParityCase[];
}

/** The GPT-2 models of `parityFolder` and their cases. */
export async function parityModels(): Promise<readonly ParityModel[]> {
  const names = readdirSync(parityFolder).filter((name) => name.startsWith('gpt2-'));
  return Promise.all(
    names.sort().map(async (name) => {
      const folder = join(parityFolder, name);
      const files = readdirSync(folder).filter((file) => file.endsWith('.json') && file !== 'config.json');
      const cases = files.sort().map((file) => readCase(folder, file.slice(0, -'.json'.length)));
      return { folder, name, cases: await Promise.all(cases) };
    }),
  );
}

async function readCase(folder: string, name: string): Promise<ParityCase> {
  const stated = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as CaseFile;
  const tensors = [...(await readSafetensors(join(folder, `${name}.safetensors`))).values()];
  const gradients = tensors.flatMap(({ name, values }): [string, Float32Array][] =>
    name.startsWith('gradient.') ? [[name.slice('gradient.'.length), values]] : [],
  );
  const own = tensors.filter(({ name }) => !name.startsWith('gradient.'));
  return {
    ...stated,
    name,
    trained: {
      ...setsOf('adapters', own, /\.adapter\./),
      ...setsOf('lora', own, /\.lora_[AB]$/),
    },
    logits: valuesOf(own, 'logits'),
    logProbs: valuesOf(own, 'logProbs'),
    gradients: new Map(gradients),
  };
}

/** The set of a kind, by its name; nothing where a case has none. */
function setsOf(kind: SlotKind, tensors: readonly NamedTensor[], names: RegExp): TunedSets {
  const found = tensors.filter(({ name }) => names.test(name));
  return found.length === 0 ? {} : { [kind]: paramSet(kind, found) };
}

function valuesOf(tensors: readonly NamedTensor[], wanted: string): Float32Array {
  const found = tensors.find(({ name }) => name === wanted);
  if (found === undefined) throw new Error(`a case of ${parityFolder} has no tensor ${wanted}`);
  return found.values;
}
