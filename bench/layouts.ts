import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import * as tf from '@tensorflow/tfjs';
import { selectBackend } from '../src/learning/model/backend.js';
import { prepareNative } from '../src/learning/model/native.js';

/*
 * Which layout of processes, workers and TensorFlow's own threads does most training in a second, on the
 * native backend. A step is forward and backward through two products, at the sizes of one block's MLP:
 *
 *     npx pwff native && node dist/bench/layouts.js
 */

interface Size {
  readonly name: string;
  readonly tokens: number;
  readonly width: number;
}

const sizes: readonly Size[] = [
  { name: 'embedded model, 16 rows of 32 tokens', tokens: 512, width: 96 },
  { name: 'GPT-2 small, 4 rows of 128 tokens', tokens: 512, width: 768 },
];

interface Layout {
  readonly processes: number;
  readonly workers: number;
  readonly threads: number;
}

const layouts: readonly Layout[] = [
  { processes: 1, workers: 1, threads: 1 },
  { processes: 1, workers: 1, threads: 2 },
  { processes: 1, workers: 2, threads: 1 },
  { processes: 1, workers: 2, threads: 2 },
  { processes: 2, workers: 1, threads: 1 },
];

const secondsOfOne = 2;
const repetitions = 3;

/** Steps per second of one thread, by size. */
function stepsPerSecond(): number[] {
  return sizes.map(({ tokens, width }) => {
    const x = tf.randomNormal([tokens, width]);
    const [first, second] = [tf.randomNormal([width, 4 * width]), tf.randomNormal([4 * width, width])];
    const loss = (a: tf.Tensor, b: tf.Tensor) =>
      tf.mean<tf.Scalar>(tf.square(tf.matMul(tf.relu(tf.matMul(x, a)), b)));
    const step = () =>
      tf.tidy(() =>
        tf
          .grads(loss)([first, second])
          .forEach((gradient) => void gradient.dataSync()),
      );
    for (let i = 0; i < 3; i++) step();
    const start = performance.now();
    let steps = 0;
    for (; performance.now() - start < 1000 * secondsOfOne; steps++) step();
    tf.dispose([x, first, second]);
    return steps / ((performance.now() - start) / 1000);
  });
}

/** One process with its worker threads; resolves with the sum of their rates. */
async function runWorkers(workers: number): Promise<number[]> {
  const rates = await Promise.all(
    Array.from({ length: workers }, () => {
      const worker = new Worker(fileURLToPath(import.meta.url));
      return new Promise<number[]>((resolve, reject) =>
        worker.once('message', resolve).once('error', reject),
      );
    }),
  );
  return sums(rates);
}

/**
 * What the processes of a layout did together; `cores` is processor time by time, less where others compute.
 */
interface Outcome {
  readonly rates: number[];
  readonly bytes: number;
  readonly cores: number;
}

async function runLayout({ processes, workers, threads }: Layout): Promise<Outcome> {
  const env = { ...process.env, TF_NUM_INTRAOP_THREADS: String(threads) };
  const outcomes = await Promise.all(
    Array.from({ length: processes }, () => {
      const child = fork(fileURLToPath(import.meta.url), [String(workers)], { env });
      return new Promise<Outcome>((resolve, reject) => child.once('message', resolve).once('error', reject));
    }),
  );
  const total = (of: (outcome: Outcome) => number) => outcomes.reduce((sum, outcome) => sum + of(outcome), 0);
  return {
    rates: sums(outcomes.map(({ rates }) => rates)),
    bytes: total(({ bytes }) => bytes),
    cores: total(({ cores }) => cores),
  };
}

const sums = (rows: readonly number[][]) => sizes.map((_, i) => rows.reduce((sum, row) => sum + row[i]!, 0));

async function compare(): Promise<void> {
  console.log(`steps per second, best of ${repetitions}; memory and processor time of all processes`);
  for (const { name } of sizes) console.log(`  ${name}`);
  const outcomes = layouts.map((): Outcome[] => []);
  for (let i = 0; i < repetitions; i++) {
    for (const [row, layout] of layouts.entries()) outcomes[row]!.push(await runLayout(layout));
  }
  layouts.forEach(({ processes, workers, threads }, row) => {
    const best = (of: (outcome: Outcome) => number) => Math.max(...outcomes[row]!.map(of)).toFixed(1);
    const rates = sizes.map((_, i) => best(({ rates }) => rates[i]!).padStart(8)).join('');
    const used = `${best(({ bytes }) => bytes / 1e6)} MB, ${best(({ cores }) => cores)} cores`;
    console.log(`processes ${processes}, workers ${workers}, threads ${threads}: ${rates}   ${used}`);
  });
}

if (!isMainThread) {
  await selectBackend('native');
  parentPort!.postMessage(stepsPerSecond());
} else if (process.argv[2] === undefined) {
  await compare();
} else {
  prepareNative();
  const before = { ...process.cpuUsage(), at: performance.now() };
  const rates = await runWorkers(Number(process.argv[2]));
  const { user, system } = process.cpuUsage(before);
  const cores = (user + system) / 1000 / (performance.now() - before.at);
  process.send!({ rates, bytes: process.resourceUsage().maxRSS * 1024, cores } satisfies Outcome);
  process.disconnect();
}
