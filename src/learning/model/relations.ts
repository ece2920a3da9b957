import { must, type Rule } from '../../settings/rule.js';
import type { ModelConfig } from './config.js';
import type { Model } from './settings.js';

/** What rules need to know of the model that a scenario names; null: not known, and they are left out. */
export interface KnownModel {
  readonly model: Pick<ModelConfig, 'n_layer' | 'n_embd' | 'n_positions'> | null;
}

export const modelRules: readonly Rule<{ model: Model }, KnownModel>[] = [
  {
    states: 'a client has no more LoRA modules than the model has sites for them',
    findings: ({ model: { lora } }, { model }) => {
      const sites = model === null ? Infinity : lora.targets.length * model.n_layer;
      const expected = `at most ${sites}: ${lora.targets.length} targets in each of ${model?.n_layer} layers`;
      return [
        must(
          lora.minModules <= lora.maxModules,
          '/model/lora/minModules',
          lora.minModules,
          `at most ${lora.maxModules}, which is maxModules`,
        ),
        must(lora.maxModules <= sites, '/model/lora/maxModules', lora.maxModules, expected),
      ];
    },
  },
  {
    states: 'the least rank is no greater than the rank',
    findings: ({ model: { lora } }) =>
      must(
        (lora.minRank ?? lora.r) <= lora.r,
        '/model/lora/minRank',
        lora.minRank,
        `at most ${lora.r}, which is r, or null`,
      ),
  },
  {
    states: 'a low rank is lower than the width of the model',
    findings: ({ model: { lora } }, { model }) =>
      must(
        model === null || lora.r <= model.n_embd,
        '/model/lora/r',
        lora.r,
        `at most ${model?.n_embd}, the width of the model`,
      ),
  },
];
