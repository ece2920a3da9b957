import { performance } from 'node:perf_hooks';
import type { Stage } from '../../machines/protocol.js';
import { measuredFlops } from '../actors/measured-flops.js';
import { orderFlops } from '../actors/order-flops.js';
import type { World } from '../actors/world.js';
import { evaluateFlops } from '../learning/clients/workload.js';
import { rowsOf } from '../learning/data/tokenize.js';
import { taskRequest } from '../learning/training/request.js';
import { inPasses, readAtOnce } from '../learning/model/passes.js';
import { tableRow } from '../learning/training/batches.js';
import { least } from '../extremes.js';
import { sum } from '../moments.js';

/** What a run will take on this machine, before it begins. */
export interface RunEstimate {
  /** Seconds of computing by all workers at once, of every round that the stages may have. */
  readonly seconds: Readonly<Partial<Record<Stage, number>>>;
}

/**
 * The operations of every task that a run may have, over the rate at which this machine's workers read rows now. Left
 * out: that sampled tokens come one by one, waiting at the end of rounds, and rounds that convergence spares.
 */
export async function estimateOf(world: World, workers: number): Promise<RunEstimate> {
  const flopsPerSecond = await readingRate(world, workers);
  const { stages } = world.scenario;
  return {
    seconds: Object.fromEntries(stages.map((stage) => [stage, stageFlops(world, stage) / flopsPerSecond])),
  };
}

/** Operations of a stage's orders, each client's at most, and of its measurements. */
export function stageFlops(world: World, stage: Stage): number {
  const { scenario, clients } = world;
  const { every, clients: measured } = scenario.measure;
  const { maxRounds } = scenario[stage];
  const ids = [...clients.keys()];
  const ordered = ids.map((id) =>
    sum(Array.from({ length: maxRounds }, (_, version) => orderFlops(world, { stage, version }, id))),
  );
  const times = 1 + Math.floor(maxRounds / every);
  const share = (measured ?? ids.length) / ids.length;
  return sum(ordered) + share * times * sum(ids.map((id) => measuredFlops[stage](world, id)));
}

/** Operations per second of all workers together that read rows of the first client's. */
async function readingRate(
  { clients, executor, base, shape, store }: World,
  workers: number,
): Promise<number> {
  const { train } = clients.values().next().value!.tables;
  // As many rows as one pass reads: of few, a small model would read none much faster than one.
  const [rows] = inPasses([...Array(train.count).keys()], (row) => tableRow(train, row).tokens.length, {
    tokens: readAtOnce(shape.config),
  });
  const text = rowsOf(train, rows!);
  const request = taskRequest<'perplexity'>({
    kind: 'perplexity',
    seed: '',
    model: shape,
    hyper: {},
    params: { base: store.get(base), tuned: {} },
    data: { text },
  });
  const read = () => Promise.all(Array.from({ length: workers }, () => executor.run(request)));
  // The first time a worker loads the model.
  await read();
  const begunAt = performance.now();
  const seconds: number[] = [];
  while (seconds.length < 3 || (performance.now() - begunAt < 500 && seconds.length < 50)) {
    const startedAt = performance.now();
    await read();
    seconds.push((performance.now() - startedAt) / 1e3);
  }
  return (workers * evaluateFlops(shape, [text])) / least(seconds);
}
