import type { AdapterSite, ModelConfig } from '../model/config.js';
import { paramSet, tensorsOf, type ParamSet, type TensorSpec } from '../params/param-set.js';
import { transposed } from './lora-modules.js';
import type { FolderFiles } from './write-folder.js';

/** A bottleneck: up(relu(down(x))), in tensors `<name>.down.weight` [d, b], `.down.bias`, `.up.weight` [b, d], `.up.bias`. */
interface Bottleneck {
  /** `h.0.adapter.mlp`. */
  readonly name: string;
  readonly block: number;
  readonly site: AdapterSite;
}

/** Bottleneck adapters of a set, by the names of its tensors. */
export function bottlenecksIn(adapters: ParamSet): readonly Bottleneck[] {
  return adapters.tensors.flatMap(({ name }) => {
    const [, place, block, site] = /^(h\.(\d+)\.adapter\.(\w+))\.up\.weight$/.exec(name) ?? [];
    return place === undefined ? [] : [{ name: place, block: Number(block), site: site as AdapterSite }];
  });
}

/** A folder of adapters, and who reads it. */
export interface AdaptersFolder {
  readonly layout: 'adapters' | 'plain';
  readonly files: FolderFiles;
}

/** torch.nn.LayerNorm's own, which the library takes for a norm of an adapter. */
const torchEpsilon = 1e-5;

/**
 * Bottleneck adapters in the layout of Python's library `adapters` (AdapterHub), as one adapter called "pwff", where that
 * library can express them; else as they are here, in one safetensors file. The library has one adapter behind
 * attention and one at the MLP: two at the MLP, one behind it and one beside it, it cannot add up. It feeds one
 * beside the MLP with what ln_2 reads, so that one gets ln_2 of its block as a norm of its own.
 */
export function adaptersFolder(adapters: ParamSet, base: ParamSet, config: ModelConfig): AdaptersFolder {
  const bottlenecks = bottlenecksIn(adapters);
  const sites = new Set(bottlenecks.map(({ site }) => site));
  const isBeside = sites.has('parallel');
  if (isBeside && (sites.has('mlp') || config.layer_norm_epsilon !== torchEpsilon)) {
    return { layout: 'plain', files: new Map([['adapters.safetensors', adapters]]) };
  }
  const tensors = new Map(
    [...tensorsOf(base), ...tensorsOf(adapters)].map((tensor) => [tensor.name, tensor]),
  );
  const of = (name: string) => tensors.get(name)!;
  const set = paramSet(
    'adapters',
    bottlenecks.flatMap((bottleneck) => hubTensors(bottleneck, of)),
  );
  const width = of(`${bottlenecks[0]!.name}.up.weight`).shape[0]!;
  const stated = hubConfig(sites, config.n_embd, width);
  return {
    layout: 'adapters',
    files: new Map<string, string | ParamSet>([
      ['adapter_config.json', `${JSON.stringify(stated, null, 2)}\n`],
      ['adapter.safetensors', set],
    ]),
  };
}

type Tensor = TensorSpec & { readonly values: Float32Array };

function hubTensors({ name, block, site }: Bottleneck, of: (name: string) => Tensor): readonly Tensor[] {
  const place = site === 'attention' ? 'attention_adapters' : 'output_adapters';
  const at = `transformer.h.${block}.${place}.adapters.pwff`;
  const renamed = (from: string, to: string): Tensor => ({ ...of(from), name: `${at}.${to}` });
  // torch.nn.Linear keeps a weight [out, in].
  const linear = (from: string, to: string): readonly Tensor[] => {
    const { shape, values } = of(`${name}.${from}.weight`);
    const weight = {
      name: `${at}.${to}.weight`,
      shape: shape.toReversed(),
      values: transposed(values, shape[0]!),
    };
    return [weight, renamed(`${name}.${from}.bias`, `${to}.bias`)];
  };
  if (site !== 'parallel') return [...linear('down', 'adapter_down.0'), ...linear('up', 'adapter_up')];
  // The library keeps the norm under two names.
  const norms = ['adapter_norm_before', 'adapter_down.0'].flatMap((to) =>
    ['weight', 'bias'].map((kind) => renamed(`h.${block}.ln_2.${kind}`, `${to}.${kind}`)),
  );
  return [...norms, ...linear('down', 'adapter_down.1'), ...linear('up', 'adapter_up')];
}

/** What is not said is the library's default: scaling 1, no dropout, no norm. */
function hubConfig(sites: ReadonlySet<AdapterSite>, width: number, bottleneck: number): object {
  const shape = {
    // The library takes the whole part of width over this, which has to be the bottleneck in floating point.
    reduction_factor: width / (bottleneck + 0.5),
    non_linearity: 'relu',
  };
  const behind = { mh_adapter: sites.has('attention'), output_adapter: sites.has('mlp'), ...shape };
  const beside = { mh_adapter: false, output_adapter: true, ...shape, is_parallel: true, ln_before: true };
  const configs = [
    ...(behind.mh_adapter || behind.output_adapter ? [behind] : []),
    ...(sites.has('parallel') ? [beside] : []),
  ];
  return {
    config: configs.length === 1 ? configs[0] : { architecture: 'union', configs },
    hidden_size: width,
    model_class: 'GPT2LMHeadModel',
    model_type: 'gpt2',
    name: 'pwff',
    version: 'adapters.1.3.0',
  };
}
