import assert from 'node:assert/strict';
import {
  alignFlops,
  freezeFlops,
  instructFlops,
  pairFlops,
  rewardFlops,
  scoreFlops,
  type AlignWork,
} from '../../../src/learning/clients/workload.js';
import type { ClientTables } from '../../../src/learning/clients/population.js';
import { forwardFlops, trainingFlops } from '../../../src/learning/model/flops.js';
import { resolveScenario } from '../../../src/scenario/validate.js';
import { objectives } from '../../../src/learning/objective.js';
import type { ModelShape } from '../../../src/learning/model/model-shape.js';
import { emptyTable, tableOf, tinyShape } from '../training/tiny-model.js';

/** distilbert-base: 6 blocks of 4 · 768² + 2 · 768 · 3072 weights. */
const weights = 42_467_328;
const distilBert: ModelShape = {
  ...tinyShape,
  reward: {
    kind: 'distilbert',
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
  pairs: {
    helpful: { train: pair(10), validation: pair(20), test: pair(50) },
    harmless: { train: pair(30), validation: pair(40), test: pair(60) },
  },
  policyPairs: { helpful: pair(11), harmless: pair(31) },
  benign: emptyTable,
  prompts: pair(7),
  sensitivePrompts: emptyTable,
  testPrompts: emptyTable,
};

const even = { helpful: 0.5, harmless: 0.5 };

/**
 * Operations per token of two critics, networks of 2 · 16 inputs and 64 hidden units: 2 per weight to read
 * them; a step takes 2 more for a weight's gradient, and 2 more for the input's, which the first layer does
 * not need.
 */
const critics = { read: 2 * 2 * (32 * 64 + 64), step: 2 * (4 * 32 * 64 + 6 * 64) };

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
  it('of a whole DistilBERT: 6 operations per weight and token of a batch, 2 of the validation pairs', () => {
    const trained = 5 * 3 * 2 * (10 + 30);
    const heldOut = 2 * (20 + 40);
    assert.equal(
      rewardFlops(scenario('full'), distilBert, tables, objectives),
      weights * (6 * trained + 2 * heldOut),
    );
  });

  it('of a head: 2 operations per weight of the backbone and token of pairs to train and to validate, each read once', () => {
    assert.equal(
      rewardFlops(scenario('head'), distilBert, tables, objectives),
      2 * weights * 2 * (10 + 20 + 30 + 40),
    );
    assert.equal(pairFlops(distilBert, [tables.pairs.helpful.test]), 2 * weights * 2 * 50);
  });

  it('of judging responses: two whole DistilBERTs read them, or the one backbone of both heads', () => {
    const tokens = 4 * (7 + 13);
    const sampled = forwardFlops(tinyShape, tokens);
    const rewardPasses = (train: 'full' | 'head') =>
      freezeFlops(scenario(train), distilBert, objectives, tables.prompts, 4) - sampled;
    assert.equal(rewardPasses('full'), 2 * 2 * weights * tokens);
    assert.equal(rewardPasses('head'), 2 * weights * tokens);
  });

  it('of sampling is a pass, and one more for the features; of scoring two more for log-probabilities', () => {
    const pass = forwardFlops(tinyShape, 4 * (7 + 13));
    assert.equal(freezeFlops(scenario('full'), tinyShape, objectives, tables.prompts, 4), 2 * pass);
    assert.equal(scoreFlops(scenario('full'), tinyShape, objectives, tables.prompts, 4), 4 * pass);
  });
});

/** A round, by a client that trains 100 numbers. */
const alignOf = (alignment: object, work: Partial<Omit<AlignWork, 'scenario'>> = {}) =>
  alignFlops({
    scenario: scenario('full', alignment),
    shape: tinyShape,
    trained: 100,
    tables,
    rewards: objectives,
    weights: even,
    ...work,
  });

