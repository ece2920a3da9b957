import { resolve } from 'node:path';
import { UserError } from '../errors.js';
import { population, type Client } from '../learning/clients/population.js';
import { loadData } from '../learning/data/load.js';
import { templates } from '../learning/data/template.js';
import { loadTokenizer, type Tokenizer } from '../learning/data/tokenizer.js';
import type { FederatedData } from '../learning/data/types.js';
import type { ModelConfig } from '../learning/model/config.js';
import { loadModel } from '../learning/model/load.js';
import { readTrace } from '../radio/channel/fading/trace.js';
import type { Method } from '../strategies/methods/method.js';
import { strategiesWith, type Strategies } from '../strategies/strategies.js';
import { named } from '../strategies/strategy.js';
import { openRewardModel, type OpenLanguageModel, type OpenRewardModel } from './open-reward-model.js';
import type { RunOptions } from './options.js';

/** What a scenario names, loaded. */
export interface Inputs {
  readonly language: OpenLanguageModel;
  /** Null where reward models are small networks on the base's features. */
  readonly rewards: OpenRewardModel | null;
  readonly data: FederatedData;
  /** Every strategy that the scenario can name. */
  readonly tables: Strategies;
  readonly method: Method;
  readonly clients: readonly Client[];
  /** Of the channel's gains; null where they are drawn. */
  readonly trace: Awaited<ReturnType<typeof readTrace>> | null;
}

/** Loads models, data and the channel's trace. UserError for what the user can mend. */
export async function loadInputs({ scenario, folder, strategies }: RunOptions): Promise<Inputs> {
  const { path } = scenario.model;
  const language = await loadLanguageModel(path === null ? null : resolve(folder, path));
  const data = await loadData(scenario, folder, scenario.seed);
  const rewards = await openRewardModel({ scenario, folder }, language);
  const { traceFile } = scenario.channel;
  const trace = traceFile === null ? null : await readTrace(resolve(folder, traceFile));
  const tables = strategiesWith(strategies);
  const method = named(tables.methods, scenario.method);
  const clients = population(scenario, method, data, {
    tokenizer: language.tokenizer,
    template: language.folder === null ? templates.compact : templates.alpaca,
    maxTokens: language.config.n_positions,
    ...rewards?.encoding,
  });
  return { language, rewards, data, clients, trace, tables, method };
}

async function loadLanguageModel(folder: string | null): Promise<OpenLanguageModel> {
  const { config, base } = await loadModel(folder);
  const tokenizer = await loadTokenizer(folder);
  checkVocabulary(tokenizer, config, folder);
  return { folder, config, base, tokenizer };
}

/** Fewer tokens than embeddings are common (padded tables); more would be read from beyond them. */
function checkVocabulary({ size }: Tokenizer, { vocab_size }: ModelConfig, modelFolder: string | null): void {
  if (size <= vocab_size) return;
  throw new UserError(
    `${modelFolder ?? 'the embedded model'}: its tokenizer has ${size} tokens, expected at most ` +
      `config.json's vocab_size, ${vocab_size}; take tokenizer and weights from the same model`,
  );
}
