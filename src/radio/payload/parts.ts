import { hasRewardModels } from '../../../machines/protocol.js';
import type { Method, Slot } from '../../strategies/methods/method.js';
import { partsOf, sharedParts, type Part } from '../../strategies/methods/parts.js';
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
import { tensorsWith } from '../../learning/model/roles.js';

/** Tensors of each part of the model. */
export interface PartTensors {
  readonly base: readonly TensorSpec[];
  /** Of what is tuned, with so many modules where it is LoRA. */
  readonly tuned: (part: Pick<Part, 'slot' | 'roles'>, modules: number) => readonly TensorSpec[];
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
  /** Number of its modules, where the part is LoRA. */
  readonly loraModules?: number;
  /**
   * preinstalled: everybody has it before Step 1.1; downloaded: sent once, never changed; private: trained,
   * never uploaded; shared: trained, uploaded, averaged and sent back.
   */
  readonly use: 'preinstalled' | 'downloaded' | 'private' | 'shared';
}

/** The tensors of every part of a scenario's models. */
export function partTensors(scenario: Scenario, { model, reward }: Shapes): PartTensors {
  const shape = modelShape(scenario, model);
  return {
    base: baseTensors(model),
    tuned: ({ slot: { kind }, roles }, modules) => {
      const all = kind === 'adapters' ? adapterTensors(shape) : loraTensors(shape, modules);
      return tensorsWith(all, roles);
    },
    reward: reward
      ? pretrainedTensors(reward, scenario.reward.model.train)
      : rewardTensors(featureWidth(model), scenario.reward.hidden),
  };
}

/**
 * How many modules of LoRA a client can have in a slot: one number where there is a module at every site, else those
 * of the weakest and of the strongest client (Step 1.2).
 */
export function loraModuleEnds(
  { model: { lora } }: Scenario,
  model: ModelConfig,
  { modules }: Pick<Slot, 'modules'>,
): readonly number[] {
  if (modules === 'all') return [loraSites(model, lora.targets).length];
  return [...new Set([lora.minModules, lora.maxModules])];
}

/** What a client has under a method, LoRA once for each of the numbers of modules that a client can have. */
export function heldParts(
  scenario: Scenario,
  model: ModelConfig,
  method: Pick<Method, 'slots' | 'rewards'>,
  tensors: PartTensors,
): readonly HeldPart[] {
  const shared = sharedParts(method);
  return [
    {
      part: 'base',
      kind: 'base',
      parameters: parametersIn(tensors.base),
      use: scenario.model.preinstalled ? 'preinstalled' : 'downloaded',
    },
    ...partsOf(method).flatMap((part): readonly HeldPart[] => {
      const { kind } = part.slot;
      const use = shared.includes(part.name) ? 'shared' : part.train === 'never' ? 'downloaded' : 'private';
      const ends = kind === 'lora' ? loraModuleEnds(scenario, model, part.slot) : [0];
      return ends.map((modules) => ({
        part: part.name,
        kind,
        ...(kind === 'lora' && { loraModules: modules }),
        parameters: parametersIn(tensors.tuned(part, modules)),
        use,
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
