import { createInterface } from 'node:readline';
import * as tf from '@tensorflow/tfjs';
import { column, columns, type TokenTable } from '../src/learning/data/token-table.js';
import { mapValues } from '../src/map-values.js';
import { initialAdapters } from '../src/learning/model/adapters.js';
import { computed, selectBackend, valuesOf } from '../src/learning/model/backend.js';
import { baseTensors } from '../src/learning/model/base.js';
import { packRows } from '../src/learning/model/batch.js';
import { generate } from '../src/learning/model/generate.js';
import { hiddenStates, type Gpt } from '../src/learning/model/gpt.js';
import { lossAndGradients } from '../src/learning/model/gradients.js';
import { logits } from '../src/learning/model/log-probs.js';
import { initialLora } from '../src/learning/model/lora.js';
import { prepareNative } from '../src/learning/model/native.js';
import { baseWeights, upload } from '../src/learning/model/weights.js';
import { parametersIn, sharedFloats, type ParamSet } from '../src/learning/params/param-set.js';
import { stream } from '../src/simulation/random/stream.js';
import { Adam, clipGlobalNorm } from '../src/learning/training/adam.js';
import { answerBatch, responseBatch } from '../src/learning/training/batches.js';
import { poolExecutor, type Executor } from '../src/learning/training/executor.js';
import { responseLoss } from '../src/learning/training/token-loss.js';
import { entropyOfLogits } from '../src/learning/training/ppo/entropy.js';
import { readTokens } from '../src/learning/training/read-tokens.js';
import { taskRequest } from '../src/learning/training/request.js';
import { readLogProbs } from '../src/learning/training/rollout.js';
import { productsOf, shapeOf, type Size } from './sizes.js';

/*
 * One size on one backend, as a process: it answers each line on stdin, one of the commands below, with the
 * milliseconds it took (`memory`: with the peak of its resident bytes so far).
 */

const { size, backend } = JSON.parse(process.argv[2]!) as { size: Size; backend: 'native' | 'wasm' };
const newTokens = 64;

const shape = shapeOf(size);
const base = randomBase();
const adapters = initialAdapters(shape, stream('bench', 'adapters'));
const lora = initialLora(shape, 3 * size.blocks, stream('bench', 'lora'));
const table = randomTable();

/** Made in place, so that the model counts only once in the peak of memory. */
function randomBase(): ParamSet {
  const tensors = baseTensors(shape.config);
  const values = sharedFloats(parametersIn(tensors));
  const draws = stream('bench', 'base');
  for (let i = 0; i < values.length; i++) values[i] = 0.04 * (draws.uniform() - 0.5);
  return { kind: 'base', tensors, values };
}

/** Rows of one token more than a batch has: the last one is a target only. */
function randomTable(): TokenTable {
  const draws = stream('bench', 'rows');
  const length = size.length + 1;
  const tokens = Int32Array.from({ length: size.rows * length }, () => draws.below(size.vocabulary));
  const rows = new Int32Array(size.rows * columns);
  for (let row = 0; row < size.rows; row++) {
    const bounds = rows.subarray(row * columns, (row + 1) * columns);
    const response = row * length + size.responseFrom + 1;
    bounds[column.start] = row * length;
    bounds[column.response] = bounds[column.contentStart] = response;
    bounds[column.end] = bounds[column.contentEnd] = (row + 1) * length;
  }
  return { hash: 'bench', count: size.rows, tokens, rows };
}

const batch = responseBatch(table, [...Array(size.rows).keys()]);
const tuned = { adapters, lora };
const optimizers = mapValues(tuned, ({ values }) => new Adam(values, { learningRate: 1e-3 }));

function step(): void {
  const { gradients } = lossAndGradients(shape, baseWeights(base), tuned, (model) =>
    responseLoss(model, batch),
  );
  clipGlobalNorm(Object.values(gradients), 1);
  for (const [part, optimizer] of Object.entries(optimizers)) optimizer.step(gradients[part]!);
}

let uploaded: Gpt | undefined;

function policy(): Gpt {
  const never = { ...shape, config: { ...shape.config, eos_token_id: -1 } };
  return (uploaded ??= {
    shape: never,
    base: baseWeights(base),
    adapters: [{ weights: upload(adapters), share: 1 }],
    lora: [{ weights: upload(lora), share: 1 }],
  });
}

function forward(): void {
  computed(() => responseLoss(policy(), batch).dataSync());
}

const prompts = [...Array(size.rows).keys()].map((row) =>
  table.tokens.slice(row * (size.length + 1), row * (size.length + 1) + size.length),
);

function cached(): void {
  const streams = prompts.map((_, row) => stream('bench', 'sample', row));
  generate(policy(), prompts, { maxNewTokens: newTokens, temperature: 1, streams });
}

const answers = prompts.map((tokens) => ({ tokens, response: size.responseFrom + 1 }));

/** Log-probabilities and entropies of the rows' responses, as alignment reads them of what it has sampled. */
function onePass(): void {
  readTokens(policy(), answers, 1);
}

