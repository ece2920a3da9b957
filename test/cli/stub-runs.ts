import { join } from 'node:path';
import { loadScenario, runScenario } from '../../src/index.js';
import { packageRoot } from '../../src/paths.js';

/** Runs the tiny scenario, without training, once for each method and seed, into `<folder>/<method>-<seed>`. */
export async function writeStubRuns(
  folder: string,
  methods: readonly string[],
  seeds: readonly number[],
): Promise<void> {
  for (const method of methods) {
    for (const seed of seeds) {
      const set = ['learning=stub', `method=${method}`, `seed=${seed}`];
      const loaded = await loadScenario(join(packageRoot(), 'scenarios/tiny.json'), { set });
      const outFolder = join(folder, `${method}-${seed}`);
      await runScenario({
        scenario: loaded.scenario,
        folder: loaded.folder,
        outFolder,
        workers: 1,
        backend: 'auto',
      });
    }
  }
}
