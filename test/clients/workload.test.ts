import assert from 'node:assert/strict';
import {
  alignFlops,
  instructFlops,
  pairFlops,
  rewardFlops,
  sampleFlops,
} from '../../src/clients/workload.js';
import type { ClientTables } from '../../src/clients/population.js';
import { forwardFlops } from '../../src/model/flops.js';
import { resolveScenario } from '../../src/scenario/validate.js';
import type { ModelShape } from '../../src/training/task.js';
import { emptyTable, tableOf, tinyShape } from '../training/tiny-model.js';

/** distilbert-base: 6 blocks of 4 · 768² + 2 · 768 · 3072 weights. */
const weights = 42_467_328;
const distilBert: ModelShape = {
  ...tinyShape,
  reward: {
    config: {
      vocab_size: 30522,
      max_position_embeddings: 512,
      dim: 768,
      n_layers: 6,
      n_heads: 12,
      hidden_dim: 3072,
    },
    criticHidden: 64,
    languageTokenizer: { folder: null, hash: '' },
    rewardTokenizer: { folder: null, hash: '' },
  },
};

const pair = (tokens: number) =>
  tableOf(Array.from({ length: 2 }, () => [[], Array(tokens).fill(1)] as const));
const tables: ClientTables = {
  train: emptyTable,
  validation: emptyTable,
  test: emptyTable,
  shared: emptyTable,
  helpfulTrain: pair(10),
  helpfulTest: pair(20),
  harmlessTrain: pair(30),
  harmlessTest: pair(40),
  helpfulPairs: pair(11),
  harmlessPairs: pair(31),
  benign: emptyTable,
  prompts: pair(7),
  sensitivePrompts: emptyTable,
  testPrompts: emptyTable,
};

const even = { helpful: 0.5, harmless: 0.5 };

function scenario(train: 'full' | 'head', alignment: object = {}) {
  return resolveScenario({
    name: 'x',
    reward: {
      model: { kind: 'distilbert', path: '/models/distilbert', train },
      learningRate: 2e-5,
      localSteps: 5,
      batchSize: 3,
    },
    alignment: { maxNewTokens: 13, ...alignment },
  });
}

describe('work of reward models for the device model', () => {
  it('of a whole DistilBERT: 6 operations a weight and token of every batch, 2 of the held-out pairs', () => {
    const trained = 5 * 3 * 2 * (10 + 30);
    const heldOut = 2 * (20 + 40);
    assert.equal(rewardFlops(scenario('full'), distilBert, tables), weights * (6 * trained + 2 * heldOut));
  });

  it('of a head: 2 operations a weight of the backbone and token of all pairs, each read once', () => {
    assert.equal(rewardFlops(scenario('head'), distilBert, tables), 2 * weights * 2 * (10 + 20 + 30 + 40));
    assert.equal(pairFlops(distilBert, [tables.helpfulTest]), 2 * weights * 2 * 20);
  });

  it('of judging responses: two whole DistilBERTs read them, or the one backbone of both heads', () => {
    const tokens = 4 * (7 + 13);
    const without = sampleFlops(scenario('full'), tinyShape, tables.prompts, 4);
    const judged = (train: 'full' | 'head') =>
      sampleFlops(scenario(train), distilBert, tables.prompts, 4) - without;
    assert.equal(judged('full'), 2 * 2 * weights * tokens);
    assert.equal(judged('head'), 2 * weights * tokens);
  });
});

describe('work of the language model for the device model', () => {
  it('grows by 6 operations for each number that a client trains more, and token of its batches', () => {
    const own = { ...tables, train: pair(11) };
    const { instruction, alignment } = scenario('full');
    const instruct = (trained: number) => instructFlops(scenario('full'), tinyShape, trained, own);
    const tuned = instruction.localSteps * instruction.batchSize * 11;
    assert.equal(instruct(500) - instruct(100), 6 * 400 * tuned);
    const align = (trained: number) => alignFlops(scenario('full'), tinyShape, trained, own, even);
    const responses = alignment.ppoEpochs * alignment.promptsPerRound * (7 + 13);
    assert.equal(align(500) - align(100), 6 * 400 * responses);
  });

  it('of rewarded soups is that of PPO twice, or once where a weight is 0', () => {
    const of = (algorithm: string, weights = even) =>
      alignFlops(scenario('full', { algorithm }), distilBert, 100, tables, weights);
    assert.equal(of('rewarded-soups'), 2 * of('ppo'));
    assert.equal(of('rewarded-soups', { helpful: 1, harmless: 0 }), of('ppo'));
  });

  it('of pairs: training on all that are drawn, and each one once for the reference and for the margin', () => {
    const sizes = { promptsPerRound: 24, ppoEpochs: 2, minibatchSize: 8, algorithm: 'modpo' };
    const own = { ...tables, helpfulPairs: pair(11), harmlessPairs: pair(31) };
    const of = (shape: ModelShape, trained: number, weights = even) =>
      alignFlops(scenario('full', sizes), shape, trained, own, weights);
    const steps = 3;
    const drawn = 2 * steps * 4 * (11 + 31);
    assert.equal(of(tinyShape, 500) - of(tinyShape, 100), 6 * 400 * drawn);
    const once = 2 * (11 + 31);
    const judged = 2 * 2 * weights * once - forwardFlops(tinyShape, once);
    assert.equal(of(distilBert, 100) - of(tinyShape, 100), judged);
    const alone = { helpful: 0.96, harmless: 0.04 };
    assert.equal(of(tinyShape, 500, alone) - of(tinyShape, 100, alone), 6 * 400 * 2 * steps * 8 * 11);
  });
});
