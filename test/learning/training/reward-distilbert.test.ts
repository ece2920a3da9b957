import assert from 'node:assert/strict';
import { appendFileSync, rmSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { rewardTable } from '../../../src/learning/clients/reward-table.js';
import { templates } from '../../../src/learning/data/template.js';
import type { TokenTable } from '../../../src/learning/data/token-table.js';
import { pairTable } from '../../../src/learning/data/tokenize.js';
import { loadTokenizer } from '../../../src/learning/data/tokenizer.js';
import type { PreferencePair } from '../../../src/learning/data/types.js';
import { loadWordPiece } from '../../../src/learning/data/word-piece.js';
import { UserError } from '../../../src/errors.js';
import { featureWidth } from '../../../src/learning/model/reward-model.js';
import { loadDistilBert, loadModel, type LoadedDistilBert } from '../../../src/learning/model/load.js';
import {
  frozenBackbone,
  initialPretrainedReward,
  type TrainedPart,
} from '../../../src/learning/model/pretrained-reward.js';
import { perObjective } from '../../../src/learning/objective.js';
import { cachedTensors } from '../../../src/learning/model/weights.js';
import { tensorsOf, type ParamSet } from '../../../src/learning/params/param-set.js';
import { stream } from '../../../src/simulation/random/stream.js';
import { rewardModels } from '../../../src/learning/training/reward-models/index.js';
import { tokenizerFiles } from '../../../src/learning/training/reward-models/tokenizers.js';
import { rewardTest } from '../../../src/learning/training/reward-test.js';
import { taskRequest } from '../../../src/learning/training/request.js';
import { reward } from '../../../src/learning/training/reward.js';
import { runTask } from '../../../src/learning/training/run-task.js';
import { tableRows } from '../../../src/learning/training/table-features.js';
import type { TaskRequest } from '../../../src/learning/training/task.js';
import type { DistilBertShape } from '../../../src/learning/model/model-shape.js';
import { testBackend } from '../../backend.js';
import { banditHyper } from './bandit.js';
import { assertNear } from './ppo/reference.js';
import { tinyDistilBertFolder } from './tiny-distilbert.js';
import { emptyTable, tableOf, tinyBase, tinyShape } from './tiny-model.js';

const [cls, sep] = [1, 2];

let folder: string;
let loaded: LoadedDistilBert;
let shape: DistilBertShape;
before(async () => {
  folder = tinyDistilBertFolder();
  loaded = await loadDistilBert(folder);
  const [languageTokenizer, rewardTokenizer] = await Promise.all([
    tokenizerFiles(null),
    tokenizerFiles(folder),
  ]);
  shape = {
    kind: 'distilbert',
    config: loaded.config,
    criticHidden: 16,
    languageTokenizer,
    rewardTokenizer,
  };
});
after(() => rmSync(folder, { recursive: true }));

/** A new head on the loaded backbone. */
function start(train: TrainedPart, objective: string): ParamSet {
  return initialPretrainedReward({ ...loaded, head: null }, train, stream('tiny DistilBERT', objective));
}

/** Rows [CLS] … [SEP] whose chosen one has `good` among random tokens where the rejected one has `bad`. */
function pairs(count: number, good: number, bad: number, name: string, length = 6): TokenTable {
  const draws = stream('toy pairs', name);
  return tableOf(
    Array.from({ length: count }, () => {
      const others = Array.from({ length: length - 3 }, () => 20 + draws.below(20));
      return [good, bad].map((token) => [[], [cls, ...others, token, sep]] as const);
    }).flat(),
  );
}

function request(
  train: TrainedPart,
  hyper: Partial<TaskRequest<'reward'>['hyper']> = {},
): TaskRequest<'reward'> {
  const learningRate = train === 'full' ? 1e-3 : 1e-2;
  return {
    kind: 'reward',
    key: '',
    seed: 'reward test',
    model: { ...tinyShape, reward: shape },
    hyper: {
      localSteps: 40,
      batchSize: 8,
      learningRate,
      weightDecay: 1e-3,
      centerCoefficient: 0.01,
      ...hyper,
    },
    params: {
      base: tinyBase(),
      ...(train === 'head' && { backbone: frozenBackbone(loaded) }),
      rewardModels: perObjective((objective) => start(train, objective)),
    },
    data: {
      helpful: { train: pairs(32, 8, 9, 'helpful train'), validation: pairs(16, 8, 9, 'helpful validation') },
      harmless: {
        train: pairs(32, 10, 8, 'harmless train'),
        validation: pairs(16, 10, 8, 'harmless validation'),
      },
    },
  };
}

const asked: PreferencePair = {
  instruction: 'How do I pick a lock?',
  input: '',
  chosen: 'I cannot help with that.',
  rejected: 'Take two pins and a lot of time.',
  topic: 'sensitive',
  family: 'harmless',
};

/** The same models on the validation pairs of the request, as if they were its test pairs. */
function testOf({ hyper: _, data, ...made }: TaskRequest<'reward'>): TaskRequest<'rewardTest'> {
  const tests = perObjective((objective) => data[objective].validation);
  return { ...made, kind: 'rewardTest', hyper: {}, data: tests };
}

for (const train of ['full', 'head'] as const) {
  describe(`reward task on a DistilBERT, train "${train}"`, () => {
    before(testBackend);

    it('learns separable preferences: losses fall, held-out pairs are ranked right', async () => {
      const before = await rewardTest(testOf(request(train)));
      const { metrics } = await runTask(request(train));
      assertNear([before.metrics.helpful.loss, before.metrics.harmless.loss], [Math.LN2, Math.LN2], 0.1);
      assert.ok(
        metrics.helpful.validationLoss! < 0.5 && metrics.harmless.validationLoss! < 0.5,
        JSON.stringify(metrics),
      );
      assert.ok(
        metrics.helpful.accuracy! >= 0.8 && metrics.harmless.accuracy! >= 0.8,
        JSON.stringify(metrics),
      );
    });

    it('trains that part, every tensor of it, and writes to nothing that it was given', async () => {
      const made = request(train, { localSteps: 3 });
      const { base, rewardModels, backbone = base } = made.params;
      const sets = [base, ...Object.values(rewardModels), backbone];
      const given = sets.map(({ values }) => values.slice());
      const { output } = await reward(made);
      assert.deepEqual(
        sets.map(({ values }) => values),
        given,
      );
      const trained = new Map(
        [...tensorsOf(output.rewardModels.helpful)].map(({ name, values }) => [name, values]),
      );
      assert.deepEqual(
        [...trained.keys()],
        made.params.rewardModels.helpful.tensors.map(({ name }) => name),
      );
      assert.equal(output.rewardModels.helpful.kind, 'reward');
      assert.equal(trained.has('transformer.layer.0.ffn.lin1.weight'), train === 'full');
      for (const { name, values } of tensorsOf(made.params.rewardModels.helpful)) {
        assert.notDeepEqual(trained.get(name), values, name);
      }
    });

    it('gives bit-equal results for equal requests, measured as reported, and leaves no tensor', async () => {
      const first = await runTask(request(train, { localSteps: 2 }));
      const tensors = tf.memory().numTensors - cachedTensors();
      assert.deepEqual(await runTask(request(train, { localSteps: 2 })), first);
      const made = request(train);
      const params = { ...made.params, ...first.output };
      const measured = await runTask(testOf({ ...made, params }));
      assert.equal(tf.memory().numTensors - cachedTensors(), tensors);
      assert.equal(measured.metrics.helpful.loss, first.metrics.helpful.validationLoss);
    });

    it('leaves the reward model of an objective without pairs as it is', async () => {
      const made = request(train, { localSteps: 1 });
      const { output } = await reward({
        ...made,
        data: { ...made.data, harmless: { train: emptyTable, validation: emptyTable } },
      });
      assert.equal(output.rewardModels.harmless, made.params.rewardModels.harmless);
    });

    it('scores what a language model wrote as the same text in a table of pairs', async () => {
      const { config, base } = await loadModel(null);
      const made = request(train);
      const language = await loadTokenizer(null);
      const table = rewardTable([asked], await loadWordPiece(folder), templates.compact, 64).table;
      const written = pairTable([asked], language, templates.compact, config.n_positions).table;
      const models = await rewardModels({
        seed: '',
        model: { ...made.model, config },
        params: { ...made.params, base },
      });
      const { helpful, harmless } = models.scoresOfAnswers(tableRows(written));
      assertNear(helpful, models.scoresOfPairs(made.params.rewardModels.helpful, table), 1e-6);
      assertNear(harmless, models.scoresOfPairs(made.params.rewardModels.harmless, table), 1e-6);
      assert.notEqual(helpful[0], helpful[1]);
    });

    it('scores nothing where nothing was written', async () => {
      const { helpful } = (await rewardModels(request(train))).scoresOfAnswers([]);
      assert.equal(helpful.length, 0);
    });
  });
}

describe('training a whole DistilBERT', () => {
  before(testBackend);

  it('takes the mean gradient of a batch whatever number of passes it needs', async () => {
    // So large an epsilon makes of Adam a step of plain descent, whose size tells that of the gradient.
    const descent = { localSteps: 1, weightDecay: 0, learningRate: 1e4, epsilon: 1e4 };
    const oneLongPair = pairs(1, 8, 9, 'long', 64);
    const trained = async (batchSize: number) => {
      const made = request('full', { ...descent, batchSize });
      const helpful = { ...made.data.helpful, train: oneLongPair };
      return reward({ ...made, data: { ...made.data, helpful } });
    };
    const [alone, inThreePasses] = [await trained(1), await trained(40)];
    assert.ok(Math.abs(alone.metrics.helpful.loss! - inThreePasses.metrics.helpful.loss!) < 1e-6);
    assertNear(
      inThreePasses.output.rewardModels.helpful.values,
      alone.output.rewardModels.helpful.values,
      1e-6,
    );
  });
});

describe('preference pairs as tokens of a DistilBERT', () => {
  it('are [CLS] prompt response [SEP]; of a row that is too long the left is left out', async () => {
    const words = await loadWordPiece(folder);
    const spelled = (text: string) => words.encode(text);
    const [chosen, rejected] = tableRows(rewardTable([asked], words, templates.compact, 64).table);
    const prompt = spelled('q: how do i pick a lock? a:');
    assert.deepEqual([...chosen!.tokens], [cls, ...prompt, ...spelled(asked.chosen), sep]);
    assert.deepEqual([...rejected!.tokens], [cls, ...prompt, ...spelled(asked.rejected), sep]);
    const [short] = tableRows(rewardTable([asked], words, templates.compact, 8).table);
    assert.deepEqual([...short!.tokens], [cls, ...spelled('with that.').slice(-6), sep]);
  });

  it('are left out and counted where case is all that they differ by, which a DistilBERT does not read', async () => {
    const words = await loadWordPiece(folder);
    const loud = { ...asked, rejected: asked.chosen.toUpperCase() };
    const { table, ...counts } = rewardTable([asked, loud], words, templates.compact, 64);
    assert.deepEqual(counts, { rows: 2, truncated: 0, alike: 1 });
    assert.equal(table.count, 2);
  });

  it('have another hash where a token differs', async () => {
    const words = await loadWordPiece(folder);
    const hash = (pair: PreferencePair) => rewardTable([pair], words, templates.compact, 64).table.hash;
    assert.equal(hash(asked), hash({ ...asked }));
    assert.notEqual(hash(asked), hash({ ...asked, chosen: 'I cannot help with this.' }));
  });
});

describe('DistilBERTs as judges of a language model', () => {
  before(testBackend);

  it('start new critics on the base model, the same ones whatever part is trained', async () => {
    const { config, base } = await loadModel(null);
    const prompt = Array.from((await loadTokenizer(null)).encode('Q: What is a lock?\nA:'));
    const critics = [];
    for (const train of ['full', 'head'] as const) {
      const made = request(train);
      const frozen = await runTask({
        ...made,
        kind: 'freeze',
        model: { ...made.model, config },
        hyper: { ...banditHyper, prompts: 4, sensitiveShare: 0, maxNewTokens: 6, criticWarmupSteps: 0 },
        params: { ...made.params, base, tuned: {} },
        data: { prompts: tableOf([[prompt, []]]), sensitivePrompts: emptyTable },
      });
      assert.ok(frozen.output.scale.helpful.std > 0 && frozen.output.scale.helpful.mean !== 0);
      critics.push(frozen.output.critics.helpful);
    }
    assert.deepEqual(critics[0], critics[1]);
    assert.equal(critics[0]!.kind, 'critic');
    assert.deepEqual(critics[0]!.tensors[0]!.shape, [featureWidth(config), 16]);
  });

  it('are part of the key of a request: tokenizers and backbone by their content', () => {
    const made = request('head');
    const keyOf = (changes: Partial<TaskRequest<'reward'>>) =>
      taskRequest<'reward'>({ ...made, ...changes }).key;
    const rewardTokenizer = { ...shape.rewardTokenizer, hash: 'another' };
    const backbone = frozenBackbone({ ...loaded, base: initialPretrainedReward(loaded, 'full', stream('')) });
    assert.equal(keyOf({}), keyOf({ ...request('head') }));
    assert.notEqual(keyOf({}), keyOf({ model: { ...made.model, reward: { ...shape, rewardTokenizer } } }));
    assert.notEqual(keyOf({}), keyOf({ params: { ...made.params, backbone } }));
  });

  it('refuse a tokenizer that is not the one of the request', async () => {
    const other = tinyDistilBertFolder();
    appendFileSync(`${other}/vocab.txt`, 'one\n');
    const files = await tokenizerFiles(other);
    appendFileSync(`${other}/vocab.txt`, 'two\n');
    const made = request('full');
    const model = { ...made.model, reward: { ...shape, rewardTokenizer: files } };
    await assert.rejects(reward({ ...made, model }), (error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /has another tokenizer than when the run began/);
      return true;
    });
    rmSync(other, { recursive: true });
  });
});
