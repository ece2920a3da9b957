import { isDeepStrictEqual } from 'node:util';
import { hasRewardModels } from '../../../machines/protocol.js';
import type { Method, Slot } from '../../strategies/methods/method.js';
import {
  isByResources,
  partsOf,
  sharedParts,
  trainedParts,
  type Part,
} from '../../strategies/methods/parts.js';
import { adapterTensors } from '../../learning/model/adapters.js';
import { baseTensors } from '../../learning/model/base.js';
import type { ModelConfig } from '../../learning/model/config.js';
import {
  distilBertHeadTensors,
  distilBertTensors,
  type DistilBertConfig,
} from '../../learning/model/distilbert-config.js';
import { scoreTensors } from '../../learning/model/gpt-reward.js';
import { loraSites, loraTensors } from '../../learning/model/lora.js';
import { featureWidth, rewardTensors } from '../../learning/model/reward-model.js';
import { parametersIn, type TensorSpec } from '../../learning/params/param-set.js';
import type { Scenario } from '../../scenario/schema.js';
import type { ModelShape } from '../../learning/model/model-shape.js';
import type { LoraSize } from '../../learning/clients/device.js';
import { tensorsWith } from '../../learning/model/roles.js';

/** Tensors of each part of the model. */
export interface PartTensors {
  readonly base: readonly TensorSpec[];
  /** Of what is tuned, of this size where it is LoRA. */
  readonly tuned: (part: Pick<Part, 'slot' | 'roles'>, size: LoraSize) => readonly TensorSpec[];
  /** Those of one reward model, as far as it travels. */
  readonly reward: readonly TensorSpec[];
}

/** The models of a scenario by their shapes; `reward`: null where it is a network on the base's features. */
export interface Shapes {
  readonly model: ModelConfig;
  readonly reward: PretrainedConfig | null;
}

/** The shape of a pre-trained network that reward models start from. */
export type PretrainedConfig = ModelConfig | DistilBertConfig;

/** A part of what a client has, and what the method does with it. */
export interface HeldPart {
  readonly part: string;
  readonly kind: 'base' | Slot['kind'] | 'reward';
  readonly parameters: number;
  /** Number of its modules and their rank, where the part is LoRA. */
  readonly loraModules?: number;
  readonly loraRank?: number;
  /**
   * preinstalled: everybody has it before Step 1.1; downloaded: sent once, never changed; frozen: made by the
   * client, never changed; private: trained, never uploaded; shared: uploaded, averaged and sent back.
   */
  readonly use: 'preinstalled' | 'downloaded' | 'frozen' | 'private' | 'shared';
}

/** The tensors of every part of a scenario's models. */
export function partTensors(scenario: Scenario, { model, reward }: Shapes): PartTensors {
  const shape = modelShape(scenario, model);
  return {
    base: baseTensors(model),
    tuned: ({ slot: { kind }, roles }, { modules, rank }) => {
      const all = kind === 'adapters' ? adapterTensors(shape) : loraTensors(shape, modules, rank);
      return tensorsWith(all, roles);
    },
    reward: reward
      ? pretrainedTensors(reward, scenario.reward.model.train)
      : rewardTensors(featureWidth(model), scenario.reward.hidden),
  };
}

/** A module of full rank at every site. */
export function atEverySite({ model: { lora } }: Scenario, model: ModelConfig): LoraSize {
  return { modules: loraSites(model, lora.targets).length, rank: lora.r };
}

/**
 * How large a client's LoRA in a slot can be, in rising order: one size where there is a module at every site, else
 * those of the weakest and of the strongest client (Step 1.2).
 */
export function loraSizes(
  scenario: Scenario,
  model: ModelConfig,
  slot: Pick<Slot, 'kind' | 'modules'>,
): readonly LoraSize[] {
  if (!isByResources(slot, scenario)) return [atEverySite(scenario, model)];
  const { minModules, maxModules, minRank, r } = scenario.model.lora;
  const weakest = { modules: minModules, rank: minRank ?? r };
  const strongest = { modules: maxModules, rank: r };
  return isDeepStrictEqual(weakest, strongest) ? [strongest] : [weakest, strongest];
}

/** What a client has under a method, LoRA once for each of the sizes that a client's can have. */
export function heldParts(
  scenario: Scenario,
  model: ModelConfig,
  method: Pick<Method, 'slots' | 'rewards'>,
  tensors: PartTensors,
): readonly HeldPart[] {
  return [
    {
      part: 'base',
      kind: 'base',
      parameters: parametersIn(tensors.base),
      use: scenario.model.preinstalled ? 'preinstalled' : 'downloaded',
    },
    ...partsOf(method).flatMap((part): readonly HeldPart[] => {
      const { kind } = part.slot;
      const ends = loraSizes(scenario, model, part.slot).slice(kind === 'lora' ? 0 : -1);
      return ends.map((size) => ({
        part: part.name,
        kind,
        ...(kind === 'lora' && { loraModules: size.modules, loraRank: size.rank }),
        parameters: parametersIn(tensors.tuned(part, size)),
        use: useOf(method, part),
      }));
    }),
    ...(hasRewardModels(scenario.stages) ? method.rewards : []).map((part) => ({
      part,
      kind: 'reward' as const,
      parameters: parametersIn(tensors.reward),
      use: 'shared' as const,
    })),
  ];
}

function useOf(method: Pick<Method, 'slots'>, { name, slot }: Part): HeldPart['use'] {
  if (sharedParts(method).includes(name)) return 'shared';
  if (trainedParts(method).includes(name)) return 'private';
  return slot.init === 'server' && typeof slot.start === 'string' ? 'downloaded' : 'frozen';
}

function modelShape({ model }: Scenario, config: ModelConfig): ModelShape {
  return { config, adapters: model.adapters, lora: model.lora };
}

function pretrainedTensors(config: PretrainedConfig, train: 'full' | 'head'): readonly TensorSpec[] {
  const [backbone, head] =
    'n_embd' in config
      ? [baseTensors(config), scoreTensors(config)]
      : [distilBertTensors(config), distilBertHeadTensors(config)];
  return train === 'head' ? head : [...backbone, ...head];
}
