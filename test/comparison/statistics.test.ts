import assert from 'node:assert/strict';
import { studentQuantile, studentTails } from '../../src/student.js';
import { estimate, holm, pairedTest, paretoFront, signedRankTest } from '../../src/comparison/statistics.js';

/*
 * Expected values are SciPy's, each beside the Python that made it: `from scipy import stats` (SciPy 1.17.1).
 */

const some = [0.81, 0.79, 0.84, 0.8, 0.83];
const others = [0.78, 0.77, 0.79, 0.8, 0.78];

function near(found: number | null | undefined, expected: number, relative = 1e-7): void {
  assert.ok(
    typeof found === 'number' && Math.abs(found / expected - 1) < relative,
    `${found}, not ${expected}`,
  );
}

describe('the statistics of a comparison', () => {
  it('have Student’s quantiles and tails', () => {
    // stats.t.ppf(.975, [1, 2, 4, 9, 30, 100])
    const quantiles = [12.70620474, 4.30265273, 2.77644511, 2.26215716, 2.04227246, 1.98397152];
    [1, 2, 4, 9, 30, 100].forEach((degrees, index) => near(studentQuantile(degrees), quantiles[index]!));
    // 2 * stats.t.sf([2.5, 20, 2.5], [4, 9, 100])
    near(studentTails(2.5, 4), 6.67665448e-2);
    near(studentTails(-20, 9), 9.0795213e-9);
    near(studentTails(2.5, 100), 1.404578912e-2);
  });

  it('have a mean with Student’s interval, and none of one value', () => {
    // stats.t.interval(.95, 4, loc=np.mean(some), scale=stats.sem(some))
    const found = estimate(some)!;
    near(found.mean, 0.814);
    near(found.interval?.low, 0.7882523073207093);
    near(found.interval?.high, 0.8397476926792908);
    assert.deepEqual(estimate([3]), { n: 1, mean: 3, interval: null });
    assert.equal(estimate([]), null);
  });

  it('have the paired t-test', () => {
    // stats.ttest_rel(some, others).pvalue
    near(pairedTest(some.map((value, index) => value - others[index]!)), 0.034109423167409524);
    // stats.ttest_rel([1., 2., 4.], [.5, .2, .1]).pvalue
    near(pairedTest([0.5, 1.8, 3.9]), 0.1722289017564433);
  });

  it('have no test of one difference or of none that differ; differences alike have p 0, as in SciPy', () => {
    assert.deepEqual([pairedTest([1]), pairedTest([0, 0]), pairedTest([2, 2])], [null, null, 0]);
  });

  it('have the exact signed-rank test', () => {
    // stats.wilcoxon([3, -1, 4, 2, 7, -5, 6], method='exact').pvalue, stats.wilcoxon([1, 2, 3, 4, 5]).pvalue
    near(signedRankTest([3, -1, 4, 2, 7, -5, 6]), 0.21875);
    near(signedRankTest([1, 2, 3, 4, 5]), 0.0625);
    near(signedRankTest([0, 1, 2, 3, 4, 5]), 0.0625);
    assert.equal(signedRankTest([0, 0]), null);
    assert.equal(signedRankTest(Array.from({ length: 26 }, (_, index) => index + 1)), null);
  });

  it('are corrected by Holm: the least of four counts fourfold, and none less than one before it', () => {
    const found = holm([0.01, 0.04, null, 0.03, 0.005]);
    [0.03, 0.06, null, 0.06, 0.02].forEach((expected, index) =>
      expected === null ? assert.equal(found[index], null) : near(found[index], expected, 1e-12),
    );
    assert.deepEqual(holm([0.9, 0.8]), [1, 1]);
  });

  it('have a front of the points that none beats, with equal ones on it together', () => {
    const points = [
      [0.9, 10],
      [0.8, 5],
      [0.7, 6],
      [0.9, 12],
      [0.8, 5],
    ] as const;
    assert.deepEqual(paretoFront(points, ['higher', 'lower']), [true, true, false, false, true]);
  });
});
