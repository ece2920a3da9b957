import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/paths.js';
import type { StudiedRun, StudyOutcome } from '../../src/study/run-study.js';
import { openWorkplace } from './sweeping.js';

/*
 * The example studies of the package, unchanged: learning is real.
 */

describe('the example study', function () {
  this.timeout(120_000);
  let place: ReturnType<typeof openWorkplace>;
  beforeEach(() => {
    place = openWorkplace();
  });
  afterEach(() => place.close());

  async function runsOf(name: string): Promise<readonly StudiedRun[]> {
    const file = join(packageRoot(), 'scenarios/studies', name);
    const { status, stdout, stderr } = await place.pwff('sweep', file, '--json', '--out', place.out);
    assert.deepEqual([status, stderr], [0, '']);
    const { runs } = JSON.parse(stdout) as StudyOutcome;
    for (const { state, folder, point } of runs) {
      assert.equal(state, 'done', point);
      assert.ok(existsSync(join(folder, 'report.html')), point);
    }
    return runs;
  }

  it('snr-and-methods.yaml does each combination of its grid with both seeds', async () => {
    const runs = await runsOf('snr-and-methods.yaml');
    const points = ['0 method=pwff', '0 method=fedlora', '10 method=pwff', '10 method=fedlora'];
    assert.deepEqual(
      runs.map(({ point, seed }) => [point, seed]),
      points.flatMap((point) => [1, 2].map((seed) => [`meanSnrDb=${point}`, seed])),
    );
  });

  it('rates.ts does four points drawn at random, the same ones with each optimizer', async () => {
    const runs = await runsOf('rates.ts');
    const drawnWith = (optimizer: string) =>
      runs
        .map(({ settings }) => settings)
        .filter((settings) => settings['instruction.optimizer'] === optimizer)
        .map(({ 'instruction.optimizer': _, ...drawn }) => drawn);
    assert.equal(runs.length, 8);
    assert.equal(new Set(drawnWith('adam').map((drawn) => JSON.stringify(drawn))).size, 4);
    assert.deepEqual(drawnWith('sgd'), drawnWith('adam'));
  });
});
