import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadScenario } from '../../src/scenario/load.js';
import { openRun } from '../../src/run/open-run.js';
import { simulate } from '../../src/run/simulate.js';
import { sharesOf } from './shares.js';
import { scenarioOf, type Scale } from './settings.js';

/*
 * One run of the scale bench, as a process of its own: its scale comes as its argument, and what it took leaves as one line of
 * JSON. Its rows go to disk; the summary and the report, which come after it, are not part of it.
 */

/** Whether it says where the time goes, which takes some itself. */
const isProfiled = process.argv[3] === 'profiled';
const scale = JSON.parse(process.argv[2]!) as Scale;
const root = mkdtempSync(join(tmpdir(), 'pwff-scale-'));
const file = join(root, 'scale.json');
writeFileSync(file, JSON.stringify(scenarioOf(scale)));
try {
  console.log(JSON.stringify(await measured()));
} finally {
  rmSync(root, { recursive: true });
}

async function measured() {
  const { scenario, folder } = await loadScenario(file);
  const options = { scenario, folder, outFolder: join(root, 'run'), workers: 1, backend: 'wasm' } as const;
  const opening = stopwatch();
  const run = await openRun({ ...options, inspection: 'none', journal: 'none', params: 'none' });
  const opened = opening();
  const openedBytes = liveBytes();
  let events = 0;
  let delivered = 0;
  run.world.bus.events.subscribe(({ phase }) => void (delivered += Number(phase === 'delivered')));
  run.world.events.subscribe({ next: ({ type }) => void (events += Number(type === 'clock')) });
  const simulating = stopwatch();
  const [{ ended }, shares] = await sharesOf(() => simulate(run.world), isProfiled);
  const simulated = simulating();
  const simulatedBytes = liveBytes();
  await run.close();
  if (ended.reason !== 'finished') throw new Error(`the run ended as ${ended.reason}`);
  return {
    ...{ delivered, events, opened, simulated, shares },
    ...{ openedBytes, simulatedBytes },
    peakBytes: process.resourceUsage().maxRSS * 1024,
    traceHash: run.traceHash(),
  };
}

/** What is held, and not what is to be collected. */
function liveBytes(): number {
  if (!global.gc) throw new Error('run with --expose-gc');
  global.gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Seconds from now on by the clock on the wall, and of processors. */
function stopwatch() {
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { wallSeconds: (performance.now() - wall) / 1e3, cpuSeconds: (user + system) / 1e6 };
  };
}
