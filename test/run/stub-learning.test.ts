import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resultsText } from '../../src/cli/results.js';
import { readRun, type RunRecords } from '../../src/records/read.js';
import { checkInputs } from '../../src/run/check.js';
import { runScenario } from '../../src/run/run.js';
import { loadScenario } from '../../src/scenario/load.js';

const note = 'learning is stub: no figure of this run is of a trained model';

async function stubRun(outFolder: string, ...set: readonly string[]): Promise<RunRecords> {
  const { scenario, folder } = await loadScenario('tiny', { set: ['learning=stub', ...set] });
  await runScenario({ scenario, folder, outFolder, workers: 1, backend: 'wasm' });
  return readRun(outFolder);
}

describe('a run without learning', () => {
  let folder = '';
  let run: RunRecords;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pwff-stub-'));
    run = await stubRun(join(folder, 'one'));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('goes through all stages to their round limits, however patient the criterion is', async () => {
    const impatient = ['instruction.convergence.patience=1', 'instruction.maxRounds=4'];
    const { summary } = await stubRun(join(folder, 'impatient'), ...impatient);
    for (const { ended } of [run.summary, summary]) {
      const stages = { instruction: 'out-of-rounds', reward: 'out-of-rounds', alignment: 'out-of-rounds' };
      assert.deepEqual(ended, { reason: 'finished', stages });
    }
    assert.equal(summary.stages.instruction?.rounds, 4);
  });

  it('has no figure of learning: every one is null in rows and summary, and there are no responses', () => {
    const { metrics, summary } = run;
    const clientRows = metrics.filter((row) => row.type === 'client');
    assert.ok(clientRows.length > 0);
    for (const row of clientRows) assert.ok(Object.values(row.metrics).every((figure) => figure === null));
    for (const row of metrics) if (row.type === 'round') assert.equal(row.loss, null);
    assert.ok(!metrics.some(({ type }) => type === 'sample'));
    const { accuracy, heldOutLoss } = summary.stages.instruction!;
    const { helpfulAccuracy } = summary.stages.reward!;
    const { reward, refusalRate, correctness, clients, collapse } = summary.stages.alignment!;
    const figures = [accuracy, heldOutLoss, helpfulAccuracy, reward, refusalRate, correctness];
    assert.deepEqual([...figures, clients[0]!.helpful], Array<null>(7).fill(null));
    assert.deepEqual(collapse, []);
  });

  it('says so in manifest, summary, table and report, and before it runs', async () => {
    assert.equal(run.manifest.backend.name, 'none');
    assert.deepEqual([run.manifest.notes, run.summary.notes], [[note], [note]]);
    assert.ok(run.summary.ended.reason !== 'partial');
    const text = resultsText(
      { ...run.summary, traceHash: '', wallSeconds: 0, ended: run.summary.ended },
      (_, t) => t,
      200,
    );
    assert.match(text, new RegExp(note));
    const page = readFileSync(join(folder, 'one', 'report.html'), 'utf8');
    assert.match(page, /nothing was trained/);
    assert.ok(page.includes(note) && !/NaN/.test(page));
    assert.deepEqual(await checkInputs(await loadScenario('tiny', { set: ['learning=stub'] })), [note]);
  });

  it('moves what clients send by little, and aggregates it: each version of a part is another one', () => {
    const globals = run.messages.filter(({ kind, to }) => kind === 'global' && to === 'client-1');
    assert.equal(
      new Set(globals.map(({ params }) => params.find(({ kind }) => kind === 'adapters')!.hash)).size,
      2,
    );
  });

  it('sends messages of the sizes, at the times of a run that learns, as long as no loss ends a stage', async () => {
    const sent = (records: RunRecords) =>
      records.messages.map(({ kind, from, to, bits, sentVirtualSeconds, endedVirtualSeconds }) => [
        ...[kind, from, to, bits, sentVirtualSeconds, endedVirtualSeconds],
      ]);
    const { scenario, folder: scenarioFolder } = await loadScenario('tiny');
    const outFolder = join(folder, 'real');
    await runScenario({ scenario, folder: scenarioFolder, outFolder, workers: 1, backend: 'wasm' });
    assert.deepEqual(sent(run), sent(await readRun(outFolder)));
  });

  it('is the same again, and another one with another seed', async () => {
    const again = await stubRun(join(folder, 'again'));
    const other = await stubRun(join(folder, 'other'), 'seed=2');
    assert.equal(again.summary.traceHash, run.summary.traceHash);
    assert.notEqual(other.summary.traceHash, run.summary.traceHash);
  });
});
