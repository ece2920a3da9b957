import { initialAdapters } from '../src/model/adapters.js';
import { selectBackend } from '../src/model/backend.js';
import { initialBase } from '../src/model/base.js';
import { embeddedShape } from '../src/model/embedded.js';
import { generate } from '../src/model/generate.js';
import { lossAndGradients } from '../src/model/gradients.js';
import { initialLora } from '../src/model/lora.js';
import { baseWeights, disposeWeights, upload } from '../src/model/weights.js';
import { stream } from '../src/random/stream.js';
import { Adam, clipGlobalNorm } from '../src/training/adam.js';
import { responseBatch } from '../src/training/batches.js';
import { measure } from '../src/training/evaluate.js';
import { responseLoss } from '../src/training/instruct.js';
import { pretrain } from '../src/training/pretrain.js';
import type { ModelShape } from '../src/training/task.js';
import { columns, type TokenTable } from '../src/data/token-table.js';

/*
 * Milliseconds of processor time (other processes disturb it less than the clock) of the learning core at the
 * size of the embedded model (d 96, 3 blocks, vocabulary 512), one thread:
 *
 *     npm run bench
 */

const shape: ModelShape = {
  config: { ...embeddedShape, eos_token_id: 0 },
  adapters: { sites: ['attention', 'mlp', 'parallel'], bottleneck: 10 },
  lora: { r: 8, alpha: 16, targets: ['q', 'k', 'v'] },
};

/** Random rows of equal length; a third of each is response. */
function table(count: number, length: number): TokenTable {
  const draws = stream('bench', length);
  const tokens = Int32Array.from({ length: count * length }, () => draws.below(512));
  const rows = new Int32Array(count * columns);
  for (let row = 0; row < count; row++) {
    const [start, end] = [row * length, (row + 1) * length];
    const response = end - Math.floor(length / 3);
    rows.set([start, response, response, end, end], row * columns);
  }
  return { hash: `bench-${count}-${length}`, count, tokens, rows };
}

async function time(name: string, runs: number, run: () => unknown): Promise<void> {
  for (let i = 0; i < 5; i++) await run();
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const before = process.cpuUsage();
    await run();
    times.push(process.cpuUsage(before).user / 1000);
  }
  times.sort((a, b) => a - b);
  const median = times[Math.floor(runs / 2)]!;
  console.log(`${name.padEnd(52)} ${median.toFixed(1)} ms (fastest ${times[0]!.toFixed(1)})`);
}

const fingerprint = await selectBackend(process.argv[2] === 'native' ? 'native' : 'wasm');
console.log(`${fingerprint.name} ${fingerprint.version}, Node ${process.version}`);
const base = initialBase(shape.config, stream('bench', 'base'));
const adapters = initialAdapters(shape, stream('bench', 'adapters'));
const lora = initialLora(shape, 9, stream('bench', 'lora'));
const rows = table(64, 32);
const batch = responseBatch(
  rows,
  Array.from({ length: 16 }, (_, row) => row),
);
const optimizers = [adapters, lora].map(({ values }) => new Adam(values, { learningRate: 1e-3 }));

await time('training step, 16 rows of 32 tokens', 40, () => {
  const weights = baseWeights(base);
  const { adapters: a, lora: l } = lossAndGradients(shape, weights, { adapters, lora }, (model) =>
    responseLoss(model, batch),
  );
  clipGlobalNorm([a, l], 1);
  optimizers[0]!.step(a!);
  optimizers[1]!.step(l!);
});
await time('evaluation of 64 rows of 32 tokens', 20, () =>
  measure(shape, baseWeights(base), { adapters, lora }, rows),
);
const policy = { shape, base: baseWeights(base), adapters: upload(adapters), lora: upload(lora) };
const prompts = Array.from({ length: 32 }, (_, row) => rows.tokens.slice(row * 32, row * 32 + 20));
await time('generation of 24 tokens for 32 prompts of 20', 10, () =>
  generate({ ...policy, shape: { ...shape, config: { ...shape.config, eos_token_id: -1 } } }, prompts, {
    maxNewTokens: 24,
    temperature: 1,
    streams: prompts.map((_, row) => stream('bench', 'sample', row)),
  }),
);
disposeWeights(policy.adapters);
disposeWeights(policy.lora);
const corpus = table(64, 40);
await time('4 steps of pre-training, 32 rows of 40 tokens', 5, () =>
  pretrain({
    config: shape.config,
    rows: corpus,
    steps: 4,
    batchSize: 32,
    learningRate: 1e-3,
    warmupSteps: 1,
    maxGradientNorm: 1,
    seed: 'bench',
  }),
);
