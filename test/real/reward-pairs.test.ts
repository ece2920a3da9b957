import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { objectives, type Objective } from '../../src/learning/objective.js';
import { conversationOf, dealPairs } from '../../src/learning/data/deal-pairs.js';
import { loadPreferences } from '../../src/learning/data/preferences.js';
import type { Study } from '../../studies/rewards/study.js';
import { scenarioWith } from '../learning/data/scenario.js';

const script = fileURLToPath(new URL('../../studies/reward-pairs.js', import.meta.url));

describe('the real pairs in PWFF_DATA', () => {
  const real = process.env['PWFF_DATA'];
  before(function () {
    if (real) return;
    console.log('      skipped: PWFF_DATA names no folder with real data');
    this.skip();
  });

  const load = async (name: Objective) =>
    (await loadPreferences(join(real!, `${name}-pairs.jsonl.gz`), name)).rows;

  it('are dealt to ten clients without a conversation on both sides of the split', async () => {
    const all = { helpful: await load('helpful'), harmless: await load('harmless') };
    const dealt = dealPairs(scenarioWith({ pairsPerClient: 1000 }, 10), all, 1);
    const conversations = (use: 'train' | 'validation' | 'test') =>
      new Set(objectives.flatMap((name) => dealt[name].flatMap((own) => own[use].map(conversationOf))));
    const trained = conversations('train');
    for (const name of objectives) {
      // 230 pairs per client of 2303 and more, of which a sixth validates and a sixth tests.
      for (const { test, validation, train } of dealt[name]) {
        assert.ok(test.length >= 38 && validation.length === test.length && train.length >= 140);
      }
    }
    // A boolean, so that a failure prints no text.
    const [validated, tested] = [conversations('validation'), conversations('test')];
    const shared = [...tested, ...validated].filter((conversation) => trained.has(conversation)).length;
    const decided = [...tested].filter((conversation) => validated.has(conversation)).length;
    assert.deepEqual([shared, decided], [0, 0]);
  });

  it('give probabilities in the command’s figures, and none of their text is printed', async () => {
    const args = [script, '--data', real!, '--pairs', '12', '--steps', '2', '--json'];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args);
    assert.equal(stderr, '');
    const study = JSON.parse(stdout) as Study;
    for (const name of objectives) {
      const { rewardModel, length, bagOfWords, calibrationError, brierScore, ...rest } = study[name];
      for (const { low, share, high } of [rewardModel, length, bagOfWords]) {
        assert.ok(0 <= low && low <= share && share <= high && high <= 1);
      }
      assert.ok(calibrationError >= 0 && calibrationError <= 1 && brierScore >= 0 && brierScore <= 1);
      assert.deepEqual([rest.majority, rest.trainPairs + rest.testPairs], [0.5, 12]);
      const words = stdout.match(/"[^"]*"/g)!;
      for (const row of (await load(name)).slice(0, 12)) {
        const isPrinted = words.some(
          (word) => word.slice(1, -1) === row.chosen || stdout.includes(row.instruction),
        );
        assert.equal(isPrinted, false, `a row of ${name} is printed`);
      }
    }
  });
});
