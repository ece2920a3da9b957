import { perObjective, type PerObjective, type Weights } from '../objective.js';
import { exampleTable, pairTable, promptTable, type RowCounts, type Tokenized } from '../data/tokenize.js';
import type { TokenTable } from '../data/token-table.js';
import type { Template } from '../data/template.js';
import type { Tokenizer } from '../data/tokenizer.js';
import type { WordPiece } from '../data/word-piece.js';
import type { ClientData, FederatedData, PreferencePair } from '../data/types.js';
import type { Alignment } from '../training/algorithms/settings.js';
import type { Method } from '../../strategies/methods/method.js';
import { stream } from '../../simulation/random/stream.js';
import { made } from '../../strategies/strategy.js';
import type { Attack } from './attacks/attack.js';
import { attacks } from './attacks/index.js';
import { dealDevice } from './device.js';
import { preferenceWeights, trainingWeights } from './preferences.js';
import { rewardTable } from './reward-table.js';
import type { Clients, Device } from './settings.js';

/** All that is fixed about a client before the run starts. */
export interface Client {
  readonly id: string;
  readonly device: Device;
  /** What the client wants, and what the method makes of it. */
  readonly ownWeights: Weights;
  readonly trainingWeights: Weights;
  /** What it trains on: with the wrong labels where its attack has them wrong. */
  readonly data: ClientData;
  /** What it does where it is poisoned; null where it is honest. */
  readonly attack: Attack | null;
  readonly tables: ClientTables;
  readonly reading: Reading;
}

/** A client that takes no part until training is over. */
export type Newcomer = Pick<Client, 'id' | 'device' | 'data' | 'tables'>;

/** What the rows of a client are for. */
export const purposes = ['instructions', 'helpful', 'harmless', 'prompts'] as const;
export type Purpose = (typeof purposes)[number];

/** What became of a client's rows as they were made tokens of the models that read them. */
export type Reading = Readonly<Record<Purpose, RowCounts>>;

/** The client's data as tokens, by what it is for. */
export interface ClientTables {
  readonly train: TokenTable;
  readonly validation: TokenTable;
  readonly test: TokenTable;
  readonly shared: TokenTable;
  /** Preference pairs, chosen and rejected in turn, as tokens of the model that judges them. */
  readonly pairs: PerObjective<Readonly<Record<'train' | 'validation' | 'test', TokenTable>>>;
  /** The pairs to train on as tokens of the policy, which is tuned on them without sampling. */
  readonly policyPairs: PerObjective<TokenTable>;
  /** Training rows that are not sensitive, which PPO-ptx rehearses. */
  readonly benign: TokenTable;
  /** Prompts of Step 3.3, apart by topic, and the held-out ones that a policy is measured on. */
  readonly prompts: TokenTable;
  readonly sensitivePrompts: TokenTable;
  readonly testPrompts: TokenTable;
}

/** What turns text into tokens for the model of the run. */
export interface Encoding {
  readonly tokenizer: Tokenizer;
  readonly template: Template;
  readonly maxTokens: number;
  /** For reward models that have a vocabulary of their own. */
  readonly reward?: { readonly tokenizer: WordPiece; readonly maxTokens: number };
}

/** What of a scenario fixes who its clients are. */
export interface PopulationSettings {
  readonly seed: number;
  readonly clients: Clients;
  readonly alignment: Pick<Alignment, 'maxNewTokens'>;
}

export function population(
  { clients, seed, alignment }: PopulationSettings,
  method: Method,
  data: FederatedData,
  encoding: Encoding,
): readonly Client[] {
  return data.clients.map((honest, index) => {
    const attack = attackOf(clients, index);
    const own = attack?.data?.(honest, stream(seed, 'poisoned data', honest.id)) ?? honest;
    const ownWeights = preferenceWeights({ clients, seed }, index, own.id);
    return {
      id: own.id,
      device: dealDevice(clients.devices, seed, own.id),
      ownWeights,
      trainingWeights: trainingWeights(method, ownWeights),
      data: own,
      attack,
      ...tokensOf(own, encoding, alignment.maxNewTokens),
    };
  });
}

/** Those who come when training is over, with devices drawn as the clients' are. */
export function newcomersOf(
  { clients, seed, alignment }: PopulationSettings,
  { newcomers }: FederatedData,
  encoding: Encoding,
): readonly Newcomer[] {
  return newcomers.map((data) => ({
    id: data.id,
    device: dealDevice(clients.devices, seed, data.id),
    data,
    tables: tokensOf(data, encoding, alignment.maxNewTokens).tables,
  }));
}

function attackOf({ poisoned }: Clients, index: number): Attack | null {
  return poisoned?.clients.includes(index + 1) ? made(attacks, poisoned.attack, {}) : null;
}

function tokensOf(
  { train, validation, test, shared, pairs, prompts }: ClientData,
  { tokenizer, template, maxTokens, reward }: Encoding,
  maxNewTokens: number,
): Pick<Client, 'tables' | 'reading'> {
  const examples = (rows: ClientData['train']) => exampleTable(rows, tokenizer, template, maxTokens);
  const asPrompts = (rows: ClientData['train']) =>
    promptTable(rows, tokenizer, template, maxTokens - maxNewTokens);
  const policyPairs = (rows: readonly PreferencePair[]) => pairTable(rows, tokenizer, template, maxTokens);
  const rewardPairs = (rows: readonly PreferencePair[]) =>
    reward ? rewardTable(rows, reward.tokenizer, template, reward.maxTokens) : policyPairs(rows);
  const instructions = {
    train: examples(train),
    validation: examples(validation),
    test: examples(test),
    shared: examples(shared),
  };
  const pairsForReward = perObjective((objective) => ({
    train: rewardPairs(pairs[objective].train),
    validation: rewardPairs(pairs[objective].validation),
    test: rewardPairs(pairs[objective].test),
  }));
  const asked = {
    prompts: asPrompts(prompts.train.filter(({ topic }) => topic !== 'sensitive')),
    sensitivePrompts: asPrompts(prompts.train.filter(({ topic }) => topic === 'sensitive')),
    testPrompts: asPrompts(prompts.test),
  };
  return {
    tables: {
      ...tablesOf(instructions),
      pairs: perObjective((objective) => tablesOf(pairsForReward[objective])),
      policyPairs: perObjective((objective) =>
        reward ? policyPairs(pairs[objective].train).table : pairsForReward[objective].train.table,
      ),
      benign: examples(train.filter(({ topic }) => topic !== 'sensitive')).table,
      ...tablesOf(asked),
    },
    reading: {
      instructions: sumOfCounts(Object.values(instructions)),
      ...perObjective((objective) => sumOfCounts(Object.values(pairsForReward[objective]))),
      prompts: sumOfCounts(Object.values(asked)),
    },
  };
}

function tablesOf<K extends string>(
  tokenized: Readonly<Record<K, Tokenized>>,
): Readonly<Record<K, TokenTable>> {
  const entries = Object.entries<Tokenized>(tokenized);
  return Object.fromEntries(entries.map(([name, { table }]) => [name, table])) as Record<K, TokenTable>;
}

export function sumOfCounts(all: readonly RowCounts[]): RowCounts {
  const sum = (key: keyof RowCounts) => all.reduce((total, counts) => total + counts[key], 0);
  return { rows: sum('rows'), truncated: sum('truncated'), alike: sum('alike') };
}