describe('work of the language model for the device model', () => {
  it('grows by 6 operations for each number that a client trains more, and token of its batches', () => {
    const own = { ...tables, train: pair(11) };
    const { instruction, alignment } = scenario('full');
    const instruct = (trained: number) => instructFlops(scenario('full'), tinyShape, trained, own);
    const tuned = instruction.localSteps * instruction.batchSize * 11;
    assert.equal(instruct(500) - instruct(100), 6 * 400 * tuned);
    const align = (trained: number) => alignOf({}, { trained, tables: own });
    const responses = alignment.ppoEpochs * alignment.promptsPerRound * (7 + 13);
    assert.equal(align(500) - align(100), 6 * 400 * responses);
  });

  it('of PPO is five passes over what it samples, both critics, and epochs of policy and critics', () => {
    const responses = 6;
    const sizes = { promptsPerRound: responses, ppoEpochs: 3, minibatchSize: 4 };
    const tokens = responses * (7 + 13);
    // Sampling, log-probabilities under policy and reference, entropies, features.
    const observed = 5 * forwardFlops(tinyShape, tokens);
    const states = responses * 13;
    const expected = observed + 3 * trainingFlops(tinyShape, 100, tokens) + critics.read * states;
    assert.equal(alignOf(sizes), expected + 3 * critics.step * states);
  });

  it('of a warm-up in Step 3.1 is its steps of both critics on full minibatches, and in no round', () => {
    const sizes = { promptsPerRound: 6, minibatchSize: 4 };
    const warm = { ...sizes, criticWarmupSteps: 10 };
    const warmUpOf = (shape: ModelShape) => {
      const frozen = (alignment: object) =>
        freezeFlops(scenario('full', alignment), shape, objectives, tables.prompts, 12);
      return frozen(warm) - frozen(sizes);
    };
    const steps = 10 * 4 * 13 * critics.step;
    assert.equal(warmUpOf(tinyShape), steps);
    // DistilBERTs have not read what critics read.
    assert.equal(warmUpOf(distilBert), steps + forwardFlops(tinyShape, 12 * (7 + 13)));
    assert.equal(alignOf(warm), alignOf(sizes));
  });

  it('of the rehearsal is a minibatch of rows beside each step', () => {
    const sizes = { promptsPerRound: 6, ppoEpochs: 3, minibatchSize: 4 };
    const own = { tables: { ...tables, benign: pair(9) } };
    const rehearsed = alignOf({ ...sizes, ptxCoefficient: 1 }, own) - alignOf(sizes, own);
    assert.equal(rehearsed, trainingFlops(tinyShape, 100, 3 * 2 * 4 * 9));
    assert.equal(alignOf({ ...sizes, ptxCoefficient: 1 }), alignOf(sizes), 'without rows there is none');
  });

  it('of rewarded soups is that of PPO twice, or once where a weight is 0', () => {
    const of = (algorithm: string, weights = even) => alignOf({ algorithm }, { shape: distilBert, weights });
    assert.equal(of('rewarded-soups'), 2 * of('ppo'));
    assert.equal(of('rewarded-soups', { helpful: 1, harmless: 0 }), of('ppo'));
  });

  it('of pairs: training on all that are drawn, and each one once for the reference and for the margin', () => {
    const sizes = { promptsPerRound: 24, ppoEpochs: 2, minibatchSize: 8, algorithm: 'modpo' };
    const own = { ...tables, policyPairs: { helpful: pair(11), harmless: pair(31) } };
    const of = (shape: ModelShape, trained: number, weights = even) =>
      alignOf(sizes, { shape, trained, tables: own, weights });
    const steps = 3;
    const drawn = 2 * steps * 4 * (11 + 31);
    assert.equal(of(tinyShape, 500) - of(tinyShape, 100), 6 * 400 * drawn);
    const once = 2 * (11 + 31);
    const rewardPasses = 2 * 2 * weights * once - forwardFlops(tinyShape, once);
    assert.equal(of(distilBert, 100) - of(tinyShape, 100), rewardPasses);
    const alone = { helpful: 0.96, harmless: 0.04 };
    assert.equal(of(tinyShape, 500, alone) - of(tinyShape, 100, alone), 6 * 400 * 2 * steps * 8 * 11);
  });
});

describe('work of a method of one reward model for the device model', () => {
  const one = ['helpful'] as const;

  it('is in Step 2.3 that of its own pairs', () => {
    const [trained, validated] = [5 * 3 * 2 * 10, 2 * 20];
    assert.equal(
      rewardFlops(scenario('full'), distilBert, tables, one),
      weights * (6 * trained + 2 * validated),
    );
    assert.equal(rewardFlops(scenario('head'), distilBert, tables, one), 2 * weights * 2 * (10 + 20));
  });

  it('is in Step 3.1 one network that judges, and the steps of one critic', () => {
    const tokens = 4 * (7 + 13);
    const frozen = (alignment: object) =>
      freezeFlops(scenario('full', alignment), distilBert, one, tables.prompts, 4);
    assert.equal(frozen({}), forwardFlops(tinyShape, tokens) + 2 * weights * tokens);
    const states = forwardFlops(tinyShape, tokens);
    const steps = (10 * 4 * 13 * critics.step) / 2;
    assert.equal(frozen({ criticWarmupSteps: 10, minibatchSize: 4 }) - frozen({}), states + steps);
  });

  it('is in a round of PPO less by the other critic, and by what the other network would judge', () => {
    const { promptsPerRound, ppoEpochs } = scenario('full').alignment;
    const critic = (promptsPerRound * 13 * (critics.read + ppoEpochs * critics.step)) / 2;
    assert.equal(alignOf({}) - alignOf({}, { rewards: one }), critic);
    const judged = 2 * weights * promptsPerRound * (7 + 13);
    const both = alignOf({}, { shape: distilBert });
    assert.equal(both - alignOf({}, { shape: distilBert, rewards: one }), critic + judged);
  });
});

describe('work of GPT-2s as reward models for the device model', () => {
  const gpt2: ModelShape = { ...tinyShape, reward: { kind: 'gpt2', config: tinyShape.config } };
  /** One block of width 16, without a language model's head. */
  const backbone = 12 * 16 * 16;

  it('is that of any pre-trained network, without the head of a language model', () => {
    const [trained, heldOut] = [5 * 3 * 2 * (10 + 30), 2 * (20 + 40)];
    assert.equal(
      rewardFlops(scenario('full'), gpt2, tables, objectives),
      backbone * (6 * trained + 2 * heldOut),
    );
    assert.equal(
      rewardFlops(scenario('head'), gpt2, tables, objectives),
      2 * backbone * 2 * (10 + 20 + 30 + 40),
    );
  });

  it('of PPO: two backbones in place of the features, which critics of 16 weights read as well', () => {
    const { promptsPerRound, ppoEpochs } = scenario('full').alignment;
    const [tokens, responses] = [promptsPerRound * (7 + 13), promptsPerRound * 13];
    const rewardPasses = 2 * 2 * backbone * tokens - forwardFlops(tinyShape, tokens);
    const own = { read: 2 * 2 * 16, step: 2 * 4 * 16 };
    const valued = own.read - critics.read + ppoEpochs * (own.step - critics.step);
    assert.equal(alignOf({}, { shape: gpt2 }) - alignOf({}), rewardPasses + valued * responses);
  });
});
