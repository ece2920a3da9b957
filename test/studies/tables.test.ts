import assert from 'node:assert/strict';
import { difference, interval, spread, tableHead, tableRow } from '../../studies/tables.js';

describe('a table of figures over seeds', () => {
  it('is Markdown', () => {
    assert.equal(tableHead(['a', 'b']) + tableRow(['1', '2']), '| a | b |\n|---|---|\n| 1 | 2 |\n');
  });

  it('has a mean with the least and the greatest, or one figure where they are written alike', () => {
    assert.equal(spread([1, 2, 6], 1), '3.0 (1.0–6.0)');
    assert.equal(spread([1.01, 1.02], 1), '1.0');
    assert.equal(spread([1, null, 6], 0), '1, –, 6');
  });

  it('has an interval by Student: of 1 and 3 the deviation is √2, and t of one degree of freedom 12.706', () => {
    assert.equal(interval([1, 3], 2), '2.00 ± 12.71');
    // Deviation 1, t of two degrees 4.303, over √3: 2.484.
    assert.equal(interval([4, 5, 6], 3), '5.000 ± 2.484');
  });

  it('has no interval of a single seed, and dashes where a seed has no figure', () => {
    assert.equal(interval([0.25], 2), '0.25');
    assert.equal(interval([1, null], 1), '1.0, –');
  });

  it('has a difference with a sign, bold where its interval leaves out 0', () => {
    assert.equal(difference([4, 5, 6], 1), '**+5.0 ± 2.5**');
    assert.equal(difference([-4, -5, -6], 1), '**-5.0 ± 2.5**');
    assert.equal(difference([1, 3], 1), '+2.0 ± 12.7');
    assert.equal(difference([0, 0], 1), '0.0 ± 0.0');
    assert.equal(difference([2], 0), '+2');
    assert.equal(difference([2, null], 0), '2, –');
  });
});
