import { hasRewardModels } from '../../machines/protocol.js';
import { resolve } from 'node:path';
import { UserError } from '../errors.js';
import { presences } from '../learning/clients/presence/index.js';
import { readOnTrace, type OnTrace } from '../learning/clients/presence/on-trace.js';
import {
  newcomersOf,
  population,
  type Client,
  type Encoding,
  type Newcomer,
} from '../learning/clients/population.js';
import { loadData } from '../learning/data/load.js';
import { templates } from '../learning/data/template.js';
import type { TokenTable } from '../learning/data/token-table.js';
import { exampleTable } from '../learning/data/tokenize.js';
import { openFolderTokenizer, type Tokenizer } from '../learning/data/tokenizer.js';
import { pretrainingText } from '../learning/data/pretraining-text.js';
import { overlapsOf, totalOverlaps, type Overlap } from '../learning/data/overlap.js';
import type { FederatedData } from '../learning/data/types.js';
import type { ModelConfig } from '../learning/model/config.js';
import { loadModel } from '../learning/model/load.js';
import { targetsOf } from '../learning/model/lora.js';
import { objectives } from '../learning/objective.js';
import { readRecordings, type Recordings } from '../radio/channel/fading/recordings.js';
import type { Method } from '../strategies/methods/method.js';
import { strategiesWith, type Strategies } from '../strategies/strategies.js';
import type { Choice } from '../settings/choice.js';
import { named, optionsOf } from '../strategies/strategy.js';
import { openEarlierRun, type EarlierRun } from './earlier-run.js';
import { openPeft, type BegunLora } from './open-peft.js';
import { openRewardModel, type OpenLanguageModel, type OpenRewardModel } from './open-reward-model.js';
import type { RunOptions } from './options.js';

/** What a scenario names, loaded. */
export interface Inputs {
  readonly language: OpenLanguageModel;
  /** Null where reward models are small networks on the base's features, and where there are none. */
  readonly rewards: OpenRewardModel | null;
  readonly data: FederatedData;
  readonly encoding: Encoding;
  /** Every strategy that the scenario can name. */
  readonly tables: Strategies;
  readonly method: Method;
  readonly clients: readonly Client[];
  /** Those who take no part until training is over. */
  readonly newcomers: readonly Newcomer[];
  /** Test rows of nobody; null where there are none. */
  readonly common: TokenTable | null;
  /** What forgetting is measured on; null where it is not. */
  readonly pretrainingText: TokenTable | null;
  /** How much of what is held out is in training after all. */
  readonly overlaps: readonly Overlap[];
  /** The run that this one goes on from; null where it begins anew. */
  readonly earlier: EarlierRun | null;
  /** The LoRA of PEFT's that clients begin with; null where it is drawn. */
  readonly begunLora: BegunLora | null;
  /** What was recorded of the channel; null where gains are drawn. */
  readonly recordings: Recordings | null;
  /** When devices are on, where a file says so. */
  readonly presenceTrace: OnTrace | null;
}

/** What decides on the inputs of a run. */
export type InputOptions = Pick<RunOptions, 'scenario' | 'folder' | 'strategies'>;

/**
 * Loads models, data and the channel's recordings: all that is checked of a scenario before it runs, by `pwff run`
 * and `pwff validate` alike. UserError for what the user can mend.
 */
export async function loadInputs({ scenario, folder, strategies }: InputOptions): Promise<Inputs> {
  const { path } = scenario.model;
  const language = await loadLanguageModel(path === null ? null : resolve(folder, path));
  checkTargets(scenario, language);
  const data = await loadData(scenario, folder, scenario.seed);
  const hasRewards = hasRewardModels(scenario.stages);
  const rewards = hasRewards ? await openRewardModel({ scenario, folder }, language) : null;
  const recordings = await readRecordings(scenario.channel, folder, scenario.clients.count);
  const tables = strategiesWith(strategies);
  const method = named(tables.methods, scenario.method);
  const encoding = encodingOf(scenario, language, rewards?.encoding.reward);
  const presenceTrace = await readPresence(scenario.clients.presence, folder);
  const clients = population(scenario, method, data, encoding);
  if (hasRewards) checkPairs(scenario, clients, encoding.reward?.maxTokens ?? encoding.maxTokens);
  const newcomers = newcomersOf(scenario, data, encoding);
  const common = commonTable(data, encoding);
  const text = await forgettingText({ scenario, folder }, language, encoding);
  const overlaps = totalOverlaps(overlapsOf(clients.map((client) => client.data)));
  const earlier = await openEarlierRun({ scenario, folder }, { language, rewards, tables, method, clients });
  const begunLora = await openPeft({ scenario, folder }, language.config, method, clients);
  return {
    ...{ language, rewards, data, encoding, clients, newcomers, common },
    ...{ pretrainingText: text, overlaps, earlier, begunLora },
    ...{ recordings, presenceTrace, tables, method },
  };
}

