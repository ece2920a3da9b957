import { hasRewardModels, type PartName } from '../../../machines/protocol.js';
import {
  fillsLoraSites,
  sharedParts,
  trainedParts,
  type Method,
  type TunedPart,
} from '../../strategies/methods/method.js';
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

/** Tensors of each part of the model; LoRA's by the number of modules that a client has. */
export interface PartTensors {
  readonly base: readonly TensorSpec[];
  readonly adapters: readonly TensorSpec[];
  readonly lora: (modules: number) => readonly TensorSpec[];
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
  readonly part: PartName;
  readonly parameters: number;
  /** Number of LoRA modules, where the part is "lora". */
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
    adapters: adapterTensors(shape),
    lora: (modules) => loraTensors(shape, modules),
    reward: reward
      ? pretrainedTensors(reward, scenario.reward.model.train)
      : rewardTensors(featureWidth(model), scenario.reward.hidden),
  };
}

/**
 * How many LoRA modules a client can have: one number for methods with a module at every site, as all that share
 * them have, else those of the weakest and of the strongest client (Step 1.2).
 */
export function loraModuleEnds(
  scenario: Scenario,
  model: ModelConfig,
  method: Pick<Method, 'loraModules' | 'tensors'>,
): readonly number[] {
  const { minModules, maxModules, targets } = scenario.model.lora;
  if (fillsLoraSites(method)) return [loraSites(model, targets).length];
  return [...new Set([minModules, maxModules])];
}

/** What a client has under a method, LoRA once for each of the numbers of modules in `loraModules`. */
export function heldParts(
  scenario: Scenario,
  method: Pick<Method, 'tensors' | 'rewards'>,
  tensors: PartTensors,
  loraModules: readonly number[],
): readonly HeldPart[] {
  const useOf = (part: TunedPart) => (sharedParts(method).includes(part) ? 'shared' : 'private');
  return [
    {
      part: 'base',
      parameters: parametersIn(tensors.base),
      use: scenario.model.preinstalled ? 'preinstalled' : 'downloaded',
    },
    ...trainedParts(method).flatMap((part): readonly HeldPart[] =>
      part === 'adapters'
        ? [{ part, parameters: parametersIn(tensors.adapters), use: useOf(part) }]
        : loraModules.map((modules) => ({
            part,
            loraModules: modules,
            parameters: parametersIn(tensors.lora(modules)),
            use: useOf(part),
          })),
    ),
    ...(hasRewardModels(scenario.stages) ? method.rewards : []).map((part) => ({
      part,
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
