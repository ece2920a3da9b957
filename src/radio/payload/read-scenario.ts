import { hasRewardModels } from '../../../machines/protocol.js';
import type { ModelConfig } from '../../learning/model/config.js';
import type { Change } from '../../scenario/changes.js';
import { readScenario, readWritten } from '../../scenario/read.js';
import { rules } from '../../scenario/relations.js';
import type { Scenario } from '../../scenario/schema.js';
import type { PretrainedConfig } from './parts.js';
import { distilBertAt, modelAt, namedModel, type Place, type Shape } from './shapes.js';

/** A scenario of which the shapes of the models are known and no other file is needed. */
export interface ScenarioOfShapes {
  /** Defaults filled in, checked, frozen. */
  readonly scenario: Scenario;
  readonly file: string;
  readonly model: Shape<ModelConfig>;
  /** Null where reward models are small networks on the base model's features, and where there are none. */
  readonly rewardModel: Shape<PretrainedConfig> | null;
}

/**
 * Reads, changes and checks a scenario as a run does, but neither data nor weights have to be there: `path`
 * names a JSON or YAML file or one of the package's own scenarios, `model` takes the place of model.path.
 *
 * @throws UserError where the scenario or a shape is wrong (a line for each problem), or two of `changes` set
 * the same value.
 */
export async function readScenarioOfShapes(
  path: string,
  changes: readonly Change[],
  model?: string,
): Promise<ScenarioOfShapes> {
  const written = await readWritten(path);
  const { file } = written;
  const { scenario, folder, around } = await readScenario(written, changes, {
    rules,
    around: async (read, at) => {
      const place = { file, folder: at, pointer: '/model/path' };
      const shape = await (model === undefined ? modelAt(read.model.path, place) : namedModel(model));
      return { shape, model: shape.config, unreadable: {} };
    },
  });
  const place = { file, folder, pointer: '/reward/model/path' };
  const hasRewards = hasRewardModels(scenario.stages);
  const rewardModel = hasRewards ? await rewardModelOf(scenario, around.shape, place) : null;
  return { scenario, file, model: around.shape, rewardModel };
}

async function rewardModelOf(
  { reward: { model } }: Scenario,
  language: Shape<ModelConfig>,
  place: Place,
): Promise<Shape<PretrainedConfig> | null> {
  if (model.kind === 'gpt2') return model.path === null ? language : modelAt(model.path, place);
  // By the relations a DistilBERT has a path, and features have none.
  return model.path === null ? null : distilBertAt(model.path, place);
}
