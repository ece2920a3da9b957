import assert from 'node:assert/strict';
import { join } from 'node:path';
import { spearman } from '../../src/records/rank-correlation.js';
import { removeRuns, run, type Run } from './run.js';

/*
 * The claims that README.md makes of the scenarios it ships, on the WASM backend. Too long for `npm test`;
 * run by `npm run acceptance`.
 */

after(removeRuns);

describe('the quickstart', function () {
  this.timeout(30 * 60e3);
  let first: Run;
  before(() => (first = run('quickstart.json', '--workers', '2')));

  it('goes through all three stages with ten clients', () => {
    assert.equal(first.summary.ended.reason, 'finished');
    assert.equal(first.summary.stages.alignment!.clients.length, 10);
  });

  it('has every step entered by the actor that owns it', () => {
    const entered = new Map<string, Set<string>>();
    for (const row of first.metrics) {
      if (row.type !== 'step') continue;
      entered.set(row.step, (entered.get(row.step) ?? new Set()).add(row.actor));
    }
    for (const step of ['1.1', '1.4', '1.5', '2.1', '2.4', '2.5', '3.4', '3.5']) {
      assert.deepEqual([...(entered.get(step) ?? [])], ['server'], `Step ${step}`);
    }
    for (const step of ['1.2', '1.3', '2.2', '2.3', '3.1', '3.2', '3.3']) {
      const actors = [...(entered.get(step) ?? [])];
      assert.equal(actors.filter((actor) => actor !== 'server').length, 10, `Step ${step}: ${actors.join()}`);
      assert.ok(!actors.includes('server'), `Step ${step}`);
    }
  });

  it('learns: own facts by 50 points, those of others by 20, own accuracy by 5, reward models to 0.85', () => {
    const { instruction, reward } = first.summary.stages;
    const said = JSON.stringify(instruction);
    assert.ok(instruction!.factAccuracy! >= instruction!.factAccuracyBefore! + 0.5, said);
    assert.ok(instruction!.sharedAccuracy! >= instruction!.sharedAccuracyBefore! + 0.2, said);
    assert.ok(instruction!.accuracy! >= instruction!.accuracyBefore! + 0.05, said);
    assert.ok(reward!.helpfulAccuracy! >= 0.85 && reward!.harmlessAccuracy! >= 0.85, JSON.stringify(reward));
  });

  it('aligns: reward by half a deviation without stock phrases, answers as right as before, refusals by weight', () => {
    const { alignment } = first.summary.stages;
    const { rewardStripped, rewardStrippedBefore, correctness, correctnessBefore, phrases, clients } =
      alignment!;
    assert.ok(rewardStripped! >= rewardStrippedBefore! + 0.5, `${rewardStrippedBefore} → ${rewardStripped}`);
    assert.ok(correctness! >= correctnessBefore! - 0.03, `${correctnessBefore} → ${correctness}`);
    for (const { phrase, share } of phrases!.found) assert.ok(share! <= 0.1, `${phrase}: ${share}`);
    const rho = spearman(clients.map(({ weightHarmless, refusalRate }) => [weightHarmless, refusalRate!]))!;
    assert.ok(rho >= 0.8, `${rho}`);
  });

  it('trains on nothing that it validates or tests on', () => {
    const { overlap } = first.summary;
    assert.ok(overlap !== null && overlap.length > 0);
    for (const { purpose, use, rows, anyPrompts } of overlap) {
      assert.ok(rows > 0);
      assert.equal(anyPrompts, 0, `${purpose}, ${use}`);
    }
  });

  it('gives the same trace with one worker as with two', () => {
    assert.equal(run('quickstart.json', '--workers', '1').summary.traceHash, first.summary.traceHash);
  });

  it('gives another trace for another seed', () => {
    assert.notEqual(run('quickstart.json', '--seed', '2').summary.traceHash, first.summary.traceHash);
  });
});

describe('the scenario on real data', function () {
  this.timeout(30 * 60e3);
  const data = process.env['PWFF_DATA'];

  it('ends with its loss below its start in every stage', function () {
    if (data === undefined) {
      console.log('      skipped: PWFF_DATA names no folder with the real data');
      this.skip();
    }
    const { summary } = run(
      'alpaca.json',
      ...['--set', `data.files.instructions=${join(data, 'alpaca_random_9k.json')}`],
      ...['--set', `data.files.helpful=${join(data, 'helpful-pairs.jsonl.gz')}`],
      ...['--set', `data.files.harmless=${join(data, 'harmless-pairs.jsonl.gz')}`],
    );
    assert.equal(summary.ended.reason, 'finished');
    for (const [name, stage] of Object.entries(summary.stages)) {
      assert.ok(
        stage!.heldOutLoss! < stage!.heldOutLossBefore!,
        `${name}: ${stage!.heldOutLossBefore} → ${stage!.heldOutLoss}`,
      );
    }
  });
});
