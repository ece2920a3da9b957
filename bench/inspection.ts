import { mkdtempSync, rmSync } from 'node:fs';
import { Session, type Profiler } from 'node:inspector';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadScenario, runScenario, type RunOptions } from '../src/index.js';

/*
 * What inspection.jsonl costs of a run:
 *
 *     node dist/bench/inspection.js tiny --pairs 5 --set learning=stub
 *
 * By the profiler, which samples the thread of the machines: the share of wall time in which XState tells of what it
 * does, with all that we do with it (the collection of garbage is not told apart). And by pairs of runs with and
 * without, in turns: the processor time of all threads, user and system, which other work on the machine disturbs less.
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { set: { type: 'string', multiple: true, default: [] }, pairs: { type: 'string', default: '5' } },
});
const { scenario, folder } = await loadScenario(positionals[0] ?? 'tiny', { set: values.set });
const outFolder = mkdtempSync(join(tmpdir(), 'pwff-bench-'));
const options = { scenario, folder, outFolder, workers: 1, backend: 'wasm' } as const;

/** Processor seconds of a run, user and system, over all threads. */
async function seconds(inspection: NonNullable<RunOptions['inspection']>): Promise<number> {
  const before = process.cpuUsage();
  await runScenario({ ...options, inspection });
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** The share of a run's wall time in which its actors are inspected. */
async function profiled(): Promise<number> {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: 200 });
  session.post('Profiler.start');
  await seconds('all');
  const share = await new Promise<number>((resolve, reject) =>
    session.post('Profiler.stop', (error, { profile }) =>
      error ? reject(error) : resolve(shareOf(profile)),
    ),
  );
  session.disconnect();
  return share;
}

function shareOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): number {
  const callers = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const names = new Map(nodes.map(({ id, callFrame }) => [id, callFrame.functionName]));
  const isInspection = (id: number | undefined): boolean =>
    id !== undefined && (names.get(id) === 'sendInspectionEvent' || isInspection(callers.get(id)));
  let [inside, all] = [0, 0];
  samples.forEach((id, index) => {
    const delta = timeDeltas[index]!;
    all += delta;
    if (isInspection(id)) inside += delta;
  });
  return inside / all;
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
try {
  await seconds('all');
  console.log(`inspected, by the profiler: ${percent(await profiled())} of the wall time`);
  const ratios: number[] = [];
  for (let pair = 0; pair < Number(values.pairs); pair++) {
    const turns = pair % 2 === 0 ? (['all', 'none'] as const) : (['none', 'all'] as const);
    const took = { all: 0, none: 0 };
    for (const turn of turns) took[turn] = await seconds(turn);
    ratios.push(took.all / took.none - 1);
  }
  const sorted = ratios.toSorted((a, b) => a - b);
  const median = percent(sorted[Math.floor(sorted.length / 2)]!);
  console.log(`pairs of runs, processor time with over without: median ${median}`);
  console.log(`  all of them: ${sorted.map(percent).join(', ')}`);
} finally {
  rmSync(outFolder, { recursive: true, force: true });
}
