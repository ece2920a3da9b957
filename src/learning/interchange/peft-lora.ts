import { groupedBy } from '../../grouped.js';
import type { LoraConfig, ModelConfig } from '../model/config.js';
import { paramSet, type ParamSet } from '../params/param-set.js';
import { loraFactors, placeOfModule, type LoraFactors, type LoraPlace } from './lora-modules.js';

/** A LoRA as Python's PEFT keeps it. */
export interface PeftLora {
  /** What adapter_config.json says. */
  readonly config: Readonly<Record<string, unknown>>;
  /** What adapter_model.safetensors has. */
  readonly tensors: ParamSet;
}

/** How a model's modules are called in transformers, and how it keeps their weights. */
interface Layout {
  /** What pwff's names lack. */
  readonly prefix: string;
  /** What the names of a block's modules begin with. */
  readonly block: RegExp;
  /** Whether a weight is [in, out], as of GPT-2's Conv1D, unlike torch.nn.Linear. */
  readonly isTurned: boolean;
}

const gpt2: Layout = { prefix: 'transformer.', block: /^h\.\d+\./, isTurned: true };
const llama: Layout = { prefix: '', block: /^model\.layers\.\d+\./, isTurned: false };

/** The change of one whole projection, as one module of PEFT's. */
interface PeftModule {
  readonly projection: string;
  readonly rank: number;
  /** Its change is alpha over rank times the product. */
  readonly alpha: number;
  readonly inputs: number;
  readonly outputs: number;
  /** [rank, inputs], row-major. */
  readonly a: Float32Array;
  /** [outputs, rank], row-major. */
  readonly b: Float32Array;
}

/**
 * A set of LoRA in PEFT's layout, the same change of every weight. PEFT has one A for all of c_attn, so the modules
 * of q, k and v of a block become one of the sum of their ranks: their A's above each other, their B's on the
 * diagonal of a block matrix, and an alpha that is as many times as large, so that alpha over rank stays; the change of a
 * module is alpha over its own rank.
 *
 * @param model what all of its blocks have is named once
 * @param base what PEFT loads the base model by
 */
export function peftLora(
  lora: ParamSet,
  { r, alpha }: Pick<LoraConfig, 'r' | 'alpha'>,
  model: Pick<ModelConfig, 'n_layer' | 'llama'>,
  base: string,
): PeftLora {
  const layout = model.llama ? llama : gpt2;
  const modules = peftModules(lora, alpha);
  const shortened = (some: readonly PeftModule[]) => shortNames(some, model.n_layer, layout);
  const patternOf = (figureOf: (module: PeftModule) => number, byDefault: number) =>
    othersThan(byDefault, figureOf, modules, shortened);
  const config = {
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: base,
    inference_mode: true,
    r,
    lora_alpha: alpha,
    rank_pattern: patternOf(({ rank }) => rank, r),
    alpha_pattern: patternOf((module) => module.alpha, alpha),
    target_modules: shortened(modules),
    fan_in_fan_out: layout.isTurned,
    lora_dropout: 0,
    bias: 'none',
    modules_to_save: null,
    use_rslora: false,
    use_dora: false,
    init_lora_weights: true,
  };
  return {
    config,
    tensors: paramSet(
      'lora',
      modules.flatMap((module) => tensorsOfModule(module, layout)),
    ),
  };
}

/** What modules have that is not what all of them have by default, by the ends of their names. */
function othersThan(
  byDefault: number,
  figureOf: (module: PeftModule) => number,
  modules: readonly PeftModule[],
  shortened: (modules: readonly PeftModule[]) => readonly string[],
): Readonly<Record<string, number>> {
  const others = modules.filter((module) => figureOf(module) !== byDefault);
  const byFigure = [...groupedBy(others, figureOf)];
  return Object.fromEntries(
    byFigure.flatMap(([figure, of]) => shortened(of).map((name) => [name, figure] as const)),
  );
}

function peftModules(lora: ParamSet, alpha: number): readonly PeftModule[] {
  const placed = loraFactors(lora).map((factors) => ({ factors, place: placeOfModule(factors.name) }));
  return [...groupedBy(placed, ({ place }) => place.projection)].map(([projection, members]) =>
    joined(
      projection,
      members.toSorted((one, other) => one.place.part - other.place.part),
      alpha,
    ),
  );
}

function joined(
  projection: string,
  members: readonly { readonly factors: LoraFactors; readonly place: LoraPlace }[],
  alpha: number,
): PeftModule {
  const [{ factors, place }] = members as [(typeof members)[number]];
  const { inputs } = factors;
  const outputs = factors.outputs * place.parts;
  const rank = members.reduce((sum, member) => sum + member.factors.rank, 0);
  const [a, b] = [new Float32Array(rank * inputs), new Float32Array(outputs * rank)];
  let first = 0;
  for (const { factors: own, place: at } of members) {
    const scale = factors.rank / own.rank;
    for (let c = 0; c < own.rank; c++) {
      for (let i = 0; i < inputs; i++) a[(first + c) * inputs + i] = own.a[i * own.rank + c]!;
      for (let o = 0; o < own.outputs; o++) {
        b[(at.part * own.outputs + o) * rank + first + c] = scale * own.b[c * own.outputs + o]!;
      }
    }
    first += own.rank;
  }
  return { projection, rank, alpha: (alpha * rank) / factors.rank, inputs, outputs, a, b };
}

function tensorsOfModule({ projection, rank, inputs, outputs, a, b }: PeftModule, { prefix }: Layout) {
  const name = `base_model.model.${prefix}${projection}`;
  return [
    { name: `${name}.lora_A.weight`, shape: [rank, inputs], values: a },
    { name: `${name}.lora_B.weight`, shape: [outputs, rank], values: b },
  ];
}

/** Ends of names that PEFT finds modules by: `attn.c_attn` where every block has it, else `h.0.attn.c_attn`. */
function shortNames(modules: readonly PeftModule[], blocks: number, { block }: Layout): readonly string[] {
  const names = modules.map(({ projection }) => projection);
  const kinds = [...groupedBy(names, (name) => name.replace(block, ''))];
  return kinds.flatMap(([kind, members]) => (members.length === blocks ? [kind] : members));
}