/** How rows become tokens, none of more than the scenario allows or a model has positions for. */
function encodingOf(
  { data: { maxTokens } }: InputOptions['scenario'],
  { tokenizer, folder, config }: OpenLanguageModel,
  reward: Encoding['reward'],
): Encoding {
  const atMost = (positions: number) => Math.min(positions, maxTokens ?? Infinity);
  return {
    tokenizer,
    template: folder === null ? templates.compact : templates.alpaca,
    maxTokens: atMost(config.n_positions),
    ...(reward && { reward: { ...reward, maxTokens: atMost(reward.maxTokens) } }),
  };
}

function commonTable({ common }: FederatedData, encoding: Encoding): TokenTable | null {
  if (common.length === 0) return null;
  return exampleTable(common, encoding.tokenizer, encoding.template, encoding.maxTokens).table;
}

/** Of a model from a folder nobody knows what it was pretrained on, unless the scenario says it. */
async function forgettingText(
  { scenario: { measure, seed }, folder }: InputOptions,
  language: OpenLanguageModel,
  encoding: Encoding,
): Promise<TokenTable | null> {
  const { forgetting } = measure;
  if (forgetting === null || (language.folder !== null && forgetting.file === null)) return null;
  return pretrainingText(forgetting, folder, seed, encoding);
}

/** The file of a pattern of presence that has one. */
async function readPresence(presence: Choice, folder: string): Promise<OnTrace | null> {
  const { file, periodSeconds } = optionsOf(named(presences, presence), presence);
  return typeof file === 'string' ? readOnTrace(resolve(folder, file), Number(periodSeconds)) : null;
}

/**
 * There is one end-of-text: that of the tokenizer, with which training rows end, replaces that of
 * config.json, at which sampling would stop.
 */
async function loadLanguageModel(folder: string | null): Promise<OpenLanguageModel> {
  const { config, base } = await loadModel(folder);
  const { tokenizer, source } = await openFolderTokenizer(folder);
  checkVocabulary(tokenizer, config, folder);
  return {
    folder,
    config: { ...config, eos_token_id: tokenizer.endOfText },
    statedEndOfText: config.eos_token_id,
    base,
    tokenizer,
    tokenizerSource: source,
  };
}

/** Every client has pairs of both objectives that differ as tokens, to train on and to be held out. */
function checkPairs({ name }: RunOptions['scenario'], clients: readonly Client[], maxTokens: number): void {
  for (const { id, tables, data } of clients) {
    for (const objective of objectives) {
      for (const part of ['train', 'validation', 'test'] as const) {
        if (tables.pairs[objective][part].count > 0) continue;
        throw new UserError(
          `scenario ${name}: /data: all ${data.pairs[objective][part].length} ${objective} pairs of ${id} ` +
            `(${part}) are the same tokens twice within a context of ${maxTokens}, expected answers that ` +
            'differ within it; take shorter pairs, or a model with a larger context',
        );
      }
    }
  }
}

/** LoRA stands at projections that the model has. */
function checkTargets(
  { name, model: { lora } }: RunOptions['scenario'],
  { config }: OpenLanguageModel,
): void {
  const known = targetsOf(config);
  const unknown = lora.targets.find((target) => !known.includes(target));
  if (unknown === undefined) return;
  const type = config.llama?.model_type ?? 'gpt2';
  throw new UserError(
    `scenario ${name}: /model/lora/targets: has "${unknown}", expected projections of a ${type}: ${known.join(', ')}`,
  );
}

/** Fewer tokens than embeddings are common (padded tables); more would be read from beyond them. */
function checkVocabulary({ size }: Tokenizer, { vocab_size }: ModelConfig, modelFolder: string | null): void {
  if (size <= vocab_size) return;
  throw new UserError(
    `${modelFolder ?? 'the embedded model'}: its tokenizer has ${size} tokens, expected at most ` +
      `config.json's vocab_size, ${vocab_size}; take tokenizer and weights from the same model`,
  );
}
