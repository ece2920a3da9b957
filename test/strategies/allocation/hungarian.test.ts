import assert from 'node:assert/strict';
import { stream } from '../../../src/simulation/random/stream.js';
import { assignment } from '../../../src/strategies/allocation/hungarian.js';

/** The least cost over all ways to give rows different columns, or none where there are too few. */
function leastCost(costs: readonly (readonly number[])[]): number {
  const columns = costs[0]!.length;
  const spare = Math.max(0, costs.length - columns);
  const best = (row: number, taken: ReadonlySet<number>, left: number): number => {
    if (row === costs.length) return 0;
    const without = left > 0 ? best(row + 1, taken, left - 1) : Infinity;
    const ways = costs[row]!.map((cost, column) =>
      taken.has(column) ? Infinity : cost + best(row + 1, new Set([...taken, column]), left),
    );
    return Math.min(without, ...ways);
  };
  return best(0, new Set(), spare);
}

describe('the Hungarian algorithm', () => {
  it('finds what trying all permutations finds, for squares and for either kind of rectangle', () => {
    const draw = stream(1, 'costs');
    for (let trial = 0; trial < 300; trial++) {
      const rows = 1 + Math.floor(6 * draw.uniform());
      const columns = 1 + Math.floor(6 * draw.uniform());
      // Coarse costs, of either sign, so that ties are frequent.
      const costs = Array.from({ length: rows }, () =>
        Array.from({ length: columns }, () => Math.floor(12 * draw.uniform()) - 6),
      );
      const given = assignment(costs);
      const columnsGiven = given.filter((column) => column !== null);
      assert.equal(new Set(columnsGiven).size, columnsGiven.length);
      assert.equal(columnsGiven.length, Math.min(rows, columns));
      const cost = given.reduce<number>(
        (sum, column, row) => sum + (column === null ? 0 : costs[row]![column]!),
        0,
      );
      assert.equal(cost, leastCost(costs), JSON.stringify(costs));
    }
  });

  it('gives nothing to nobody', () => {
    assert.deepEqual(assignment([]), []);
    assert.deepEqual(assignment([[], []]), [null, null]);
  });
});