/** The same by a pass for each. */
function twoPasses(): void {
  readLogProbs(policy(), answers, 1);
  const { batch, targets } = answerBatch(answers);
  computed(() => {
    const scores = valuesOf(logits(policy(), hiddenStates(policy(), batch, targets.at)));
    return targets.ids.forEach((_, row) =>
      entropyOfLogits(scores.subarray(row * size.vocabulary, (row + 1) * size.vocabulary)),
    );
  });
}

/** Milliseconds of each token of a response to prompts of `length` tokens, the prompts' own time left out. */
function tokenAfter(length: number): number {
  const draws = stream('bench', 'prompts', length);
  const texts = prompts.map(() => Int32Array.from({ length }, () => draws.below(size.vocabulary)));
  const take = (maxNewTokens: number) => () => {
    const streams = texts.map((_, row) => stream('bench', 'sample', row));
    generate(policy(), texts, { maxNewTokens, temperature: 1, streams });
  };
  return (milliseconds(take(33)) - milliseconds(take(1))) / 32;
}

/**
 * The same number of tokens, each by a pass over the whole text (the likeliest: drawing is not what is
 * timed).
 */
function uncached(): void {
  const texts = prompts.map((prompt) => [...prompt]);
  for (let token = 0; token < newTokens; token++) {
    const packed = packRows(texts);
    const ends = packed.offsets.subarray(1).map((end) => end - 1);
    const best = computed(() => {
      const scores = valuesOf(logits(policy(), hiddenStates(policy(), packed, ends)));
      return texts.map((_, row) => {
        const own = scores.subarray(row * size.vocabulary, (row + 1) * size.vocabulary);
        return own.reduce((best, score, v) => (score > own[best]! ? v : best), 0);
      });
    });
    texts.forEach((text, row) => text.push(best[row]!));
  }
}

type Product = (a: tf.Tensor2D, b: tf.Tensor2D) => void;

/**
 * Milliseconds that the products of a step take as plain ones, each measured once and counted as often as it
 * comes.
 */
function products(multiply: Product): number {
  return productsOf(size).reduce((sum, { m, k, n, count }) => sum + count * timeOf(multiply, m, k, n), 0);
}

const operands = new Map<string, [tf.Tensor2D, tf.Tensor2D]>();

function timeOf(multiply: Product, m: number, k: number, n: number): number {
  const key = `${m} ${k} ${n}`;
  const [a, b] = operands.get(key) ?? [tf.keep(tf.ones([m, k])), tf.keep(tf.ones([k, n]))];
  const isNew = !operands.has(key);
  operands.set(key, [a, b]);
  const once = () => multiply(a, b);
  if (isNew) once();
  return milliseconds(once);
}

const plainProduct: Product = (a, b) => tf.matMul(a, b).dispose();

/** On the WebAssembly backend, by the kernel that src/learning/model/wasm-matmul.ts does without. */
const xnnpackProduct: Product = (a, b) => {
  const inputs = { a: a.expandDims(0), b: b.expandDims(0) };
  const attrs = { transposeA: false, transposeB: false, activation: 'linear' };
  const { kernelFunc } = tf.getKernel('_FusedMatMul', 'wasm');
  const { dataId } = kernelFunc({ inputs, backend: tf.backend(), attrs }) as tf.TensorInfo;
  tf.backend().disposeData(dataId);
  tf.dispose(inputs);
};

const pools = new Map<number, Executor>();

/** Four tasks of two steps each on some workers. */
async function tasks(workers: number): Promise<void> {
  const pool = pools.get(workers) ?? poolExecutor(workers, backend);
  pools.set(workers, pool);
  const requests = [0, 1, 2, 3].map((i) =>
    taskRequest<'instruct'>({
      kind: 'instruct',
      seed: `bench ${i}`,
      model: shape,
      hyper: {
        localSteps: 2,
        optimizer: 'adam',
        batchSize: size.rows,
        learningRate: 1e-3,
        loraLearningRateScale: 1,
        maxGradientNorm: 1,
      },
      params: { base, tuned },
      data: { train: table, validation: { ...table, count: 1 } },
    }),
  );
  await Promise.all(requests.map((request) => pool.run(request)));
}

function milliseconds(work: () => unknown): number {
  const start = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - start) / 1e6;
}

const commands: Record<string, () => number | Promise<number>> = {
  step: () => milliseconds(step),
  forward: () => milliseconds(forward),
  cached: () => milliseconds(cached),
  uncached: () => milliseconds(uncached),
  products: () => products(plainProduct),
  xnnpackProducts: () => products(xnnpackProduct),
  onePass: () => milliseconds(onePass),
  twoPasses: () => milliseconds(twoPasses),
  tokenAfter32: () => tokenAfter(32),
  tokenAfter512: () => tokenAfter(512),
  memory: () => process.resourceUsage().maxRSS * 1024,
  oneWorker: () => timed(() => tasks(1)),
  twoWorkers: () => timed(() => tasks(2)),
};

async function timed(work: () => Promise<void>): Promise<number> {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / 1e6;
}

prepareNative();
const { name, version, cpuFeatures } = await selectBackend(backend);
console.log(JSON.stringify({ said: `${name} ${version}, ${cpuFeatures.join(' ')}` }));
for await (const line of createInterface({ input: process.stdin })) {
  console.log(await commands[line.trim()]!());
}
await Promise.all([...pools.values()].map((pool) => pool.close()));
process.exit(0);
