import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runScenario, type Summary } from '../../src/index.js';
import { packageRoot } from '../../src/paths.js';
import { loadScenario } from '../../src/scenario/load.js';

/** Step 3 without a penalty on the divergence, with steps a hundred times as long as usual. */
const reckless = ['alignment.klCoefficient=0', 'alignment.learningRate=0.1'];

/** As little as can be before it. */
const brief = [
  'clients.count=2',
  'clients.weightHarmless=[0.1,0.9]',
  'instruction.maxRounds=1',
  'instruction.localSteps=1',
  'reward.maxRounds=1',
  'reward.localSteps=1',
  'alignment.maxRounds=1',
  'data.testPerClient=4',
];

describe('a run whose policies run away', function () {
  this.timeout(60e3);
  const outFolder = mkdtempSync(join(tmpdir(), 'pwff-collapse-'));
  let summary: Summary;
  before(async () => {
    const { scenario, folder } = await loadScenario(join(packageRoot(), 'scenarios/tiny.json'), {
      set: [...brief, ...reckless],
    });
    summary = await runScenario({ scenario, folder, outFolder, workers: 1, backend: 'wasm' });
  });
  after(() => rmSync(outFolder, { recursive: true, force: true }));

  it('goes on to its end, and says in its summary what happened when', () => {
    assert.equal(summary.ended.reason, 'finished');
    const { collapse, klK1 } = summary.stages.alignment!;
    const [mean] = collapse;
    assert.deepEqual([mean?.kind, mean?.client, mean?.since], ['kl-runaway', null, 1]);
    assert.ok(klK1! > 25 && mean!.value === klK1, `${mean!.value} nats, ${klK1} at the end`);
  });

  it('marks the round in its report', () => {
    const report = readFileSync(join(outFolder, 'report.html'), 'utf8');
    assert.match(report, /<title>KL runaway since round 1: /);
    assert.ok(report.includes('This alignment has collapsed'));
  });
});
