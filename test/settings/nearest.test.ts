import assert from 'node:assert/strict';
import { editDistance, nearest } from '../../src/settings/nearest.js';
import { inOtherUnit, numberMeant } from '../../src/settings/units.js';

describe('guessing what was meant', () => {
  it('counts insertions, deletions, substitutions and swaps', () => {
    // Textbook pairs: kitten/sitting is 3 (Levenshtein); a swap of neighbours counts once (Damerau).
    assert.equal(editDistance('kitten', 'sitting'), 3);
    assert.equal(editDistance('seed', 'sede'), 1);
    assert.equal(editDistance('', 'abc'), 3);
    assert.equal(editDistance('abc', 'abc'), 0);
  });

  it('offers nothing where nothing is near', () => {
    assert.deepEqual(nearest('zebra', ['quorum', 'seed']), []);
  });

  it('converts between units of one quantity only', () => {
    assert.deepEqual(inOtherUnit('bandwidthKHz', ['powerWatts', 'bandwidthHz']), {
      key: 'bandwidthHz',
      factor: 1e3,
    });
    assert.equal(inOtherUnit('bandwidthMs', ['bandwidthHz']), undefined);
    assert.equal(numberMeant('250 ms', 'coherenceSeconds'), 0.25);
    assert.equal(numberMeant('5 MHz', 'coherenceSeconds'), undefined);
    assert.equal(numberMeant('soon', 'coherenceSeconds'), undefined);
  });
});
