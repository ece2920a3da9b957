import assert from 'node:assert/strict';
import {
  contentPasses,
  drawBatches,
  inBatches,
  responseBatch,
  tableRow,
} from '../../../src/learning/training/batches.js';
import type { PredictionBatch } from '../../../src/learning/model/batch.js';
import { tableOf } from './tables.js';

const table = tableOf([
  { tokens: [1, 2, 3, 4, 9], response: 3 },
  { tokens: [5, 6, 9], response: 1, content: [1, 2] },
]);

describe('batches', () => {
  it('reads a row with its places counted from its own start', () => {
    const { tokens, ...places } = tableRow(table, 1);
    assert.deepEqual([...tokens], [5, 6, 9]);
    assert.deepEqual(places, { response: 1, contentStart: 1, contentEnd: 2 });
    assert.throws(() => tableRow(table, 2), /row 2 of a table of 2/);
  });

  it('packs rows so that each state predicts the token after it', () => {
    const { batch, targets } = responseBatch(table, [0, 1]);
    assert.deepEqual([...batch.ids], [1, 2, 3, 4, 5, 6]);
    assert.deepEqual([...batch.positions], [0, 1, 2, 3, 0, 1]);
    assert.deepEqual([...batch.offsets], [0, 4, 6]);
    assert.deepEqual([...targets.ids], [4, 9, 6, 9]);
    assert.deepEqual([...targets.at], [2, 3, 4, 5]);
    assert.deepEqual([...targets.offsets], [0, 2, 4]);
  });

  it('packs rows up to the end of their content, whose tokens alone are targets', () => {
    const [{ batch, targets }] = contentPasses(table, [0, 1], 100) as [PredictionBatch];
    assert.deepEqual([...batch.ids], [1, 2, 3, 4, 5]);
    assert.deepEqual([...targets.ids], [4, 9, 6]);
    assert.deepEqual([...targets.at], [2, 3, 4]);
    assert.deepEqual([...targets.offsets], [0, 2, 3]);
  });

  it('draws every row once per pass; a batch goes on over the end of a pass', () => {
    const batches = drawBatches(5, 2, 'seed');
    const drawn = Array.from({ length: 10 }, () => batches.next().value).flat();
    for (let pass = 0; pass < 4; pass++) {
      assert.deepEqual(drawn.slice(5 * pass, 5 * pass + 5).sort(), [0, 1, 2, 3, 4]);
    }
  });

  it('draws alike for equal keys and otherwise for another seed', () => {
    const first = (seed: string) => drawBatches(50, 20, seed, 'batches').next().value;
    assert.deepEqual(first('a'), first('a'));
    assert.notDeepEqual(first('a'), first('b'));
  });

  it('draws a batch of 130,000 rows', () => {
    assert.equal(new Set(drawBatches(130_000, 130_000, 'seed').next().value).size, 130_000);
  });

  it('fills a batch larger than the table, and refuses an empty one', () => {
    assert.equal(drawBatches(2, 5, 'seed').next().value.length, 5);
    assert.throws(() => drawBatches(0, 5, 'seed').next(), /empty table/);
  });

  it('goes through a table in order', () => {
    assert.deepEqual([...inBatches(5, 2)], [[0, 1], [2, 3], [4]]);
    assert.deepEqual([...inBatches(0, 2)], []);
  });
});
